package dev.touchstone.checkpoint.chat.jinja.python;

/** An object with a length. */
public interface Sized extends PythonObject {
    int length();
}
