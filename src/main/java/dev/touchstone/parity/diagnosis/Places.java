package dev.touchstone.parity.diagnosis;

import dev.touchstone.parity.errors.Anatomy;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Where a tensor is wrong: which elements, rows and columns. Each clue is empty where it does not apply. */
record Places(Difference it) {
    String notNumbers() {
        long count = it.elements().filter(i -> Float.isNaN(it.actual()[i])).count();
        return count == 0 ? "" : count + " NaN: a row that is masked whole, 0 / 0, or a weight that is no number";
    }

    String infinities() {
        String window = new Windows(it).read();
        if (!window.isEmpty()) {
            return window;
        }
        long shown = it.elements()
                .filter(i -> Double.isInfinite(it.expected()[i]) && it.off(i))
                .count();
        long hidden = it.elements()
                .filter(i -> Float.isInfinite(it.actual()[i]) && it.off(i))
                .count();
        String unmasked = " places should be masked and are not: the causal mask, or its alignment with the cache";
        String masked = " places are infinite and should not be: a mask that hides too much";
        return (shown > 0 ? shown + unmasked : "")
                + (shown > 0 && hidden > 0 ? "; " : "")
                + (hidden > 0 ? hidden + masked : "");
    }

    String zeros() {
        return it.elements().allMatch(i -> it.actual()[i] == 0) ? "zero everywhere: weights that were never read" : "";
    }

    /** Whether all that is wrong is zero. */
    String dropped() {
        int[] wrong = it.elements().filter(it::off).toArray();
        return Arrays.stream(wrong).allMatch(i -> it.actual()[i] == 0)
                ? wrong.length + " places are zero and should not be: small values dropped, or places never written"
                : "";
    }

    String one() {
        int[] wrong = it.elements().filter(it::off).limit(2).toArray();
        return wrong.length != 1
                ? ""
                : "one element is wrong, at " + Arrays.toString(Anatomy.index(wrong[0], it.shape()))
                        + ": an index, or threads that disturb each other";
    }

    /** From which position on, or in which heads. */
    String rows() {
        int rows = it.rows();
        int columns = it.columns();
        int[] wrong = IntStream.range(0, rows)
                .filter(row ->
                        IntStream.range(row * columns, (row + 1) * columns).anyMatch(it::off))
                .toArray();
        if (wrong.length == 0 || wrong.length == rows) {
            return "";
        }
        if (it.shape().length == 3) {
            List<Integer> heads = Arrays.stream(wrong)
                    .map(row -> row / it.shape()[1])
                    .distinct()
                    .boxed()
                    .toList();
            return heads.size() == it.shape()[0]
                    ? ""
                    : "wrong only in heads " + heads + ": how heads are laid out, or shared keys and values";
        }
        return wrong[0] == 0 || wrong.length < 0.9 * (rows - wrong[0])
                ? ""
                : "wrong only from position " + wrong[0] + " on: positions, the cache, or the window";
    }

    /** Which columns; those of scores and probabilities are positions. */
    String columns() {
        int columns = it.columns();
        int[] wrong = IntStream.range(0, columns)
                .filter(c -> IntStream.range(0, it.rows()).anyMatch(row -> it.off(row * columns + c)))
                .toArray();
        if (wrong.length == 0 || wrong.length > 0.9 * columns || !infinities().isEmpty()) {
            return "";
        }
        boolean positions = it.shape().length == 3;
        int last = wrong[wrong.length - 1];
        String which = (positions ? "positions " : "columns ") + wrong[0] + " to " + last + " of " + columns;
        String why = positions
                ? ": what the cache holds there"
                : ": one head, a part of a fused matrix, or the end of a vector loop";
        return last - wrong[0] >= wrong.length ? "" : "wrong only in " + which + why;
    }
}
