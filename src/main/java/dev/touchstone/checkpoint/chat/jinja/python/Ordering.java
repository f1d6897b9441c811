package dev.touchstone.checkpoint.chat.jinja.python;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;

/** Python's {@code <}, {@code <=}, {@code >} and {@code >=}, and what sorts by them. */
public final class Ordering {
    private Ordering() {}

    /**
     * {@code a operator b}. Numbers, strings by their code points, lists and tuples from the left, keys and items of dicts as sets;
     * anything else is an error.
     *
     * @param operator one of the four
     */
    public static boolean holds(Object a, String operator, Object b) {
        if (Numbers.is(a) && Numbers.is(b)) {
            int order = Numbers.compare(a, b);
            return order != Numbers.UNORDERED && holds(order, operator);
        }
        if (Text.is(a) && Text.is(b)) {
            return holds(Text.compare(Text.of(a), Text.of(b)), operator);
        }
        if (a instanceof List<?> left && b instanceof List<?> right) {
            return holds(left, operator, right);
        }
        if (a instanceof Tuple left && b instanceof Tuple right) {
            return holds(left.items(), operator, right.items());
        }
        if (a instanceof View left && b instanceof View right && left.isSet() && right.isSet()) {
            boolean turned = operator.startsWith(">");
            View part = turned ? right : left;
            View whole = turned ? left : right;
            boolean proper = part.dict().size() < whole.dict().size();
            return (proper || operator.endsWith("=")) && whole.containsAll(part);
        }
        if (a instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (b instanceof Undefined undefined) {
            throw undefined.error();
        }
        throw new PythonError("'" + operator + "' not supported between instances of '" + Values.typeName(a) + "' and '"
                + Values.typeName(b) + "'");
    }

    /** The first elements that differ decide, else the lengths. */
    private static boolean holds(List<?> left, String operator, List<?> right) {
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            if (!Equality.same(left.get(i), right.get(i))) {
                return holds(left.get(i), operator, right.get(i));
            }
        }
        return holds(Integer.compare(left.size(), right.size()), operator);
    }

    private static boolean holds(int order, String operator) {
        return switch (operator) {
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            default -> order >= 0;
        };
    }

    /** Python's {@code sorted(values, key=key, reverse=reverse)}, which keeps the order of what is equal. */
    public static List<Object> sorted(List<Object> values, UnaryOperator<Object> key, boolean reverse) {
        record Keyed(Object key, Object value) {}
        Comparator<Keyed> order = (a, b) -> holds(a.key, "<", b.key) ? -1 : holds(b.key, "<", a.key) ? 1 : 0;
        List<Keyed> keyed = new ArrayList<>();
        for (Object value : values) {
            keyed.add(new Keyed(key.apply(value), value));
        }
        keyed.sort(reverse ? order.reversed() : order);
        List<Object> sorted = new ArrayList<>();
        keyed.forEach(pair -> sorted.add(pair.value));
        return sorted;
    }

    /** The first of the smallest, or of the largest. */
    public static Object extreme(List<Object> values, UnaryOperator<Object> key, String operator) {
        Object best = values.get(0);
        Object bestKey = key.apply(best);
        for (Object value : values.subList(1, values.size())) {
            Object itsKey = key.apply(value);
            if (holds(itsKey, operator, bestKey)) {
                best = value;
                bestKey = itsKey;
            }
        }
        return best;
    }
}
