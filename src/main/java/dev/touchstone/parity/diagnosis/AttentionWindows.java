package dev.touchstone.parity.diagnosis;

import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Explains wrongly masked scores by the size of a sliding window. (H, T, S) */
record AttentionWindows(Difference difference) {
    /** Empty unless both masks are causal, with a window or without, and the windows differ. */
    String read() {
        if (difference.shape().length != 3) {
            return "";
        }
        int ours = window(i -> Float.isInfinite(difference.actual()[i]));
        int right = window(i -> Double.isInfinite(difference.expected()[i]));
        return ours == right || ours < 0 || right < 0
                ? ""
                : "a query sees " + described(ours) + ", should see " + described(right);
    }

    private String described(int window) {
        return window == difference.columns()
                ? "all positions up to its own (no sliding window)"
                : "the last " + window + " positions";
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
