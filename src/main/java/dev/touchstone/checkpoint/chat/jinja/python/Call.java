package dev.touchstone.checkpoint.chat.jinja.python;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The arguments of a call, not yet matched with parameters.
 *
 * @param budget of the rendering that calls
 */
public record Call(Budget budget, List<Object> positional, Map<String, Object> named) {
    public static Call of(Budget budget, Object... positional) {
        return new Call(budget, Collections.unmodifiableList(Arrays.asList(positional)), Map.of());
    }

    public Call withFirst(Object first) {
        List<Object> all = new ArrayList<>(positional.size() + 1);
        all.add(first);
        all.addAll(positional);
        return new Call(budget, all, named);
    }

    /** Without the first arguments, of which there are enough. */
    public Call without(int first) {
        return new Call(budget, positional.subList(first, positional.size()), named);
    }
}
