package dev.touchstone.checkpoint.chat.jinja.python;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Python's {@code value[start:stop:step]}; null for a part that is left out. */
public record Slice(Object start, Object stop, Object step) {
    /** Throws {@link PythonError} for what has no slices. */
    public Object of(Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (Text.is(value)) {
            String part = characters(Text.of(value));
            return value instanceof Markup ? new Markup(part) : part;
        }
        if (value instanceof List<?> list) {
            return elements(list);
        }
        if (value instanceof Tuple tuple) {
            return Tuple.of(elements(tuple.items()));
        }
        if (value instanceof Range range) {
            Indices indices = indices(range.length());
            return new Range(
                    range.get(indices.start),
                    range.get(indices.stop),
                    range.step().multiply(BigInteger.valueOf(indices.step)));
        }
        throw new PythonError("'" + Values.typeName(value) + "' object cannot be sliced");
    }

    private String characters(String text) {
        int length = Text.length(text);
        Indices indices = indices(length);
        if (indices.step == 1) {
            return Text.substring(text, indices.start, Math.max(indices.start, indices.stop));
        }
        int[] codePoints = text.codePoints().toArray();
        return indices.all().stream()
                .map(i -> Character.toString(codePoints[i]))
                .collect(Collectors.joining());
    }

    private List<Object> elements(List<?> list) {
        List<Object> elements = new ArrayList<>();
        indices(list.size()).all().forEach(i -> elements.add(list.get(i)));
        return elements;
    }

    private record Indices(int start, int stop, int step) {
        int count() {
            int distance = step > 0 ? stop - start : start - stop;
            return distance <= 0 ? 0 : (distance - 1) / Math.abs(step) + 1;
        }

        List<Integer> all() {
            List<Integer> all = new ArrayList<>();
            for (int i = 0; i < count(); i++) {
                all.add(start + i * step);
            }
            return all;
        }
    }

    private Indices indices(int length) {
        int stride = step == null ? 1 : bound(step);
        if (stride == 0) {
            throw new PythonError("slice step cannot be zero");
        }
        stride = Math.max(stride, -Integer.MAX_VALUE);
        int first = stride > 0 ? 0 : -1;
        int last = stride > 0 ? length : length - 1;
        int from = start == null ? (stride > 0 ? first : last) : clamp(bound(start), length, first, last);
        int to = stop == null ? (stride > 0 ? last : first) : clamp(bound(stop), length, first, last);
        return new Indices(from, to, stride);
    }

    private static int clamp(int index, int length, int first, int last) {
        long place = index < 0 ? (long) index + length : index;
        return (int) Math.max(first, Math.min(last, place));
    }

    private static int bound(Object value) {
        if (!Numbers.isInteger(value)) {
            throw new PythonError("slice indices must be integers or None or have an __index__ method");
        }
        return Numbers.bound(value);
    }
}
