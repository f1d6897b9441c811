package dev.touchstone.util;

import java.util.List;

/**
 * Bad input. The message is one line: the thing that is wrong, what was found, what was expected, and what to do. Settings
 * that would help are listed separately, in {@link #remedies}, because their spelling depends on the interface: a flag, a
 * method, a field. Any other exception from the library is a bug.
 */
public final class TouchstoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int BEGINNING = 600;
    private static final int END = 400;

    private final Remedy[] remedies;

    /** @param remedies the changes of settings that avoid this, of which one is enough */
    public TouchstoneException(String message, Remedy... remedies) {
        super(oneLine(message));
        this.remedies = remedies.clone();
    }

    /** Has the remedies of {@code cause} if that is a {@code TouchstoneException}. */
    public TouchstoneException(String message, Throwable cause) {
        super(oneLine(message), cause);
        this.remedies = cause instanceof TouchstoneException inner ? inner.remedies : new Remedy[0];
    }

    /** The changes of settings that avoid this, of which one is enough; empty if no setting helps. */
    public List<Remedy> remedies() {
        return List.of(remedies);
    }

    /**
     * Makes a message safe to print, as it may quote text from a file: replaces line ends and control characters with
     * spaces, and shortens a long message in the middle. The end is kept because it has the way out.
     */
    public static String oneLine(String message) {
        String line = String.valueOf(message).replaceAll("\\s*[\\p{Cc}\\u2028\\u2029]+\\s*", " ");
        return line.length() <= BEGINNING + END
                ? line
                : line.substring(0, BEGINNING) + "..." + line.substring(line.length() - END);
    }
}
