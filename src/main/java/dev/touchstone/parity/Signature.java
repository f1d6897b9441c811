package dev.touchstone.parity;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads what kind of mistake makes a tensor differ as it does, in the words of someone who has made it. The clues: which
 * rows, which columns, and whether a factor or an offset explains the difference.
 */
public final class Signature {
    /** A difference this much smaller than before counts as explained. */
    private static final double EXPLAINED = 1e-3;

    private final float[] actual;
    private final double[] expected;
    private final int columns;
    private final double bound;

    private Signature(float[] actual, double[] expected, int columns, double scale) {
        this.actual = actual;
        this.expected = expected;
        this.columns = columns;
        this.bound = TapResult.LOCAL_BOUND * scale;
    }

    /** What the difference looks like; empty if it looks like nothing known. */
    public static List<String> read(String tap, float[] actual, double[] expected, int[] shape) {
        double scale = Deviation.of(actual, expected).scale();
        Signature signature = new Signature(actual, expected, shape[shape.length - 1], scale);
        List<String> clues = new ArrayList<>();
        signature.notNumbers(clues);
        signature.infinities(clues);
        signature.rows(clues, shape);
        signature.columns(clues);
        signature.factor(clues);
        signature.offset(clues);
        signature.nonlinearity(clues, tap);
        return clues;
    }

    private boolean off(int i) {
        return actual[i] != expected[i] && !(Math.abs(actual[i] - expected[i]) <= bound);
    }

    private void notNumbers(List<String> clues) {
        int count = 0;
        for (float value : actual) {
            count += Float.isNaN(value) ? 1 : 0;
        }
        if (count > 0) {
            clues.add(count + " NaN: a row that is masked whole, 0 / 0, inf - inf, or a weight that is no number");
        }
    }

    private void infinities(List<String> clues) {
        int shown = 0;
        int hidden = 0;
        for (int i = 0; i < actual.length; i++) {
            shown += Double.isInfinite(expected[i]) && actual[i] != expected[i] ? 1 : 0;
            hidden += Float.isInfinite(actual[i]) && actual[i] != expected[i] ? 1 : 0;
        }
        if (shown > 0) {
            clues.add(shown + " places should be masked and are not: the causal mask, or its alignment with the cache");
        }
        if (hidden > 0) {
            clues.add(hidden + " places are infinite and should not be: a mask that hides too much");
        }
    }

    /** From which position on, and whether all heads are concerned. */
    private void rows(List<String> clues, int[] shape) {
        int rows = actual.length / columns;
        boolean[] wrong = new boolean[rows];
        int count = 0;
        for (int row = 0; row < rows; row++) {
            for (int c = 0; c < columns; c++) {
                wrong[row] |= off(row * columns + c);
            }
            count += wrong[row] ? 1 : 0;
        }
        if (count == 0 || count == rows || rows == 1) {
            return;
        }
        if (shape.length == 3) {
            heads(clues, wrong, shape);
            return;
        }
        int first = 0;
        while (!wrong[first]) {
            first++;
        }
        if (first > 0 && count >= 0.9 * (rows - first)) {
            clues.add("wrong only from position " + first + " on: positions, the cache, or the window");
        }
    }

    private static void heads(List<String> clues, boolean[] wrong, int[] shape) {
        List<Integer> heads = new ArrayList<>();
        for (int h = 0; h < shape[0]; h++) {
            for (int t = 0; t < shape[1]; t++) {
                if (wrong[h * shape[1] + t]) {
                    heads.add(h);
                    break;
                }
            }
        }
        if (heads.size() < shape[0]) {
            clues.add("wrong only in heads " + heads + ": how heads are laid out, or shared keys and values");
        }
    }

    /** Which columns. */
    private void columns(List<String> clues) {
        int first = -1;
        int last = -1;
        int count = 0;
        for (int c = 0; c < columns; c++) {
            boolean wrong = false;
            for (int i = c; i < actual.length; i += columns) {
                wrong |= off(i);
            }
            if (wrong) {
                first = first < 0 ? c : first;
                last = c;
                count++;
            }
        }
        if (count > 0 && count < columns && count == last - first + 1) {
            clues.add("wrong only in columns " + first + " to " + last + " of " + columns
                    + ": one head, a part of a fused matrix, or the end of a vector loop");
        }
    }

    /** Whether {@code actual = factor * expected}. */
    private void factor(List<String> clues) {
        double products = 0;
        double squares = 0;
        for (int i = 0; i < actual.length; i++) {
            if (Double.isFinite(expected[i]) && Float.isFinite(actual[i])) {
                products += actual[i] * expected[i];
                squares += expected[i] * expected[i];
            }
        }
        double factor = products / squares;
        if (Math.abs(factor - 1) > 1e-4 && explains(factor, new double[columns])) {
            clues.add(String.format(
                    Locale.ROOT, "%.5g times what it should be: a scale, such as 1 / sqrt(D), or a gain", factor));
        }
    }

    /** Whether {@code actual = expected + offset}, the same for every row. */
    private void offset(List<String> clues) {
        double[] offsets = new double[columns];
        int rows = actual.length / columns;
        if (rows < 2) {
            return; // one row is its own offset
        }
        for (int i = 0; i < actual.length; i++) {
            offsets[i % columns] += (actual[i] - expected[i]) / rows;
        }
        if (explains(1, offsets)) {
            clues.add("off by the same numbers in every row: a bias that is missing, doubled or not its own");
        }
    }

    private boolean explains(double factor, double[] offsets) {
        double before = 0;
        double after = 0;
        for (int i = 0; i < actual.length; i++) {
            if (Double.isFinite(expected[i]) && Float.isFinite(actual[i])) {
                before += Math.pow(actual[i] - expected[i], 2);
                after += Math.pow(actual[i] - factor * expected[i] - offsets[i % columns], 2);
            }
        }
        return before > 0 && Math.sqrt(after) < EXPLAINED * Math.sqrt(before);
    }

    /** Errors of a wrong GELU are largest where its input is 1 to 3 in magnitude, and vanish far out. */
    private void nonlinearity(List<String> clues, String tap) {
        if (!tap.endsWith(".act")) {
            return;
        }
        int far = 0;
        for (int i = 0; i < actual.length; i++) {
            far += off(i) && Math.abs(expected[i]) > 6 ? 1 : 0;
        }
        if (far == 0) {
            clues.add("right far from zero: another GELU (tanh or erf), or another constant in it");
        }
    }
}
