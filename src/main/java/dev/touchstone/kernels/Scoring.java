package dev.touchstone.kernels;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How the answer of a key to a query becomes a score, and which keys a query sees.
 *
 * @param scale what the product of query and key is multiplied by: {@code 1 / sqrt(D)} as a rule
 * @param cap where above 0, scores are brought between {@code -cap} and {@code cap} by {@code cap tanh(score / cap)}
 * @param window how many positions a query sees, its own included; {@link #UNLIMITED} for all that came before
 * @param slopes ALiBi: per head, what each position adds to the score of its key; empty where positions add nothing
 */
public record Scoring(float scale, float cap, int window, List<Double> slopes) {
    /** A window that no sequence fills. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    public Scoring {
        slopes = List.copyOf(slopes);
        if (window < 1) {
            throw new IllegalArgumentException("a query sees itself at least, got a window of " + window);
        }
    }

    /** Neither cap, nor window, nor slopes. */
    public Scoring(float scale) {
        this(scale, 0, UNLIMITED, List.of());
    }

    /** The same with a window. */
    public Scoring withWindow(int positions) {
        return new Scoring(scale, cap, positions, slopes);
    }

    /**
     * ALiBi's slopes: a geometric sequence from {@code 2^(-8 / H)}; where {@code H} is no power of two, that of the next
     * lower one, and then every other slope of the next higher (Press et al., 2022). (H)
     */
    public static List<Double> alibiSlopes(int heads) {
        int lower = Integer.highestOneBit(heads);
        return IntStream.range(0, heads)
                .mapToDouble(h -> h < lower ? -8.0 * (h + 1) / lower : -4.0 * (2 * (h - lower) + 1) / lower)
                .map(exponent -> StrictMath.pow(2, exponent))
                .boxed()
                .toList();
    }

    /** The first position that the query at {@code position} sees. */
    public int firstVisible(int position) {
        return Math.max(0, position - window + 1);
    }

    /** What ALiBi adds to the score of the key at {@code position}. */
    static float bias(double slope, int position) {
        return (float) (slope * position);
    }
}
