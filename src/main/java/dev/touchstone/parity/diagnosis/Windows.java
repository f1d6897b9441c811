package dev.touchstone.parity.diagnosis;

import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** How far back queries see, by ours and as it should be. Scores of a head, (H, T, S), are -inf where one sees nothing. */
record Windows(Difference it) {
    /** Empty unless both are windows, or none, and differ. */
    String read() {
        if (it.shape().length != 3) {
            return "";
        }
        int ours = window(i -> Float.isInfinite(it.actual()[i]));
        int right = window(i -> Double.isInfinite(it.expected()[i]));
        return ours == right || ours < 0 || right < 0
                ? ""
                : "a query sees " + said(ours) + ", and should see " + said(right);
    }

    private String said(int window) {
        return window == it.columns()
                ? "all that came before: there is no window"
                : "the last " + window + " positions";
    }

    /** How many positions every query sees at most; all of them if nothing limits it, -1 if it is no window. */
    private int window(IntPredicate hidden) {
        int T = it.shape()[1];
        int S = it.columns();
        int most = IntStream.range(0, it.rows())
                .map(row -> (int) IntStream.range(row * S, (row + 1) * S)
                        .filter(i -> !hidden.test(i))
                        .count())
                .max()
                .orElse(0);
        boolean all = it.elements().allMatch(i -> {
            int back = S - T + i / S % T - i % S;
            return hidden.test(i) == (back < 0 || back >= most);
        });
        return all ? most : -1;
    }
}
