package dev.touchstone.parity;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Reads what kind of mistake makes a tensor differ as it does, in the words of someone who has made it. The clues: which
 * rows, which columns, and what explains the difference: a factor, an offset, another order, fewer bits.
 */
public final class Signature {
    /** A difference this much smaller than before counts as explained. */
    private static final double EXPLAINED = 1e-3;

    private final String tap;
    private final float[] actual;
    private final double[] expected;
    private final int[] shape;
    private final int columns;
    private final int rows;
    private final double bound;

    private Signature(String tap, float[] actual, double[] expected, int[] shape) {
        this.tap = tap;
        this.actual = actual;
        this.expected = expected;
        this.shape = shape;
        this.columns = shape[shape.length - 1];
        this.rows = actual.length / columns;
        this.bound = TapResult.LOCAL_BOUND * Deviation.of(actual, expected).scale();
    }

    /** What the difference looks like, or else what is usually wrong at such a tap. */
    public static List<String> read(String tap, float[] actual, double[] expected, int[] shape) {
        Signature signature = new Signature(tap, actual, expected, shape);
        List<String> clues = Stream.<Supplier<String>>of(
                        signature::notNumbers,
                        signature::infinities,
                        signature::zeros,
                        signature::fewBits,
                        signature::rows,
                        signature::columns,
                        signature::factor,
                        signature::offset,
                        signature::order,
                        signature::rowFactors,
                        signature::columnFactors,
                        signature::sums,
                        signature::nonlinearity)
                .map(Supplier::get)
                .filter(clue -> !clue.isEmpty())
                .toList();
        return clues.isEmpty() ? List.of(signature.suspects()) : clues;
    }

    private boolean off(int i) {
        return actual[i] != expected[i] && !(Math.abs(actual[i] - expected[i]) <= bound);
    }

    private IntStream elements() {
        return IntStream.range(0, actual.length);
    }

    private IntStream finite() {
        return elements().filter(i -> Double.isFinite(expected[i]) && Float.isFinite(actual[i]));
    }

    private String notNumbers() {
        long count = elements().filter(i -> Float.isNaN(actual[i])).count();
        return count == 0 ? "" : count + " NaN: a row that is masked whole, 0 / 0, or a weight that is no number";
    }

    private String infinities() {
        long shown =
                elements().filter(i -> Double.isInfinite(expected[i]) && off(i)).count();
        long hidden =
                elements().filter(i -> Float.isInfinite(actual[i]) && off(i)).count();
        String unmasked = " places should be masked and are not: the causal mask, or its alignment with the cache";
        String masked = " places are infinite and should not be: a mask that hides too much";
        return (shown > 0 ? shown + unmasked : "")
                + (shown > 0 && hidden > 0 ? "; " : "")
                + (hidden > 0 ? hidden + masked : "");
    }

    private String zeros() {
        return elements().allMatch(i -> actual[i] == 0) ? "zero everywhere: weights that were never read" : "";
    }

    /** Whether every number ends in zeros although it should not. */
    private String fewBits() {
        int ones = elements().map(i -> Float.floatToRawIntBits(actual[i])).reduce(0, (x, y) -> x | y);
        boolean few = (ones & 0x1FFF) == 0 && zeros().isEmpty() && elements().anyMatch(this::off);
        return few ? "rounded to " + ((ones & 0xFFFF) == 0 ? "bfloat16" : "float16") + ", which it should not be" : "";
    }

    /** From which position on, or in which heads. */
    private String rows() {
        int[] wrong = IntStream.range(0, rows)
                .filter(row ->
                        IntStream.range(row * columns, (row + 1) * columns).anyMatch(this::off))
                .toArray();
        if (wrong.length == 0 || wrong.length == rows) {
            return "";
        }
        if (shape.length == 3) {
            List<Integer> heads = Arrays.stream(wrong)
                    .map(row -> row / shape[1])
                    .distinct()
                    .boxed()
                    .toList();
            return heads.size() == shape[0]
                    ? ""
                    : "wrong only in heads " + heads + ": how heads are laid out, or shared keys and values";
        }
        return wrong[0] == 0 || wrong.length < 0.9 * (rows - wrong[0])
                ? ""
                : "wrong only from position " + wrong[0] + " on: positions, the cache, or the window";
    }

    /** Which columns; those of scores and probabilities are positions. */
    private String columns() {
        int[] wrong = IntStream.range(0, columns)
                .filter(c -> IntStream.range(0, rows).anyMatch(row -> off(row * columns + c)))
                .toArray();
        if (wrong.length == 0 || wrong.length > 0.9 * columns || !infinities().isEmpty()) {
            return "";
        }
        int last = wrong[wrong.length - 1];
        String which = (shape.length == 3 ? "positions " : "columns ") + wrong[0] + " to " + last + " of " + columns;
        return last - wrong[0] >= wrong.length
                ? ""
                : "wrong only in " + which
                        + (shape.length == 3
                                ? ": what the cache holds there"
                                : ": one head, a part of a fused matrix, or the end of a vector loop");
    }

    /** Whether {@code actual = factor * expected}. */
    private String factor() {
        double factor = slope(expected, finite().toArray());
        boolean explains = Math.abs(factor - 1) > 1e-4 && factor != 0 && explains(i -> factor * expected[i]);
        return !explains
                ? ""
                : String.format(
                        Locale.ROOT, "%.5g times what it should be: a scale, such as 1 / sqrt(D), or a gain", factor);
    }

