package dev.touchstone.parity.diagnosis;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/** Whether the wrong values follow from the right ones: by rounding, a factor, an offset, another order. Each clue is empty if not. */
record Relations(Difference difference) {
    /** Whether every value is rounded to bfloat16 or float16. */
    String fewBits() {
        int ones = difference
                .elements()
                .map(i -> Float.floatToRawIntBits(difference.actual()[i]))
                .reduce(0, (x, y) -> x | y);
        boolean rounded = difference
                .elements()
                .allMatch(i -> Math.abs(difference.actual()[i] - difference.expected()[i])
                        <= 0x1p-7 * Math.abs(difference.expected()[i]));
        return rounded && (ones & 0x1FFF) == 0 ? "rounded to " + ((ones & 0xFFFF) == 0 ? "bfloat16" : "float16") : "";
    }

    /** Whether {@code actual = factor * expected}. */
    String factor() {
        double factor =
                difference.slope(difference.expected(), difference.finite().toArray());
        boolean explains = Math.abs(factor - 1) > 1e-4
                && factor != 0
                && difference.explainedBy(i -> factor * difference.expected()[i]);
        return !explains
                ? ""
                : String.format(
                        Locale.ROOT, "%.5g times the expected values: a scale, such as 1 / sqrt(D), or a gain", factor);
    }

    /** Whether {@code actual = expected + offset} with the same offset in every row; a single row proves nothing. */
    String offset() {
        double[] offsets =
                difference.means(i -> difference.actual()[i] - difference.expected()[i]);
        return difference.rows() > 1
                        && difference.explainedBy(i -> difference.expected()[i] + offsets[i % difference.columns()])
                ? "every row is off by the same vector: a bias that is missing, doubled or wrong"
                : "";
    }

    /** Whether the error of each row is a multiple of one vector. */
    String oneInput() {
        int columns = difference.columns();
        double[] errors = difference
                .elements()
                .mapToDouble(i -> difference.actual()[i] - difference.expected()[i])
                .toArray();
        double[] lengths = IntStream.range(0, difference.rows())
                .mapToDouble(row -> dot(errors, row, errors, row))
                .toArray();
        int longest = IntStream.range(0, difference.rows())
                .reduce((a, b) -> lengths[b] > lengths[a] ? b : a)
                .orElseThrow();
        double[] shares = IntStream.range(0, difference.rows())
                .mapToDouble(row -> dot(errors, row, errors, longest) / lengths[longest])
                .toArray();
        return difference.rows() > 2
                        && difference.explainedBy(i -> difference.expected()[i]
                                + shares[i / columns] * errors[longest * columns + i % columns])
                ? "every row is off by a multiple of the same vector: wrong weights of one input, such as the last"
                : "";
    }

    private double dot(double[] x, int row, double[] y, int other) {
        int columns = difference.columns();
        return IntStream.range(0, columns)
                .mapToDouble(c -> x[row * columns + c] * y[other * columns + c])
                .sum();
    }

    /** Whether these are the right values in another order. */
    String order() {
        float[] found = difference.actual().clone();
        double[] sorted = difference.expected().clone();
        for (int row = 0; row < difference.rows(); row++) {
            Arrays.sort(found, row * difference.columns(), (row + 1) * difference.columns());
            Arrays.sort(sorted, row * difference.columns(), (row + 1) * difference.columns());
        }
        if (difference.explained(found, i -> sorted[i])) {
            return "the right values in another order within each row: the layout of heads or of a fused matrix, or the"
                    + " order of the tokens";
        }
        Arrays.sort(found);
        Arrays.sort(sorted);
        return difference.explained(found, i -> sorted[i])
                ? "the right values in another order: a transpose, or positions"
                : "";
    }

    String nearlyRight() {
        return difference.isNearlyRight() ? "nearly right: lower precision, or an approximation with few digits" : "";
    }
}
