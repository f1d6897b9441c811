package dev.touchstone.cli;

import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import picocli.CommandLine.Help.Ansi;

/**
 * The standard streams, handed over so that a test can hand over others.
 *
 * @param inIsTerminal whether a person types {@code in}
 * @param outIsTerminal whether a person reads {@code out}, not a file or a program
 */
record Streams(
        InputStream in,
        OutputStream out,
        OutputStream err,
        boolean inIsTerminal,
        boolean outIsTerminal,
        boolean errIsTerminal) {
    /**
     * The streams of the process. The launcher passes which of them are terminals; without it picocli guesses.
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

    /** Colours are for terminals, and for nobody who declines them: no-color.org. */
    Ansi ansi() {
        String declined = System.getenv("NO_COLOR");
        boolean colours =
                outIsTerminal && (declined == null || declined.isEmpty()) && !"dumb".equals(System.getenv("TERM"));
        return colours ? Ansi.ON : Ansi.OFF;
    }
}
