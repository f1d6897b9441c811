package dev.touchstone.parity.choices;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A token for which PyTorch's float32 or the engine chooses other experts than float64.
 *
 * @param tap the tap of the chosen experts
 * @param layer the index of the block
 * @param token the position in the prompt, from 0
 * @param float64 the experts that float64 chooses, in ascending order; likewise those of PyTorch's float32 and of the engine
 * @param engine empty if the trace of the engine does not have the tap
 * @param margin by how much the float64 score of an expert that is not chosen exceeds that of one that is chosen instead; the
 *     larger of both if PyTorch and the engine differ from float64
 * @param bound the largest margin that rounding explains
 * @param nearTie whether rounding explains the difference
 */
public record ChoiceDifference(
        String tap,
        int layer,
        int token,
        List<Integer> float64,
        List<Integer> pytorch,
        List<Integer> engine,
        double margin,
        double bound,
        boolean nearTie)
        implements Serializable {
    public ChoiceDifference {
        float64 = List.copyOf(float64);
        pytorch = List.copyOf(pytorch);
        engine = List.copyOf(engine);
    }

    /** Whether PyTorch's float32 chooses other experts than float64. */
    public boolean differsInPyTorch() {
        return !pytorch.equals(float64);
    }

    /** Whether the engine chooses other experts than float64. */
    public boolean differsInEngine() {
        return !engine.isEmpty() && !engine.equals(float64);
    }

    /** One line: who chooses which experts, the margin, and its bound. */
    public String describe() {
        return String.format(
                Locale.ROOT,
                "layer %d, token %d: experts %s in float64, %s in PyTorch's float32, %s in the engine; %s: the scores differ"
                        + " by %.1e, rounding explains up to %.1e",
                layer,
                token,
                text(float64),
                text(pytorch),
                engine.isEmpty() ? "unknown" : text(engine),
                nearTie ? "a near tie" : margin == 0 ? "equal scores" : "no near tie",
                margin,
                bound);
    }

    private static String text(List<Integer> experts) {
        return experts.stream().map(String::valueOf).collect(Collectors.joining("+"));
    }
}
