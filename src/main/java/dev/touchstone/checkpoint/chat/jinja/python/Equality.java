package dev.touchstone.checkpoint.chat.jinja.python;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;

/** Python's {@code ==} and {@code hash}. */
public final class Equality {
    private Equality() {}

    /** {@code a == b}. Numbers of all types compare by value, values of other types are different. */
    public static boolean equal(Object a, Object b) {
        if (Numbers.is(a) && Numbers.is(b)) {
            return Numbers.compare(a, b) == 0;
        }
        if (Text.is(a) && Text.is(b)) {
            return Text.of(a).equals(Text.of(b));
        }
        if (a instanceof List<?> left && b instanceof List<?> right) {
            return equal(left, right);
        }
        if (a instanceof Tuple left && b instanceof Tuple right) {
            return equal(left.items(), right.items());
        }
        if (a instanceof Dict left && b instanceof Dict right) {
            return left.size() == right.size()
                    && left.keys().stream().allMatch(key -> right.has(key) && same(left.get(key), right.get(key)));
        }
        if (a instanceof Range left && b instanceof Range right) {
            return equal(left.elements(), right.elements());
        }
        if (a instanceof View left && b instanceof View right) {
            return left.sameAs(right);
        }
        return a == b
                || a instanceof Undefined && b instanceof Undefined
                || a instanceof Function.Method && a.equals(b);
    }

    private static boolean equal(List<?> left, List<?> right) {
        if (left.size() != right.size()) {
            return false;
        }
        Iterator<?> others = right.iterator();
        for (Object element : left) {
            if (!same(element, others.next())) {
                return false;
            }
        }
        return true;
    }

    /** As elements of containers compare: the same object is equal, even if it is a NaN. */
    public static boolean same(Object a, Object b) {
        return a == b || equal(a, b);
    }

    /** Equal values have equal hashes. Throws {@link PythonError} for lists and dicts. */
    static int hash(Object value) {
        if (value instanceof Double number && isWhole(number)) {
            return new BigDecimal(number).toBigInteger().hashCode();
        }
        if (value instanceof Boolean truth) {
            return (truth ? BigInteger.ONE : BigInteger.ZERO).hashCode();
        }
        if (Text.is(value)) {
            return Text.of(value).hashCode();
        }
        if (value instanceof Tuple tuple) {
            int hash = 1;
            for (Object item : tuple.items()) {
                hash = 31 * hash + hash(item);
            }
            return hash;
        }
        if (value instanceof Undefined || value instanceof Range) {
            return 1;
        }
        if (value instanceof List || value instanceof Dict || value instanceof View) {
            throw new PythonError("unhashable type: '" + Values.typeName(value) + "'");
        }
        return value == null ? 0 : value.hashCode();
    }

    private static boolean isWhole(double number) {
        return number == Math.rint(number) && !Double.isInfinite(number);
    }
}
