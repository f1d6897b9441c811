package dev.touchstone.parity.diagnosis;

import dev.touchstone.model.taps.Tap;
import dev.touchstone.model.taps.TapMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds the likely mistake behind a wrong tensor: which elements are wrong, which known mistake would compute these values
 * from the same input, and how they follow from the right values.
 */
public final class Signature {
    private final Difference difference;
    /** Empty if the tap is unknown. */
    private final Optional<Tap> tap;

    private Signature(Difference difference, Optional<Tap> tap) {
        this.difference = difference;
        this.tap = tap;
    }

    /**
     * The clues that apply, or what is usually wrong at such a tap if none does; at least one sentence.
     *
     * @param map of the model; a tap that is not in it gets general clues only
     * @param inputs the right value of a tap by its name, or null if it is not known
     */
    public static List<String> read(Difference difference, TapMap map, Function<String, double[]> inputs) {
        Signature signature = new Signature(difference, map.find(difference.tap()));
        List<String> clues = signature.clues(map, inputs);
        return clues.isEmpty() ? List.of(signature.suspects()) : clues;
    }

    /** The clues that apply, as {@link #read}; empty if none does. */
    public static List<String> clues(Difference difference, TapMap map, Function<String, double[]> inputs) {
        return new Signature(difference, map.find(difference.tap())).clues(map, inputs);
    }

    private List<String> clues(TapMap map, Function<String, double[]> inputs) {
        Locations locations = new Locations(difference);
        List<String> damage = clues(locations::notNumbers, locations::infinities, locations::zeros, locations::one);
        if (!damage.isEmpty()) {
            return damage;
        }
        Relations relations = new Relations(difference);
        List<String> explanation = clues(
                relations::fewBits,
                () -> tap.map(known -> new Explanations(difference, new Context(map, known, inputs)).read())
                        .orElse(""));
        if (!explanation.isEmpty()) {
            return explanation;
        }
        List<String> clues = clues(
                locations::rows,
                locations::columns,
                locations::dropped,
                relations::factor,
                relations::offset,
                relations::oneInput,
                relations::order,
                this::rowFactors,
                this::columnFactors,
                this::sums);
        return clues.isEmpty() ? clues(relations::nearlyRight) : clues;
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static List<String> clues(Supplier<String>... clues) {
        return Stream.of(clues)
                .map(Supplier::get)
                .filter(clue -> !clue.isEmpty())
                .toList();
    }

    private boolean is(Tap.Kind kind) {
        return tap.isPresent() && tap.get().kind() == kind;
    }

    /** Whether each row of a norm is off by its own factor, relative to the bias, which is near the mean of the rows. */
    private String rowFactors() {
        int columns = difference.columns();
        double[] bias = difference.means(i -> difference.expected()[i]);
        double alignment = IntStream.range(0, difference.rows())
                .mapToDouble(row -> {
                    double product = 0;
                    double errors = 0;
                    double deviations = 0;
                    for (int i = row * columns; i < (row + 1) * columns; i++) {
                        double error = difference.actual()[i] - difference.expected()[i];
                        double deviation = difference.expected()[i] - bias[i % columns];
                        product += error * deviation;
                        errors += error * error;
                        deviations += deviation * deviation;
                    }
                    return Math.abs(product) / Math.sqrt(errors * deviations);
                })
                .average()
                .orElse(0);
        return is(Tap.Kind.NORM) && difference.rows() > 7 && alignment > 0.9
                ? "each row is off by its own factor: the epsilon of the norm, or its variance"
                : "";
    }

    /** Whether each column of a norm is off by its own factor and offset. */
    private String columnFactors() {
        int columns = difference.columns();
        double[] ours = difference.means(i -> difference.actual()[i]);
        double[] right = difference.means(i -> difference.expected()[i]);
        double[] deviations = difference
                .elements()
                .mapToDouble(i -> difference.expected()[i] - right[i % columns])
                .toArray();
        double[] slopes = IntStream.range(0, columns)
                .mapToDouble(c -> difference.slope(
                        deviations,
                        IntStream.range(0, difference.rows())
                                .map(row -> row * columns + c)
                                .toArray()))
                .toArray();
        return is(Tap.Kind.NORM)
                        && difference.rows() > 7
                        && difference.explainedBy(i -> ours[i % columns] + slopes[i % columns] * deviations[i])
                ? "each column is off by its own factor: a gain that is missing or wrong"
                : "";
    }

    private String sums() {
        int columns = difference.columns();
        boolean ones = IntStream.range(0, difference.rows())
                .allMatch(row -> Math.abs(IntStream.range(row * columns, (row + 1) * columns)
                                        .mapToDouble(i -> difference.actual()[i])
                                        .sum()
                                - 1)
                        < 1e-3);
        return is(Tap.Kind.PROBABILITIES) && !ones
                ? "rows do not sum to 1: a mask that is applied after softmax, or a softmax over another axis"
                : "";
    }

    /** What is usually wrong at such a tap. */
    private String suspects() {
        return tap.map(Tap::kind).map(Signature::suspects).orElse("no known mistake gives these values");
    }

    private static String suspects(Tap.Kind kind) {
        return "no known mistake gives these values; check "
                + switch (kind) {
                    case TOKEN_EMBEDDING -> "the ids, the embedding table, and its type on disk";
                    case POSITION_EMBEDDING -> "where positions start, and whether they continue after the cache";
                    case ROTARY -> "the frequencies, and where positions start";
                    case QUERY, KEY, VALUE -> "whether q, k and v are swapped, and how a fused projection is split";
                    case SCORES -> "how heads are split, the scale, and whether the cache holds keys of another text";
                    case PROBABILITIES -> "the axis of the softmax, its base, its sum, and the mask";
                    case CONTEXT -> "how heads are concatenated, and whether the cache holds values of another text";
                    case ACTIVATION -> "the activation function";
                    case CHOICE -> "the router logits, the scores by which experts are chosen, and their number";
                    case EXPERT_WEIGHTS -> "whether the softmax is before or after the choice, and the normalization";
                    case EXPERTS -> "the weights of the experts, and whether each token has its own";
                    case MIXTURE -> "the shared expert and its gate";
                    case NORM -> "what was added to the residual stream before, and where the norm is applied";
                    case BLOCK, EMBEDDING_SUM -> "what is added to the residual stream";
                    case LINEAR, ATTENTION, MLP, LOGITS ->
                        "whether the matrix is transposed, permuted, or another layer's";
                };
    }
}
