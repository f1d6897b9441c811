package dev.touchstone.parity.diagnosis;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Reads what kind of mistake makes a tensor differ as it does, in the words of someone who has made it: where it is wrong,
 * what else would make such numbers of its input, or how they follow from the right ones.
 */
public final class Signature {
    private final Difference it;

    private Signature(Difference it) {
        this.it = it;
    }

    /**
     * What the difference looks like, or else what is usually wrong at such a tap.
     *
     * @param inputs the tensors before this one by name, or null where there is none of that name
     */
    public static List<String> read(
            String tap, float[] actual, double[] expected, int[] shape, Function<String, double[]> inputs) {
        Difference it = Difference.of(tap, actual, expected, shape);
        Signature signature = new Signature(it);
        Places places = new Places(it);
        List<String> damage = said(places::notNumbers, places::infinities, places::zeros, places::one);
        if (!damage.isEmpty()) {
            return damage;
        }
        Relations relations = new Relations(it);
        List<String> explanation = said(relations::fewBits, new Explanations(it, new Parts(tap, inputs))::read);
        if (!explanation.isEmpty()) {
            return explanation;
        }
        List<String> clues = said(
                places::rows,
                places::columns,
                places::dropped,
                relations::factor,
                relations::offset,
                relations::oneInput,
                relations::order,
                signature::rowFactors,
                signature::columnFactors,
                signature::sums);
        List<String> vague = clues.isEmpty() ? said(relations::nearlyRight) : clues;
        return vague.isEmpty() ? List.of(signature.suspects()) : vague;
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static List<String> said(Supplier<String>... clues) {
        return Stream.of(clues)
                .map(Supplier::get)
                .filter(clue -> !clue.isEmpty())
                .toList();
    }

    private boolean isNorm() {
        return it.tap().contains("ln_") || it.tap().contains("norm");
    }

    /** Whether each row of a norm is too long or too short, seen from the bias, which is near the mean of the rows. */
    private String rowFactors() {
        int columns = it.columns();
        double[] bias = it.means(i -> it.expected()[i]);
        double alike = IntStream.range(0, it.rows())
                .mapToDouble(row -> {
                    double product = 0;
                    double ours = 0;
                    double theirs = 0;
                    for (int i = row * columns; i < (row + 1) * columns; i++) {
                        double error = it.actual()[i] - it.expected()[i];
                        double deviation = it.expected()[i] - bias[i % columns];
                        product += error * deviation;
                        ours += error * error;
                        theirs += deviation * deviation;
                    }
                    return Math.abs(product) / Math.sqrt(ours * theirs);
                })
                .average()
                .orElse(0);
        return isNorm() && it.rows() > 7 && alike > 0.9
                ? "each row has a factor of its own: the epsilon of a norm, or its variance"
                : "";
    }

    /** Whether each column of a norm has a factor and an offset of its own. */
    private String columnFactors() {
        int columns = it.columns();
        double[] ours = it.means(i -> it.actual()[i]);
        double[] theirs = it.means(i -> it.expected()[i]);
        double[] deviations = it.elements()
                .mapToDouble(i -> it.expected()[i] - theirs[i % columns])
                .toArray();
        double[] slopes = IntStream.range(0, columns)
                .mapToDouble(c -> it.slope(
                        deviations,
                        IntStream.range(0, it.rows())
                                .map(row -> row * columns + c)
                                .toArray()))
                .toArray();
        return isNorm() && it.rows() > 7 && it.explainedBy(i -> ours[i % columns] + slopes[i % columns] * deviations[i])
                ? "each column has a factor of its own: a gain that is missing or not its own"
                : "";
    }

    private String sums() {
        int columns = it.columns();
        boolean ones = IntStream.range(0, it.rows())
                .allMatch(row -> Math.abs(IntStream.range(row * columns, (row + 1) * columns)
                                        .mapToDouble(i -> it.actual()[i])
                                        .sum()
                                - 1)
                        < 1e-3);
        return it.point().equals("probs") && !ones
                ? "rows do not sum to 1: a mask after softmax, or a sum over something else"
                : "";
    }

    /** What is usually wrong here. */
    private String suspects() {
        return switch (it.point()) {
            case "wte" -> "other numbers: the ids, the table, or its type on disk";
            case "wpe" -> "other positions: where they start, and whether they go on after what is in the cache";
            case "q", "k", "v" -> "another part: q, k and v swapped, or interleaved in the fused projection";
            case "scores" -> "other queries or keys: heads split otherwise, or keys of another text in the cache";
            case "probs" -> "another softmax: its axis, its base, its sum, or what the mask lets through";
            case "context" -> "other values: heads merged otherwise, or values of another text in the cache";
            case "act" -> "another activation";
            default ->
                isNorm()
                        ? "another input: what was added to the residual stream before, or the norm's place"
                        : it.point().matches("\\d+|drop")
                                ? "another sum: what is added to the residual stream, and to which"
                                : "another matrix: transposed, in another order, or not its own";
        };
    }
}
