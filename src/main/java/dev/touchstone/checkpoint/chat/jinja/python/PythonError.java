package dev.touchstone.checkpoint.chat.jinja.python;

/** An exception of Python's, such as a {@code TypeError}: an operation does not apply to its values. */
public final class PythonError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private int line;

    public PythonError(String message) {
        super(message);
    }

    /** The line of the template; 0 as long as it is unknown. */
    public int line() {
        return line;
    }

    /** Sets the line unless an inner expression has done so. */
    public PythonError at(int line) {
        this.line = this.line == 0 ? line : this.line;
        return this;
    }
}
