package dev.touchstone.checkpoint.chat.jinja;

/** A template that cannot be used: its syntax is wrong, it fails, uses what does not exist, or refuses what it is given. */
public final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final boolean refusal;

    private TemplateException(String message, int line, boolean refusal, Throwable cause) {
        super(message, cause);
        this.line = line;
        this.refusal = refusal;
    }

    static TemplateException syntax(String message, int line) {
        return new TemplateException(message, line, false, null);
    }

    static TemplateException failure(String message, int line, Throwable cause) {
        return new TemplateException(message, line, false, cause);
    }

    static TemplateException refusal(String message, Throwable cause) {
        return new TemplateException(message, 0, true, cause);
    }

    /** Counted from 1; 0 if it is unknown. */
    public int line() {
        return line;
    }

    /** Whether the template itself raised it, by {@code raise_exception}. */
    public boolean isRefusal() {
        return refusal;
    }
}
