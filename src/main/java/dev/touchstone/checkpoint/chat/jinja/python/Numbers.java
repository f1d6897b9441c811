package dev.touchstone.checkpoint.chat.jinja.python;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/** Python's arithmetic of {@code int}, {@code float} and {@code bool}, which counts as 0 or 1. */
public final class Numbers {
    /** The order of a NaN and any number. */
    static final int UNORDERED = Integer.MIN_VALUE;

    private Numbers() {}

    public static boolean is(Object value) {
        return isInteger(value) || value instanceof Double;
    }

    /** Whether it is an {@code int}, or a {@code bool}, which is one too. */
    public static boolean isInteger(Object value) {
        return value instanceof BigInteger || value instanceof Boolean;
    }

    /** Of an {@code int} or a {@code bool}. */
    public static BigInteger integer(Object value) {
        if (value instanceof Boolean truth) {
            return truth ? BigInteger.ONE : BigInteger.ZERO;
        }
        return (BigInteger) value;
    }

    /** A count or a width. Throws {@link PythonError} for what Python cannot count to. */
    public static int index(Object value) {
        int index = bound(value);
        if (integer(value).bitLength() > 63) {
            throw new PythonError("Python int too large to convert to C ssize_t");
        }
        return index;
    }

    /** The bound of a slice: what does not fit an {@code int} of Java becomes the nearest that does. */
    public static int bound(Object value) {
        if (!isInteger(value)) {
            throw new PythonError("'" + Values.typeName(value) + "' object cannot be interpreted as an integer");
        }
        BigInteger integer = integer(value);
        return integer.bitLength() < 32
                ? integer.intValue()
                : integer.signum() < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
    }

    /** Throws {@link PythonError} for an integer beyond the range of {@code float}. */
    public static double toDouble(Object value) {
        if (value instanceof Double number) {
            return number;
        }
        double number = integer(value).doubleValue();
        if (Double.isInfinite(number)) {
            throw new PythonError("int too large to convert to float");
        }
        return number;
    }

    /** Exact, also between {@code int} and {@code float}. */
    static int compare(Object a, Object b) {
        if (isInteger(a) && isInteger(b)) {
            return integer(a).compareTo(integer(b));
        }
        if (isNaN(a) || isNaN(b)) {
            return UNORDERED;
        }
        if (isInfinite(a) || isInfinite(b)) {
            double left = isInfinite(a) ? (Double) a : 0;
            double right = isInfinite(b) ? (Double) b : 0;
            return Double.compare(left, right);
        }
        return exact(a).compareTo(exact(b));
    }

    private static boolean isNaN(Object value) {
        return value instanceof Double number && number.isNaN();
    }

    private static boolean isInfinite(Object value) {
        return value instanceof Double number && number.isInfinite();
    }

    private static BigDecimal exact(Object value) {
        return value instanceof Double number ? new BigDecimal(number) : new BigDecimal(integer(value));
    }

    public static Object add(Object a, Object b) {
        return isInteger(a) && isInteger(b) ? (Object) integer(a).add(integer(b)) : toDouble(a) + toDouble(b);
    }

    public static Object subtract(Object a, Object b) {
        return isInteger(a) && isInteger(b) ? (Object) integer(a).subtract(integer(b)) : toDouble(a) - toDouble(b);
    }

    public static Object multiply(Object a, Object b) {
        if (isInteger(a) && isInteger(b)) {
            Budget.size((long) integer(a).bitLength() + integer(b).bitLength());
            return integer(a).multiply(integer(b));
        }
        return toDouble(a) * toDouble(b);
    }

    /** {@code a / b}, a float, rounded once. */
    public static Object divide(Object a, Object b) {
        if (isInteger(a) && isInteger(b)) {
            BigInteger above = integer(a);
            BigInteger below = integer(b);
            if (below.signum() == 0) {
                throw new PythonError("division by zero");
            }
            if (Math.max(above.bitLength(), below.bitLength()) <= 53) {
                return above.doubleValue() / below.doubleValue();
            }
            MathContext digits = new MathContext(800 + below.bitLength());
            double quotient =
                    new BigDecimal(above).divide(new BigDecimal(below), digits).doubleValue();
            if (Double.isInfinite(quotient)) {
                throw new PythonError("integer division result too large for a float");
            }
            return quotient;
        }
        return toDouble(a) / divisor(b, "float division by zero");
    }

