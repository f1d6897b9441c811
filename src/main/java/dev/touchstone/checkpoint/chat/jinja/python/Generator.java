package dev.touchstone.checkpoint.chat.jinja.python;

import java.util.Iterator;

/**
 * Python's generators and iterators: elements that are made when they are asked for, once.
 *
 * @param typeName {@code generator}, {@code list_reverseiterator} ...
 */
public record Generator(String typeName, Iterator<Object> elements) {
    public static Generator of(Iterator<Object> elements) {
        return new Generator("generator", elements);
    }

    /** Each generator is equal only to itself. */
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
