package dev.touchstone.checkpoint.chat.jinja.python;

/** A value that is neither a number, nor text, nor a container: a function, a macro, a namespace. */
public interface PythonObject {
    String typeName();

    /** {@link Missing} for an attribute that it does not have. */
    default Object attribute(String name) {
        return Missing.MISSING;
    }

    /** Throws {@link PythonError} where Python prints an address in memory. */
    default String repr() {
        throw new PythonError("a " + typeName() + " is printed, which has no text but its address in memory");
    }
}
