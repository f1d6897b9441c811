package dev.touchstone.checkpoint.chat.jinja.python;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Python's {@code tuple}.
 *
 * @param names what the elements are called in a named tuple, else empty
 */
public record Tuple(List<Object> items, List<String> names) {
    public static Tuple of(Object... items) {
        return new Tuple(Collections.unmodifiableList(Arrays.asList(items)), List.of());
    }

    public static Tuple of(List<Object> items) {
        return new Tuple(items, List.of());
    }
}
