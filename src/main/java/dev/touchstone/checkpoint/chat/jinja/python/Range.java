package dev.touchstone.checkpoint.chat.jinja.python;

import java.math.BigInteger;
import java.util.AbstractList;
import java.util.List;

/** Python's {@code range}, as the sandbox allows it: of at most 100,000 elements. */
public record Range(BigInteger start, BigInteger stop, BigInteger step) {
    private static final int LONGEST = 100_000;

    public Range {
        if (step.signum() == 0) {
            throw new PythonError("range() arg 3 must not be zero");
        }
        if (length(start, stop, step).compareTo(BigInteger.valueOf(LONGEST)) > 0) {
            throw new PythonError("the range has more than " + LONGEST + " elements");
        }
    }

    public int length() {
        return length(start, stop, step).intValue();
    }

    private static BigInteger length(BigInteger start, BigInteger stop, BigInteger step) {
        BigInteger distance = step.signum() > 0 ? stop.subtract(start) : start.subtract(stop);
        return distance.signum() <= 0
                ? BigInteger.ZERO
                : distance.subtract(BigInteger.ONE).divide(step.abs()).add(BigInteger.ONE);
    }

    public BigInteger get(long index) {
        return start.add(step.multiply(BigInteger.valueOf(index)));
    }

    public List<Object> elements() {
        int length = length();
        return new AbstractList<>() {
            @Override
            public Object get(int index) {
                return Range.this.get(index);
            }

            @Override
            public int size() {
                return length;
            }
        };
    }

    String repr() {
        String ends = "range(" + start + ", " + stop;
        return step.equals(BigInteger.ONE) ? ends + ")" : ends + ", " + step + ")";
    }
}
