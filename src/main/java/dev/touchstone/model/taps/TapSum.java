package dev.touchstone.model.taps;

import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A tensor as the sum of taps. Most are one tap; the residual stream between attention and MLP, for example, has no tap of
 * its own and is {@code drop + h.0.attn}.
 *
 * @param taps the names of the terms, at least one
 */
public record TapSum(List<String> taps) {
    public TapSum {
        taps = List.copyOf(taps);
        if (taps.isEmpty()) {
            throw new IllegalArgumentException("a sum of taps has at least one term");
        }
    }

    /** The sum of these taps. */
    public static TapSum of(String... taps) {
        return new TapSum(List.of(taps));
    }

    /** This sum and one more term. */
    public TapSum plus(String tap) {
        return new TapSum(Stream.concat(taps.stream(), Stream.of(tap)).toList());
    }

    /**
     * The value of the sum.
     *
     * @param value the value of a tap, or null if it is not known
     * @param add adds two values
     * @return null if a term is not known
     */
    public <T> T evaluate(Function<String, T> value, BinaryOperator<T> add) {
        T sum = value.apply(taps.get(0));
        for (String tap : taps.subList(1, taps.size())) {
            T term = value.apply(tap);
            sum = sum == null || term == null ? null : add.apply(sum, term);
        }
        return sum;
    }

    /** The names of the terms, such as {@code drop + h.0.attn}. */
    @Override
    public String toString() {
        return String.join(" + ", taps);
    }
}