    /** {@code a // b}, rounded down. */
    public static Object floorDivide(Object a, Object b) {
        if (isInteger(a) && isInteger(b)) {
            return divideDown(a, b)[0];
        }
        double x = toDouble(a);
        double y = divisor(b, "float floor division by zero");
        double quotient = (x - modulo(x, y)) / y;
        if (quotient == 0) {
            return Math.copySign(0, x / y);
        }
        double floor = Math.floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    /** {@code a % b}, with the sign of {@code b}. */
    public static Object modulo(Object a, Object b) {
        if (isInteger(a) && isInteger(b)) {
            return divideDown(a, b)[1];
        }
        return modulo(toDouble(a), divisor(b, "float modulo"));
    }

    private static double modulo(double x, double y) {
        double rest = x % y;
        if (rest == 0) {
            return Math.copySign(0, y);
        }
        return rest < 0 != y < 0 ? rest + y : rest;
    }

    private static BigInteger[] divideDown(Object a, Object b) {
        BigInteger below = integer(b);
        if (below.signum() == 0) {
            throw new PythonError("integer division or modulo by zero");
        }
        BigInteger[] result = integer(a).divideAndRemainder(below);
        if (result[1].signum() != 0 && result[1].signum() != below.signum()) {
            result[0] = result[0].subtract(BigInteger.ONE);
            result[1] = result[1].add(below);
        }
        return result;
    }

    private static double divisor(Object b, String problem) {
        double divisor = toDouble(b);
        if (divisor == 0) {
            throw new PythonError(problem);
        }
        return divisor;
    }

    /** {@code a ** b}: an int for ints, but a float if {@code b} is negative. */
    public static Object power(Object a, Object b) {
        if (isInteger(a) && isInteger(b) && integer(b).signum() >= 0) {
            BigInteger base = integer(a);
            BigInteger exponent = integer(b);
            if (base.bitLength() > 1 || base.equals(BigInteger.valueOf(-2))) {
                Budget.size(exponent.bitLength() > 31 ? Long.MAX_VALUE : base.bitLength() * exponent.longValue());
                return base.pow(exponent.intValue());
            }
            return base.signum() < 0 && !exponent.testBit(0) ? BigInteger.ONE : base.pow(exponent.signum());
        }
        return power(toDouble(a), toDouble(b));
    }

    private static double power(double x, double y) {
        if (x == 0 && y < 0) {
            throw new PythonError("0.0 cannot be raised to a negative power");
        }
        boolean finite = !Double.isNaN(x) && !Double.isInfinite(x) && !Double.isInfinite(y);
        if (finite && x < 0 && y != Math.rint(y)) {
            throw new PythonError("the power is a complex number, which is not supported");
        }
        double power = finite && y == Math.rint(y) && Math.abs(y) <= 128 ? wholePower(x, (int) y) : Math.pow(x, y);
        if (Double.isInfinite(power) && finite) {
            throw new PythonError("Numerical result out of range");
        }
        return power;
    }

    /** Computed exactly and rounded once, as Java's {@code pow} may be one unit in the last place off. */
    private static double wholePower(double x, int y) {
        if (x == 0 || y == 0) {
            return Math.pow(x, y);
        }
        BigDecimal power = new BigDecimal(x).pow(Math.abs(y), new MathContext(800));
        return (y < 0 ? BigDecimal.ONE.divide(power, new MathContext(800)) : power).doubleValue();
    }

    public static Object negate(Object a) {
        return isInteger(a) ? (Object) integer(a).negate() : -toDouble(a);
    }

    /** Python's {@code abs(value)}. */
    public static Object absolute(Object a) {
        if (!is(a)) {
            throw new PythonError("bad operand type for abs(): '" + Values.typeName(a) + "'");
        }
        return isInteger(a) ? (Object) integer(a).abs() : Math.abs(toDouble(a));
    }

    /** Python's {@code int(number)}, which cuts off the fraction. */
    public static BigInteger truncate(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            throw new PythonError("cannot convert float " + Floats.repr(number) + " to integer");
        }
        return new BigDecimal(number).toBigInteger();
    }
}
