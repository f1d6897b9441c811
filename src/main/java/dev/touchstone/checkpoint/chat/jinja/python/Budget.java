package dev.touchstone.checkpoint.chat.jinja.python;

import java.util.List;

/**
 * What one rendering may use, so that no template runs for ever or fills the memory: a template comes with a model, from a
 * stranger. A prompt of a million tokens needs a hundredth of it.
 */
public final class Budget {
    /** Characters of a text, elements of a list, bits of an integer. */
    private static final int LARGEST = 1 << 24;

    private static final long STEPS = 50_000_000;
    private static final long CHARACTERS = 1L << 29;
    private static final int DEPTH = 200;

    private long steps;
    private long characters;
    private int depth;

    /** Counts one expression or statement. */
    public void step() {
        if (++steps > STEPS) {
            throw new PythonError("the template takes more than " + STEPS + " steps");
        }
    }

    /** Counts the characters or elements of a new value; returns the value. */
    public Object made(Object value) {
        if (value instanceof String text) {
            count(text.length());
        } else if (value instanceof List<?> list) {
            count(8L * list.size());
        }
        return value;
    }

    private void count(long size) {
        characters += size;
        if (characters > CHARACTERS) {
            throw new PythonError("the template makes more than " + CHARACTERS + " characters on the way");
        }
    }

    /** One macro or loop deeper. */
    public void enter() {
        if (++depth > DEPTH) {
            throw new PythonError("macros call each other more than " + DEPTH + " deep");
        }
    }

    public void leave() {
        depth--;
    }

    /** The size of one value, if it is not too large. */
    public static int size(long size) {
        if (size > LARGEST) {
            throw new PythonError("a value becomes larger than " + LARGEST + " characters or elements");
        }
        return (int) size;
    }
}
