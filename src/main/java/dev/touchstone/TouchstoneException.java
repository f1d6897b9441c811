package dev.touchstone;

/**
 * Bad input, told in one line that names the thing, what was found, what was expected and the way out. The command line
 * prints the message and exits 1; every other exception that leaves the engine is a bug in it.
 */
public final class TouchstoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TouchstoneException(String message) {
        super(message);
    }

    public TouchstoneException(String message, Throwable cause) {
        super(message, cause);
    }
}
