package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.python.PythonError;

/** What has a value: a literal, a variable, an operation, a call. */
interface Expression extends Node {
    Object compute(Frame frame);

    /** Throws {@link PythonError} with the line if there is no value. */
    default Object value(Frame frame) {
        try {
            frame.budget().step();
            return compute(frame);
        } catch (PythonError e) {
            throw e.at(line());
        }
    }
}
