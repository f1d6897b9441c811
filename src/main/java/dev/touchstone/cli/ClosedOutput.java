package dev.touchstone.cli;

import java.io.IOException;
import java.util.Locale;

/** Standard output cannot be written to. */
final class ClosedOutput extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClosedOutput(IOException cause) {
        super("standard output cannot be written: " + cause.getMessage(), cause);
    }

    /** Whether the reader has closed the pipe, as {@code head} does; this is not a failure. */
    boolean isBrokenPipe() {
        return String.valueOf(getCause().getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
    }
}
