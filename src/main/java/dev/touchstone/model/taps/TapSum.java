package dev.touchstone.model.taps;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A tensor as the sum of taps. Most are one tap; the residual stream between attention and MLP, for example, has no tap of
 * its own and is {@code drop + h.0.attn}.
 *
 * @param terms at least one
 */
public record TapSum(List<Term> terms) {
    /** A tap and the factor by which it is multiplied, which is 1 in most models. */
    public record Term(String tap, float factor) {
        @Override
        public String toString() {
            return factor == 1 ? tap : factor + " " + tap;
        }
    }

    public TapSum {
        terms = List.copyOf(terms);
        if (terms.isEmpty()) {
            throw new IllegalArgumentException("a sum of taps has at least one term");
        }
    }

    /** The sum of these taps. */
    public static TapSum of(String... taps) {
        return new TapSum(Stream.of(taps).map(tap -> new Term(tap, 1)).toList());
    }

    /** The names of the terms. */
    public List<String> taps() {
        return terms.stream().map(Term::tap).toList();
    }

    /** This sum and one more term. */
    public TapSum plus(String tap) {
        return plus(tap, 1);
    }

    /** This sum and one more term, which is multiplied by a factor. */
    public TapSum plus(String tap, float factor) {
        return new TapSum(
                Stream.concat(terms.stream(), Stream.of(new Term(tap, factor))).toList());
    }

    /** This sum with all terms multiplied by a factor. */
    public TapSum times(float factor) {
        return new TapSum(terms.stream()
                .map(term -> new Term(term.tap, term.factor * factor))
                .toList());
    }

    /**
     * The value of the sum.
     *
     * @param value the value of a tap, or null if it is not known
     * @param scale multiplies a value by a factor
     * @param add adds two values
     * @return null if a term is not known
     */
    public <T> T evaluate(Function<String, T> value, BiFunction<T, Float, T> scale, BinaryOperator<T> add) {
        T sum = null;
        for (Term term : terms) {
            T tap = value.apply(term.tap);
            if (tap == null) {
                return null;
            }
            T scaled = term.factor == 1 ? tap : scale.apply(tap, term.factor);
            sum = sum == null ? scaled : add.apply(sum, scaled);
        }
        return sum;
    }

    /** The names of the terms, such as {@code drop + h.0.attn}. */
    @Override
    public String toString() {
        return terms.stream().map(Term::toString).collect(Collectors.joining(" + "));
    }
}
