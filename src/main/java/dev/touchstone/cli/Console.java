package dev.touchstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import picocli.CommandLine.Option;

/** The standard streams of a command, in UTF-8. Results go to standard output, everything else to standard error. */
final class Console {
    /** A style of text on a terminal with colors. */
    enum Style {
        PLAIN("0"),
        PROMPT("1"),
        FAINT("2");

        private final String code;

        Style(String code) {
            this.code = code;
        }
    }

    private final Streams streams;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print only the result: no statistics, no progress.")
    private boolean quiet;

    @Option(names = "--stacktrace", description = "Print the stack trace of an unexpected error.")
    private boolean stacktrace;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this help.")
    private boolean help;

    Console(Streams streams) {
        this.streams = streams;
    }

    boolean isQuiet() {
        return quiet;
    }

    boolean hasColors() {
        return streams.ansi().enabled();
    }

    /** Whether to show a progress bar. */
    boolean showsProgress() {
        return streams.errIsTerminal() && !quiet;
    }

    /** A part of the result, visible at once. */
    void print(String text) {
        print(Style.PLAIN, text);
    }

    /** A part of the result, in a style if there are colors. */
    void print(Style style, String text) {
        boolean styled = style != Style.PLAIN && hasColors() && !text.isEmpty();
        try {
            write(streams.out(), styled ? "\033[" + style.code + "m" + text + "\033[0m" : text);
        } catch (IOException e) {
            throw new ClosedOutput(e);
        }
    }

    /** A line about the result, on standard error, unless {@code --quiet} is given. */
    void note(String line) {
        if (!quiet) {
            printError(streams, line);
        }
    }

    /** A line on standard error. */
    static void printError(Streams streams, String line) {
        try {
            write(streams.err(), line + System.lineSeparator());
        } catch (IOException e) {
            // Standard error is closed: the line cannot be printed.
        }
    }

    /** All of standard input, decoded from UTF-8, without a byte order mark at its start and a line end at its end. */
    String readAll() {
        try {
            byte[] bytes = streams.in().readAllBytes();
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.replaceFirst("\\A\uFEFF", "").replaceFirst("\r?\n\\z", "");
        } catch (CharacterCodingException e) {
            throw new TouchstoneException("standard input is not UTF-8; convert it first", e);
        } catch (IOException e) {
            throw new TouchstoneException("standard input cannot be read: " + e.getMessage(), e);
        }
    }

    Streams streams() {
        return streams;
    }

    static PrintWriter writer(OutputStream stream) {
        return new PrintWriter(stream, true, UTF_8);
    }

    private static void write(OutputStream stream, String text) throws IOException {
        stream.write(text.getBytes(UTF_8));
        stream.flush();
    }
}
