package dev.touchstone.parity.choices;

import dev.touchstone.model.Router;
import dev.touchstone.model.taps.Tap;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.model.taps.TapSum;
import dev.touchstone.parity.errors.Reference;
import dev.touchstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The tokens for which the engine or PyTorch's float32 chooses other experts than float64, whether that is a near tie, and which tokens of
 * later taps depend on it. After a near tie the values of a token are those of other experts, so they cannot be compared with float64.
 *
 * <p>A difference is a near tie if float64's scores of the exchanged experts differ by at most twice the error that a score may have: the
 * limit of the ratio times PyTorch's largest error of the scores, or times the distance of floats near the largest score or near 1,
 * because softmax and sigmoid round too. Experts with equal scores are no near tie, because it is defined which of them is chosen; unless
 * other experts of the token are nearly equal, since the choice depends on their order.
 */
public final class NearTies {
    private static final double FLOAT_DISTANCE = 0x1p-23;

    private final TapMap map;
    private final Reference reference;
    private final double ratio;
    private final Map<String, Tensor> logits = new HashMap<>();
    private final Map<String, BitSet> leftOut = new HashMap<>();
    private final List<ChoiceDifference> differences = new ArrayList<>();

    /** @param ratio the limit on the error over PyTorch's */
    public NearTies(TapMap map, Reference reference, double ratio) {
        this.map = map;
        this.reference = reference;
        this.ratio = ratio;
    }

    /**
     * Receives a tap; taps are passed in order of computation.
     *
     * @param value of the engine; null if its trace does not have the tap
     * @return the tokens that depend on a near tie
     */
    public BitSet see(String name, Tensor value) {
        Tap tap = map.find(name).orElse(null);
        if (tap == null) {
            return new BitSet();
        }
        BitSet tokens = dependent(tap);
        if (tap.kind() == Tap.Kind.CHOICE) {
            compare(tap, value, tokens);
        } else if (value != null && tap.kind() == Tap.Kind.LINEAR) {
            logits.put(name, value);
        }
        leftOut.put(name, tokens);
        return tokens;
    }

    /** Whether a tap has indices instead of numbers with errors. */
    public boolean isChoice(String name) {
        return map.find(name).filter(tap -> tap.kind() == Tap.Kind.CHOICE).isPresent();
    }

    /** The tokens for which the choices differ, near ties or not, in order of computation. */
    public List<ChoiceDifference> differences() {
        return List.copyOf(differences);
    }

    /** The tokens that depend on near ties of earlier taps. After attention these are all tokens from the first on. */
    private BitSet dependent(Tap tap) {
        BitSet tokens = new BitSet();
        tap.inputs().stream()
                .map(TapSum::taps)
                .flatMap(List::stream)
                .forEach(input -> tokens.or(leftOut.getOrDefault(input, new BitSet())));
        if (tap.kind() == Tap.Kind.SCORES && !tokens.isEmpty()) {
            tokens.set(tokens.nextSetBit(0), reference.ids().length);
        }
        return tokens;
    }

    /** Compares a choice at the tokens that do not depend on earlier near ties, and adds the near ties to them. */
    private void compare(Tap tap, Tensor value, BitSet tokens) {
        String name = tap.inputs().get(0).taps().get(0);
        int T = reference.ids().length;
        Router router = (Router) tap.layer();
        RouterScores scores = RouterScores.of(router, reference.float64(name), T);
        double error =
                RouterScores.of(router, doubles(reference.float32(name)), T).largestDifference(scores, tokens);
        double[] float64 = reference.float64(tap.name());
        double[] float32 = doubles(reference.float32(tap.name()));
        double[] ours = value == null ? null : doubles(value.data());
        double bound = 2 * ratio * Math.max(error, FLOAT_DISTANCE * Math.max(1, scores.scale()));
        BitSet nearTies = new BitSet();
        for (int token = tokens.nextClearBit(0); token < T; token = tokens.nextClearBit(token + 1)) {
            List<Integer> right = experts(float64, token, T);
            List<Integer> pytorch = experts(float32, token, T);
            List<Integer> engine = ours == null ? List.of() : experts(ours, token, T);
            boolean engineDiffers = value != null && !engine.equals(right);
            if (!pytorch.equals(right) || engineDiffers) {
                double margin = Math.max(
                        pytorch.equals(right) ? 0 : scores.margin(token, pytorch),
                        engineDiffers ? scores.margin(token, engine) : 0);
                boolean isTie = engineDiffers && isTie(router, name, scores, token, engine);
                boolean nearTie = margin <= bound && (!isTie || scores.hasNearTie(token, bound));
                nearTies.set(token, nearTie);
                differences.add(new ChoiceDifference(
                        tap.name(), tap.block(), token, right, pytorch, engine, margin, bound, nearTie));
            }
        }
        tokens.or(nearTies);
    }

    /** Whether the exchanged experts have equal logits, both in float64 and in the engine. */
    private boolean isTie(Router router, String name, RouterScores scores, int token, List<Integer> engine) {
        return scores.margin(token, engine) == 0
                && (!logits.containsKey(name)
                        || RouterScores.of(router, doubles(logits.get(name).data()), reference.ids().length)
                                        .margin(token, engine)
                                == 0);
    }

    /**
     * The tokens for which an operation on known logits chooses other experts than expected, but no others than rounding explains.
     *
     * @param logits the input of the operation. (T, E)
     * @param bound on the error of one operation, as a share of the largest value
     */
    public static BitSet ofOperation(Router router, double[] logits, Tensor found, double[] expected, double bound) {
        int T = found.rows();
        RouterScores scores = RouterScores.of(router, logits, T);
        double[] chosen = doubles(found.data());
        double largest = bound * Math.max(1, scores.scale());
        BitSet tokens = new BitSet();
        for (int token = 0; token < T; token++) {
            List<Integer> experts = experts(chosen, token, T);
            double margin = scores.margin(token, experts);
            boolean differs = !experts.equals(experts(expected, token, T));
            tokens.set(token, differs && margin <= largest && (margin > 0 || scores.hasNearTie(token, largest)));
        }
        return tokens;
    }

    /** The experts of a token, in ascending order; -1 for a number that is no index. */
    private static List<Integer> experts(double[] chosen, int token, int T) {
        int K = chosen.length / T;
        return IntStream.range(token * K, (token + 1) * K)
                .map(i -> chosen[i] == (int) chosen[i] ? (int) chosen[i] : -1)
                .sorted()
                .boxed()
                .toList();
    }

    private static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }
}
