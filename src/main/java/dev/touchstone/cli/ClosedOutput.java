package dev.touchstone.cli;

import java.io.IOException;
import java.util.Locale;

/** Nothing more can be written to standard output. */
final class ClosedOutput extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClosedOutput(IOException cause) {
        super("standard output cannot be written: " + cause.getMessage(), cause);
    }

    /** Whether the reader has seen enough, such as {@code head}, which is no failure. */
    boolean isBrokenPipe() {
        return String.valueOf(getCause().getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
    }
}
