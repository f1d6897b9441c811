package dev.touchstone.parity.diagnosis;

import dev.touchstone.parity.errors.ErrorDistribution;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Which elements, rows and columns of a tensor are wrong. Each clue is empty if it does not apply. */
record Locations(Difference difference) {
    String notNumbers() {
        long count = difference
                .elements()
                .filter(i -> Float.isNaN(difference.actual()[i]))
                .count();
        return count == 0 ? "" : count + " NaN: a fully masked row, 0 / 0, or a NaN weight";
    }

    String infinities() {
        String window = new AttentionWindows(difference).read();
        if (!window.isEmpty()) {
            return window;
        }
        long unmasked = difference
                .elements()
                .filter(i -> Double.isInfinite(difference.expected()[i]) && difference.isWrong(i))
                .count();
        long masked = difference
                .elements()
                .filter(i -> Float.isInfinite(difference.actual()[i]) && difference.isWrong(i))
                .count();
        return (unmasked > 0
                        ? unmasked
                                + " elements should be masked but are not: the causal mask, or its alignment with the cache"
                        : "")
                + (unmasked > 0 && masked > 0 ? "; " : "")
                + (masked > 0 ? masked + " elements are infinite but should not be: the mask hides too much" : "");
    }

    String zeros() {
        return difference.elements().allMatch(i -> difference.actual()[i] == 0)
                ? "all elements are zero: weights that were not loaded"
                : "";
    }

    /** Whether every wrong element is zero. */
    String dropped() {
        int[] wrong = difference.elements().filter(difference::isWrong).toArray();
        return Arrays.stream(wrong).allMatch(i -> difference.actual()[i] == 0)
                ? wrong.length
                        + " elements are zero but should not be: small values flushed to zero, or elements never written"
                : "";
    }

    String one() {
        int[] wrong = difference.elements().filter(difference::isWrong).limit(2).toArray();
        return wrong.length != 1
                ? ""
                : "one element is wrong, at " + Arrays.toString(ErrorDistribution.index(wrong[0], difference.shape()))
                        + ": an index, or a data race between threads";
    }

    /** The first wrong position, or the wrong heads. */
    String rows() {
        int rows = difference.rows();
        int columns = difference.columns();
        int[] wrong = IntStream.range(0, rows)
                .filter(row ->
                        IntStream.range(row * columns, (row + 1) * columns).anyMatch(difference::isWrong))
                .toArray();
        if (wrong.length == 0 || wrong.length == rows) {
            return "";
        }
        if (difference.shape().length == 3) {
            int tokens = difference.shape()[1];
            List<Integer> heads = Arrays.stream(wrong)
                    .map(row -> row / tokens)
                    .distinct()
                    .boxed()
                    .toList();
            return heads.size() == difference.shape()[0]
                    ? ""
                    : "wrong only in heads " + heads + ": the layout of heads, or shared keys and values";
        }
        return wrong[0] == 0 || wrong.length < 0.9 * (rows - wrong[0])
                ? ""
                : "wrong only from position " + wrong[0] + " on: positions, cache or window";
    }

    /** The range of wrong columns; the columns of scores and probabilities are positions. */
    String columns() {
        int columns = difference.columns();
        int[] wrong = IntStream.range(0, columns)
                .filter(c ->
                        IntStream.range(0, difference.rows()).anyMatch(row -> difference.isWrong(row * columns + c)))
                .toArray();
        if (wrong.length == 0 || wrong.length > 0.9 * columns || !infinities().isEmpty()) {
            return "";
        }
        boolean positions = difference.shape().length == 3;
        int last = wrong[wrong.length - 1];
        String which = (positions ? "positions " : "columns ") + wrong[0] + " to " + last + " of " + columns;
        String why = positions
                ? ": the keys and values in the cache"
                : ": one head, part of a fused matrix, or the tail of a vector loop";
        return last - wrong[0] >= wrong.length ? "" : "wrong only in " + which + why;
    }
}
