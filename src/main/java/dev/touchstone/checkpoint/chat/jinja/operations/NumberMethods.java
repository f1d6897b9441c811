package dev.touchstone.checkpoint.chat.jinja.operations;

import dev.touchstone.checkpoint.chat.jinja.python.Function;
import dev.touchstone.checkpoint.chat.jinja.python.Missing;
import dev.touchstone.checkpoint.chat.jinja.python.Numbers;
import dev.touchstone.checkpoint.chat.jinja.python.Signature;
import dev.touchstone.checkpoint.chat.jinja.python.Tuple;
import java.math.BigDecimal;
import java.math.BigInteger;

/** The attributes of Python's numbers. */
final class NumberMethods {
    private NumberMethods() {}

    /** {@link Missing} if there is none of that name. */
    static Object get(Object number, String name) {
        Object self = number instanceof Double ? number : Numbers.integer(number);
        Object zero = self instanceof Double ? (Object) 0.0 : BigInteger.ZERO;
        return switch (name) {
            case "real" -> self;
            case "imag" -> zero;
            case "conjugate" -> method(self);
            case "as_integer_ratio" -> method(ratio(self));
            default -> self instanceof Double value ? ofFloat(value, name) : ofInt((BigInteger) self, name);
        };
    }

    private static Object ofFloat(double self, String name) {
        return switch (name) {
            case "is_integer" -> method(self == Math.rint(self) && !Double.isInfinite(self));
            case "hex", "fromhex" -> StringMethods.unsupported("float." + name);
            default -> Missing.MISSING;
        };
    }

    private static Object ofInt(BigInteger self, String name) {
        return switch (name) {
            case "numerator" -> self;
            case "denominator" -> BigInteger.ONE;
            case "bit_length" -> method(BigInteger.valueOf(self.abs().bitLength()));
            case "bit_count" -> method(BigInteger.valueOf(self.abs().bitCount()));
            case "to_bytes", "from_bytes" -> StringMethods.unsupported("int." + name);
            default -> Missing.MISSING;
        };
    }

    private static Function method(Object result) {
        return call -> {
            new Signature("method", "").bind(call);
            return result;
        };
    }

    private static Tuple ratio(Object self) {
        if (self instanceof BigInteger) {
            return Tuple.of(self, BigInteger.ONE);
        }
        double number = (Double) self;
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return null;
        }
        BigDecimal exact = new BigDecimal(number);
        BigInteger below = BigInteger.TEN.pow(Math.max(0, exact.scale()));
        BigInteger above = exact.multiply(new BigDecimal(below)).toBigInteger();
        BigInteger common = above.gcd(below).max(BigInteger.ONE);
        return Tuple.of(above.divide(common), below.divide(common));
    }
}
