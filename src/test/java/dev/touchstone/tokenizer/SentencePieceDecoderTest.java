package dev.touchstone.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SentencePieceDecoderTest {
    private static String decoded(int most, String... tokens) {
        Decoder.Stream stream = new SentencePieceDecoder("▁", " ", true, ' ', most).stream();
        StringBuilder text = new StringBuilder();
        List.of(tokens).forEach(token -> text.append(stream.add(token)));
        return text + stream.flush();
    }

    @Test
    void leadingSpacesAreRemovedUpToTheLimit() {
        assertThat(decoded(0, "▁a", "▁b")).isEqualTo(" a b");
        assertThat(decoded(1, "▁a", "▁b")).isEqualTo("a b");
        assertThat(decoded(2, "▁", "▁▁a", "▁b")).isEqualTo(" a b");
        assertThat(decoded(2, "▁a▁", "▁b")).isEqualTo("a  b");
        assertThat(decoded(2, "a", "▁▁b")).isEqualTo("a  b");
        assertThat(decoded(2, "▁")).isEmpty();
    }

    @Test
    void bytesBecomeTextAtTheEndOfTheirRun() {
        assertThat(decoded(1, "<0xC3>", "<0xA9>", "a")).isEqualTo("éa");
        assertThat(decoded(1, "<0xC3>", "a")).isEqualTo("\uFFFDa");
        assertThat(decoded(1, "a", "<0xC3>", "<0xC3>")).isEqualTo("a\uFFFD\uFFFD");
    }

    @Test
    void aTokenIsAByteOnlyWithByteFallback() {
        SentencePieceDecoder bytes = new SentencePieceDecoder("▁", " ", true, ' ', 1);
        SentencePieceDecoder none = new SentencePieceDecoder("▁", " ", false, ' ', 1);

        assertThat(bytes.bytes("<0xE9>")).containsExactly(0xE9);
        assertThat(bytes.bytes("▁é")).isEqualTo(" é".getBytes(UTF_8));
        assertThat(none.bytes("<0xE9>")).isEqualTo("<0xE9>".getBytes(UTF_8));
    }
}
