package dev.touchstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Command lines that make no sense: one line that says so and how to get help, exit code 2, no work done. */
class WrongUsageTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "generat | Unmatched",
                "--prompt x | Unknown option",
                "generate | a prompt is missing",
                "generate --promt x | did you mean --prompt",
                "generate --prompt | Missing required parameter",
                "generate --prompt a --prompt-ids 1 | exclude each other",
                "generate --prompt-ids 1,two | whole numbers",
                "generate --prompt-ids 1,,2 | whole numbers",
                "generate --prompt-ids 99999999999 | whole numbers",
                "generate --prompt a --max-new-tokens many | not an int",
                "generate --prompt a --max-new-tokens -1 | at least 0",
                "generate --prompt a b | Unmatched",
                "generate --prompt a --prompt b | should be specified only once",
                "trace --prompt a | --out",
                "trace --out f | a prompt is missing",
                "tokenize | give a text",
                "tokenize a --ids 1 | only one of them",
            })
    void exitsWith2(String line, String told) {
        Cli cli = Cli.run(line.split(" "));

        assertThat(cli.exit()).as(cli.err()).isEqualTo(2);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.err()).startsWith("touchstone").contains(told).contains("--help");
        assertThat(cli.err().lines()).hasSize(1);
    }

    @Test
    void noCommandAtAll() {
        Cli cli = Cli.run();

        assertThat(cli.exit()).isEqualTo(2);
        assertThat(cli.err()).contains("a command is missing").contains("touchstone --help");
    }
}