    /** Whether {@code actual = expected + offset}, the same for every row; one row is its own offset. */
    private String offset() {
        double[] offsets = means(i -> actual[i] - expected[i]);
        return rows > 1 && explains(i -> expected[i] + offsets[i % columns])
                ? "off by the same numbers in every row: a bias that is missing, doubled or not its own"
                : "";
    }

    /** Whether they are the right numbers in the wrong places. */
    private String order() {
        float[] found = actual.clone();
        double[] wanted = expected.clone();
        for (int row = 0; row < rows; row++) {
            Arrays.sort(found, row * columns, (row + 1) * columns);
            Arrays.sort(wanted, row * columns, (row + 1) * columns);
        }
        if (explains(i -> wanted[i], found)) {
            return "the right numbers in another order along each row: how heads or parts are laid out";
        }
        Arrays.sort(found);
        Arrays.sort(wanted);
        return explains(i -> wanted[i], found) ? "the right numbers in another order: a transpose, or positions" : "";
    }

    /** Whether each row of a norm is too long or too short, seen from the bias, which is near the mean of the rows. */
    private String rowFactors() {
        double[] bias = means(i -> expected[i]);
        double alike = IntStream.range(0, rows)
                .mapToDouble(row -> {
                    double product = 0;
                    double ours = 0;
                    double theirs = 0;
                    for (int i = row * columns; i < (row + 1) * columns; i++) {
                        double error = actual[i] - expected[i];
                        double deviation = expected[i] - bias[i % columns];
                        product += error * deviation;
                        ours += error * error;
                        theirs += deviation * deviation;
                    }
                    return Math.abs(product) / Math.sqrt(ours * theirs);
                })
                .average()
                .orElse(0);
        return isNorm() && rows > 7 && alike > 0.9
                ? "each row has a factor of its own: the epsilon of a norm, or its variance"
                : "";
    }

    /** Whether each column of a norm has a factor and an offset of its own. */
    private String columnFactors() {
        double[] ours = means(i -> actual[i]);
        double[] theirs = means(i -> expected[i]);
        double[] slopes = new double[columns];
        double[] deviations =
                elements().mapToDouble(i -> expected[i] - theirs[i % columns]).toArray();
        for (int c = 0; c < columns; c++) {
            int first = c;
            slopes[c] = slope(
                    deviations,
                    IntStream.range(0, rows).map(row -> row * columns + first).toArray());
        }
        return isNorm()
                        && rows > 7
                        && offset().isEmpty()
                        && explains(i -> ours[i % columns] + slopes[i % columns] * deviations[i])
                ? "each column has a factor of its own: a gain that is missing or not its own"
                : "";
    }

    private String sums() {
        boolean ones = IntStream.range(0, rows)
                .allMatch(row -> Math.abs(IntStream.range(row * columns, (row + 1) * columns)
                                        .mapToDouble(i -> actual[i])
                                        .sum()
                                - 1)
                        < 1e-3);
        return tap.endsWith(".probs") && !ones
                ? "rows do not sum to 1: a mask after softmax, or a sum over something else"
                : "";
    }

    /** Errors of a wrong GELU are largest where its input is 1 to 3 in magnitude, and vanish far out. */
    private String nonlinearity() {
        return tap.endsWith(".act") && elements().noneMatch(i -> off(i) && Math.abs(expected[i]) > 6)
                ? "right far from zero: another GELU (tanh or erf), another constant in it, or ReLU"
                : "";
    }

    private boolean isNorm() {
        return tap.contains("ln_") || tap.contains("norm");
    }

    /** What is usually wrong here. */
    private String suspects() {
        String point = tap.substring(tap.lastIndexOf('.') + 1);
        return switch (point) {
            case "wte" -> "other numbers: the ids, the table, or its type on disk";
            case "wpe" -> "other positions: where they start, and whether they go on after what is in the cache";
            case "q", "k", "v" -> "another part: q, k and v swapped, or interleaved in the fused projection";
            case "scores" -> "other queries or keys: heads split otherwise, or keys of another text in the cache";
            case "probs" -> "another softmax: its axis, its base, its sum, or what the mask lets through";
            case "context" -> "other values: heads merged otherwise, or values of another text in the cache";
            default ->
                isNorm()
                        ? "another input: what was added to the residual stream before, or the norm's place"
                        : point.matches("\\d+|drop")
                                ? "another sum: what is added to the residual stream, and to which"
                                : "another product: a matrix transposed or not its own, or fewer bits";
        };
    }

    /** What explains an element. */
    private interface Guess {
        double of(int i);
    }

    private double[] means(Guess value) {
        double[] means = new double[columns];
        elements().forEach(i -> means[i % columns] += value.of(i) / rows);
        return means;
    }

    /** The factor that brings {@code x} nearest to ours. */
    private double slope(double[] x, int[] places) {
        double products =
                Arrays.stream(places).mapToDouble(i -> actual[i] * x[i]).sum();
        return products / Arrays.stream(places).mapToDouble(i -> x[i] * x[i]).sum();
    }

    private boolean explains(Guess guess) {
        return explains(guess, actual);
    }

    private boolean explains(Guess guess, float[] found) {
        double before =
                finite().mapToDouble(i -> Math.pow(actual[i] - expected[i], 2)).sum();
        double after =
                finite().mapToDouble(i -> Math.pow(found[i] - guess.of(i), 2)).sum();
        return before > 0 && Math.sqrt(after) < EXPLAINED * Math.sqrt(before);
    }
}
