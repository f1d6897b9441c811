package dev.touchstone.checkpoint.chat.jinja.operations;

import dev.touchstone.checkpoint.chat.jinja.python.Budget;
import dev.touchstone.checkpoint.chat.jinja.python.Markup;
import dev.touchstone.checkpoint.chat.jinja.python.Missing;
import dev.touchstone.checkpoint.chat.jinja.python.Numbers;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Text;
import dev.touchstone.checkpoint.chat.jinja.python.Tuple;
import dev.touchstone.checkpoint.chat.jinja.python.Undefined;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Python's binary and unary operators on values of all types. */
public final class Operators {
    private Operators() {}

    /**
     * {@code a operator b}.
     *
     * @param operator {@code +}, {@code -}, {@code *}, {@code /}, {@code //}, {@code %} or {@code **}
     */
    public static Object binary(Object a, String operator, Object b) {
        if (operator.equals("%") && Text.is(a)) {
            return a instanceof Markup markup
                    ? new Markup(PercentFormat.format(markup.text(), b, true))
                    : PercentFormat.format((String) a, b, false);
        }
        if (a instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (b instanceof Undefined undefined) {
            throw undefined.error();
        }
        Object result = switch (operator) {
            case "+" -> add(a, b);
            case "*" -> multiply(a, b);
            default -> Numbers.is(a) && Numbers.is(b) ? compute(a, operator, b) : Missing.MISSING;
        };
        if (result == Missing.MISSING) {
            throw new PythonError("unsupported operand type(s) for " + operator + ": '" + Values.typeName(a) + "' and '"
                    + Values.typeName(b) + "'");
        }
        return result;
    }

    private static Object compute(Object a, String operator, Object b) {
        return switch (operator) {
            case "-" -> Numbers.subtract(a, b);
            case "/" -> Numbers.divide(a, b);
            case "//" -> Numbers.floorDivide(a, b);
            case "%" -> Numbers.modulo(a, b);
            default -> Numbers.power(a, b);
        };
    }

    private static Object add(Object a, Object b) {
        if (Numbers.is(a) && Numbers.is(b)) {
            return Numbers.add(a, b);
        }
        if (Text.is(a) && Text.is(b)) {
            if (a instanceof Markup || b instanceof Markup) {
                return new Markup(
                        concatenated(Markup.escape(a).text(), Markup.escape(b).text()));
            }
            return concatenated((String) a, (String) b);
        }
        if (a instanceof List<?> left && b instanceof List<?> right) {
            return concatenated(left, right);
        }
        if (a instanceof Tuple left && b instanceof Tuple right) {
            return Tuple.of(concatenated(left.items(), right.items()));
        }
        return Missing.MISSING;
    }

    private static String concatenated(String left, String right) {
        Budget.size((long) left.length() + right.length());
        return left.concat(right);
    }

    private static List<Object> concatenated(List<?> left, List<?> right) {
        Budget.size((long) left.size() + right.size());
        List<Object> all = new ArrayList<>(left.size() + right.size());
        all.addAll(left);
        all.addAll(right);
        return all;
    }

    private static Object multiply(Object a, Object b) {
        if (Numbers.is(a) && Numbers.is(b)) {
            return Numbers.multiply(a, b);
        }
        if (Numbers.isInteger(a)) {
            return Numbers.isInteger(b) ? Missing.MISSING : multiply(b, a);
        }
        if (!Numbers.isInteger(b)) {
            return Missing.MISSING;
        }
        int times = Math.max(0, Numbers.index(b));
        if (Text.is(a)) {
            String text = Text.of(a);
            String repeated = text.isEmpty() ? "" : text.repeat(times(text.length(), times));
            return a instanceof Markup ? new Markup(repeated) : repeated;
        }
        if (a instanceof List<?> list) {
            return repeated(list, times);
        }
        return a instanceof Tuple tuple ? Tuple.of(repeated(tuple.items(), times)) : Missing.MISSING;
    }

    private static int times(int size, int times) {
        Budget.size((long) size * times);
        return times;
    }

    private static List<Object> repeated(List<?> list, int times) {
        List<Object> repeated = new ArrayList<>();
        for (int i = list.isEmpty() ? 0 : times(list.size(), times); i > 0; i--) {
            repeated.addAll(list);
        }
        return Collections.unmodifiableList(repeated);
    }

    /** {@code +a} or {@code -a}. */
    public static Object unary(String operator, Object a) {
        if (a instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (!Numbers.is(a)) {
            throw new PythonError("bad operand type for unary " + operator + ": '" + Values.typeName(a) + "'");
        }
        return operator.equals("-") ? Numbers.negate(a) : a instanceof Double ? a : Numbers.integer(a);
    }
}
