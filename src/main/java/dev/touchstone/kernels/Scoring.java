package dev.touchstone.kernels;

import dev.touchstone.tensor.HalfPrecision;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Scale, soft cap, window or chunks, and ALiBi bias of attention scores.
 *
 * @param scale multiplies the product of query and key: usually {@code 1 / sqrt(D)}
 * @param cap if above 0, the soft cap of scores: {@code cap tanh(score / cap)}; 0 for none
 * @param window how many positions a query attends to at most, its own included; {@link #UNLIMITED} for all before it
 * @param chunked whether a query attends to those positions before it that are in the same chunk of {@code window} positions, as in
 *     Llama 4, instead of to the last ones
 * @param slopes ALiBi's slope of each query head, which times the position of the key is added to the score; empty for none. (H)
 * @param inBfloat16 whether ALiBi's bias is rounded to bfloat16 and then multiplied by the scale, as in Falcon
 * @param sinks the attention sink of each query head (gpt-oss): a further score in each softmax, whose probability is left out; empty for
 *     none. (H)
 */
public record Scoring(
        float scale,
        float cap,
        int window,
        boolean chunked,
        List<Double> slopes,
        boolean inBfloat16,
        List<Float> sinks) {
    /** A window that is longer than any sequence. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** @throws IllegalArgumentException if the window is below 1 */
    public Scoring {
        slopes = List.copyOf(slopes);
        sinks = List.copyOf(sinks);
        if (window < 1) {
            throw new IllegalArgumentException(
                    "an attention window has at least 1 position, got a window of " + window);
        }
    }

    /** With ALiBi's bias in float32, after the scale, and without sinks. */
    public Scoring(float scale, float cap, int window, List<Double> slopes) {
        this(scale, cap, window, false, slopes, false, List.of());
    }

    /** A scale only. */
    public Scoring(float scale) {
        this(scale, 0, UNLIMITED, List.of());
    }

    /** The same with a window of so many positions. */
    public Scoring withWindow(int positions) {
        return new Scoring(scale, cap, positions, false, slopes, inBfloat16, sinks);
    }

    /** The same with chunks of so many positions. */
    public Scoring withChunks(int positions) {
        return new Scoring(scale, cap, positions, true, slopes, inBfloat16, sinks);
    }

    /** The same with Falcon's form of ALiBi. */
    public Scoring withAlibiInBfloat16(List<Double> slopes) {
        return new Scoring(scale, cap, window, chunked, slopes, true, sinks);
    }

    /** The same with sinks. */
    public Scoring withSinks(List<Float> other) {
        return new Scoring(scale, cap, window, chunked, slopes, inBfloat16, other);
    }

    /**
     * ALiBi's slopes (Press et al., 2022): a geometric sequence from {@code 2^(-8 / H)}. If {@code H} is not a power of two, the
     * sequence of the next lower power, then every other slope of that of the next higher power. (H)
     */
    public static List<Double> alibiSlopes(int heads) {
        int lower = Integer.highestOneBit(heads);
        return IntStream.range(0, heads)
                .mapToDouble(h -> h < lower ? -8.0 * (h + 1) / lower : -4.0 * (2 * (h - lower) + 1) / lower)
                .map(exponent -> StrictMath.pow(2, exponent))
                .boxed()
                .toList();
    }

    /** The first position that a query at {@code position} attends to. */
    public int firstVisible(int position) {
        return chunked ? position / window * window : Math.max(0, position - window + 1);
    }

    /** ALiBi's bias of the score of the key at {@code position}. */
    public float bias(double slope, int position) {
        return inBfloat16 ? scale * rounded(rounded((float) slope) * rounded(position)) : (float) (slope * position);
    }

    private static float rounded(float x) {
        return HalfPrecision.fromBfloat16(HalfPrecision.toBfloat16(x));
    }
}
