package dev.touchstone.checkpoint.chat.jinja.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every format of C, with its flags and widths. */
class StrftimeTest {
    @TestFactory
    Stream<DynamicTest> everyFormatIsWhatPythonWrites() throws IOException {
        try (InputStream file = getClass().getResourceAsStream("/dev/touchstone/checkpoint/chat/strftime.txt")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines().filter(line -> !line.startsWith("#")).toList().stream()
                            .map(line -> DynamicTest.dynamicTest(line, () -> check(line.split("\\|", -1))));
        }
    }

    private static void check(String[] fields) {
        LocalDateTime time = LocalDateTime.parse(fields[0]);

        assertThat(Strftime.format(time.atZone(ZoneOffset.UTC), plain(fields[1])))
                .isEqualTo(plain(fields[2]));
    }

    private static String plain(String escaped) {
        return escaped.replace("\\n", "\n").replace("\\t", "\t");
    }

    @Test
    void secondsSinceTheEpochCountInTheZone() {
        LocalDateTime time = LocalDateTime.of(1970, 1, 1, 1, 0);

        assertThat(Strftime.format(time.atZone(ZoneOffset.ofHours(1)), "%s")).isEqualTo("0");
        assertThat(Strftime.format(time.atZone(ZoneOffset.UTC), "%s")).isEqualTo("3600");
    }
}
