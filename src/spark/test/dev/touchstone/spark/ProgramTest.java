package dev.touchstone.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ProgramTest {
    private final StringWriter printed = new StringWriter();

    private int execute(Program program, String... arguments) {
        CommandLine line = Program.commandLine(program);
        line.setErr(new PrintWriter(printed, true)).setOut(new PrintWriter(printed, true));
        return line.execute(arguments);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--input a                                                   | Missing required option: '--output=PATH'",
                "--input a --output b --size 3                               | Unknown options: '--size', '3'",
                "--input a --output b --format csv                           | Invalid value for option '--format'",
                "--input a --output b --partitions 0                         | --partitions must be at least 1, got 0",
                "--input a --output b --batch-size -2                        | --batch-size must be at least 1, got -2",
                "--input a --output b --model c --distributed-model d        | are mutually exclusive",
                "--input a --input b --output c                              | option '--input' (PATH) should be specified only once",
            })
    void wrongOptionsAreOneLineAndTheUsage(String arguments, String message) {
        int status = execute(new GenerateJob(), arguments.split(" +"));

        assertThat(status).isEqualTo(2);
        assertThat(printed.toString().lines().findFirst().orElseThrow())
                .startsWith("touchstone: ")
                .contains(message);
        assertThat(printed.toString()).contains("spark-submit touchstone-spark.jar --input PATH");
    }

    @Test
    void parityNeedsAFixture() {
        int status = execute(new ParityJob(), "--output", "a");

        assertThat(status).isEqualTo(2);
        assertThat(printed.toString()).startsWith("touchstone: no fixture is given");
    }

    @Test
    void helpIsPrinted() {
        int status = execute(new GenerateJob(), "--help");

        assertThat(status).isZero();
        assertThat(printed.toString()).contains("--distributed-model", "--archives");
    }
}
