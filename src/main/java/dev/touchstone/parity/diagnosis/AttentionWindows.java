package dev.touchstone.parity.diagnosis;

import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Explains wrongly masked scores by the size of a sliding window or of chunks. (H, T, S) */
record AttentionWindows(Difference difference) {
    /** Empty unless both masks are causal, with a window, chunks or neither, and they differ. */
    String read() {
        if (difference.shape().length != 3) {
            return "";
        }
        String ours = described(i -> Float.isInfinite(difference.actual()[i]));
        String right = described(i -> Double.isInfinite(difference.expected()[i]));
        return ours.equals(right) || ours.isEmpty() || right.isEmpty()
                ? ""
                : "a query sees " + ours + ", should see " + right;
    }

    /** Empty if the mask is not causal. */
    private String described(IntPredicate masked) {
        int window = window(masked);
        if (window == difference.columns()) {
            return "all positions up to its own (no sliding window)";
        }
        int chunk = window > 0 ? window : chunk(masked);
        return window > 0
                ? "the last " + window + " positions"
                : chunk > 0 ? "the positions up to its own in its chunk of " + chunk : "";
    }

    /** The size of the chunks in which queries see positions up to their own, or -1 if there are none. */
    private int chunk(IntPredicate masked) {
        int T = difference.shape()[1];
        int S = difference.columns();
        return IntStream.range(1, S)
                .filter(size -> difference.elements().allMatch(i -> {
                    int query = S - T + i / S % T;
                    int key = i % S;
                    return masked.test(i) == (key > query || key / size < query / size);
                }))
                .findFirst()
                .orElse(-1);
    }

    /** The number of positions that a query sees at most, S if there is no window, or -1 if the mask is not causal. */
    private int window(IntPredicate masked) {
        int T = difference.shape()[1];
        int S = difference.columns();
        int most = IntStream.range(0, difference.rows())
                .map(row -> (int) IntStream.range(row * S, (row + 1) * S)
                        .filter(i -> !masked.test(i))
                        .count())
                .max()
                .orElse(0);
        boolean all = difference.elements().allMatch(i -> {
            int back = S - T + i / S % T - i % S;
            return masked.test(i) == (back < 0 || back >= most);
        });
        return all ? most : -1;
    }
}
