package dev.touchstone.cli;

import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import picocli.CommandLine.Help.Ansi;

/**
 * The standard streams. They are passed as arguments so that tests can replace them.
 *
 * @param inIsTerminal whether {@code in} is a terminal
 * @param outIsTerminal whether {@code out} is a terminal, not a file or a pipe
 */
record Streams(
        InputStream in,
        OutputStream out,
        OutputStream err,
        boolean inIsTerminal,
        boolean outIsTerminal,
        boolean errIsTerminal) {
    /**
     * The streams of the process. The launcher passes on which of them are terminals; without it picocli guesses.
     *
     * <p>The input has a buffer because {@link FileInputStream#readAllBytes} of JDK 17 seeks, which fails on a pipe.
     */
    static Streams system() {
        return new Streams(
                new BufferedInputStream(new FileInputStream(FileDescriptor.in)),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                isTerminal("touchstone.terminal.in"),
                isTerminal("touchstone.terminal.out"),
                isTerminal("touchstone.terminal.err"));
    }

    private static boolean isTerminal(String property) {
        String known = System.getProperty(property);
        return known == null ? Ansi.AUTO.enabled() : Boolean.parseBoolean(known);
    }

    /** Colors if the output is a terminal, unless the environment has NO_COLOR (no-color.org). */
    Ansi ansi() {
        String declined = System.getenv("NO_COLOR");
        boolean colors =
                outIsTerminal && (declined == null || declined.isEmpty()) && !"dumb".equals(System.getenv("TERM"));
        return colors ? Ansi.ON : Ansi.OFF;
    }
}
