package dev.touchstone.util;

/**
 * Bad input, told in one line that names the thing, what was found, what was expected and the way out. The command line
 * prints the message and exits 1; every other exception that leaves the engine is a bug in it.
 */
public final class TouchstoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int BEGINNING = 600;
    private static final int END = 400;

    public TouchstoneException(String message) {
        super(oneLine(message));
    }

    public TouchstoneException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    /**
     * A message that may quote what a stranger wrote, fit for a terminal: no line ends, nothing that moves the cursor, not
     * endless. The end is kept, as the way out stands there.
     */
    public static String oneLine(String message) {
        String line = String.valueOf(message).replaceAll("\\s*[\\p{Cc}\\u2028\\u2029]+\\s*", " ");
        return line.length() <= BEGINNING + END
                ? line
                : line.substring(0, BEGINNING) + "..." + line.substring(line.length() - END);
    }
}
