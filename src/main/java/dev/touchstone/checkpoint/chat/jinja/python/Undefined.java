package dev.touchstone.checkpoint.chat.jinja.python;

/**
 * The value of what does not exist. It prints as nothing, is false and empty, and equals only another one; any other use of it is
 * an error with its message. Jinja's {@code Undefined}.
 */
public final class Undefined {
    private final String message;

    private Undefined(String message) {
        this.message = message;
    }

    /** A variable that nothing defines. */
    public static Undefined variable(String name) {
        return new Undefined("'" + name + "' is undefined");
    }

    /** An attribute or an element that {@code owner} does not have. */
    public static Undefined member(Object owner, Object key) {
        String type = owner == null ? "None" : Values.typeName(owner) + " object";
        return new Undefined(
                Text.is(key)
                        ? "'" + type + "' has no attribute " + Repr.repr(key)
                        : type + " has no element " + Repr.repr(key));
    }

    /** An attribute that the sandbox hides, as it would change {@code owner} or is internal to Python. */
    public static Undefined unsafe(Object owner, String name) {
        return new Undefined("access to attribute '" + name + "' of '" + Values.typeName(owner) + "' object is unsafe");
    }

    public static Undefined because(String message) {
        return new Undefined(message);
    }

    public PythonError error() {
        return new PythonError(message);
    }
}
