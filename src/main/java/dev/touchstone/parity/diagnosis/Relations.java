package dev.touchstone.parity.diagnosis;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/** How a wrong tensor follows from the right one: by a factor, an offset, another order. Empty where it does not. */
record Relations(Difference it) {
    /** Whether every number ends in zeros although it should not. */
    String fewBits() {
        int ones =
                it.elements().map(i -> Float.floatToRawIntBits(it.actual()[i])).reduce(0, (x, y) -> x | y);
        boolean rounded = it.elements()
                .allMatch(i -> Math.abs(it.actual()[i] - it.expected()[i]) <= 0x1p-7 * Math.abs(it.expected()[i]));
        return rounded && (ones & 0x1FFF) == 0
                ? "rounded to " + ((ones & 0xFFFF) == 0 ? "bfloat16" : "float16") + ", which it should not be"
                : "";
    }

    /** Whether {@code actual = factor * expected}. */
    String factor() {
        double factor = it.slope(it.expected(), it.finite().toArray());
        boolean explains = Math.abs(factor - 1) > 1e-4 && factor != 0 && it.explainedBy(i -> factor * it.expected()[i]);
        return !explains
                ? ""
                : String.format(
                        Locale.ROOT, "%.5g times what it should be: a scale, such as 1 / sqrt(D), or a gain", factor);
    }

    /** Whether {@code actual = expected + offset}, the same for every row; one row is its own offset. */
    String offset() {
        double[] offsets = it.means(i -> it.actual()[i] - it.expected()[i]);
        return it.rows() > 1 && it.explainedBy(i -> it.expected()[i] + offsets[i % it.columns()])
                ? "off by the same numbers in every row: a bias that is missing, doubled or not its own"
                : "";
    }

    /** Whether the rows are one row, each time more or less of it. */
    String oneInput() {
        int columns = it.columns();
        double[] errors = it.elements()
                .mapToDouble(i -> it.actual()[i] - it.expected()[i])
                .toArray();
        double[] lengths = IntStream.range(0, it.rows())
                .mapToDouble(row -> dot(errors, row, errors, row))
                .toArray();
        int longest = IntStream.range(0, it.rows())
                .reduce((a, b) -> lengths[b] > lengths[a] ? b : a)
                .orElseThrow();
        double[] shares = IntStream.range(0, it.rows())
                .mapToDouble(row -> dot(errors, row, errors, longest) / lengths[longest])
                .toArray();
        return it.rows() > 2
                        && it.explainedBy(
                                i -> it.expected()[i] + shares[i / columns] * errors[longest * columns + i % columns])
                ? "off by the same numbers, by more or less of them in each row: one input whose weights are not its own,"
                        + " such as the last"
                : "";
    }

    private double dot(double[] x, int row, double[] y, int other) {
        int columns = it.columns();
        return IntStream.range(0, columns)
                .mapToDouble(c -> x[row * columns + c] * y[other * columns + c])
                .sum();
    }

    /** Whether they are the right numbers in the wrong places. */
    String order() {
        float[] found = it.actual().clone();
        double[] wanted = it.expected().clone();
        for (int row = 0; row < it.rows(); row++) {
            Arrays.sort(found, row * it.columns(), (row + 1) * it.columns());
            Arrays.sort(wanted, row * it.columns(), (row + 1) * it.columns());
        }
        if (it.explained(found, i -> wanted[i])) {
            return "the right numbers in another order along each row: how heads or parts are laid out, or which token"
                    + " is which";
        }
        Arrays.sort(found);
        Arrays.sort(wanted);
        return it.explained(found, i -> wanted[i])
                ? "the right numbers in another order: a transpose, or positions"
                : "";
    }

    String nearlyRight() {
        return it.isNearlyRight() ? "nearly right: fewer bits in it, or an approximation with few digits" : "";
    }
}
