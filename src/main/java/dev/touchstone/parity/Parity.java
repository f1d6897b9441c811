package dev.touchstone.parity;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.parity.errors.Anatomy;
import dev.touchstone.parity.errors.Deviation;
import dev.touchstone.parity.errors.Reference;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Runs a model over golden input, twice: once from the ids, where errors are inherited from tap to tap, and once with
 * every tap replaced by the golden one as soon as it was compared, so that each operation answers for itself alone.
 */
public final class Parity {
    private static final List<String> DRIFT =
            List.of("every operation alone is right within its bound, yet further from"
                    + " the truth than PyTorch: fewer bits, another order of sums, or a constant with few digits");

    private Parity() {}

    /** Whatever runs a prompt from nothing and reports its taps: a model, or something that is to do what it does. */
    @FunctionalInterface
    public interface Engine {
        /** Scores for the token after each of {@code ids}. (T) -> (T, V) */
        Tensor forward(int[] ids, Trace trace);
    }

    /** Every tap of one case, in order of computation. Nothing passes by absence: missing and extra taps are errors. */
    public static CaseResult check(Transformer model, Kernels kernels, Reference reference) {
        return check((ids, trace) -> model.forward(ids, kernels, trace), reference);
    }

    /** The same of any engine that goes on with what a trace returns. */
    public static CaseResult check(Engine engine, Reference reference) {
        Inherited inherited = new Inherited(reference);
        engine.forward(reference.ids(), inherited);
        checkThatNoneIsMissing(reference, inherited.seen);

        LocalErrors local = LocalErrors.onGoldenInput(reference);
        engine.forward(reference.ids(), local);
        return result(inherited, local);
    }

    /**
     * Every tap that another engine has written down. Its operations cannot be run on golden input; what {@code engine}
     * makes of the other's own input stands in for that, so that each of its operations answers for itself too.
     */
    public static CaseResult check(Function<String, Tensor> trace, Engine engine, Reference reference) {
        LocalErrors local = LocalErrors.ofAnother(trace);
        engine.forward(reference.ids(), local);
        checkThatNoneIsMissing(reference, local.seen());

        Inherited inherited = new Inherited(reference);
        reference.taps().forEach(name -> inherited.see(name, trace.apply(name)));
        return result(inherited, local);
    }

    private static CaseResult result(Inherited inherited, LocalErrors local) {
        List<TapResult> results = inherited.taps.stream()
                .map(tap -> tap.withLocal(local.of(tap.name())))
                .toList();
        boolean drifts = local.clues().isEmpty() && !results.stream().allMatch(TapResult::passes);
        return new CaseResult(results, drifts ? DRIFT : local.clues(), inherited.predictions);
    }

    /** Compares each tap as the forward pass makes it. */
    private static final class Inherited implements Trace {
        private final Reference reference;
        private final Set<String> seen = new LinkedHashSet<>();
        private final List<TapResult> taps = new ArrayList<>();
        private Predictions predictions;

        Inherited(Reference reference) {
            this.reference = reference;
        }

        @Override
        public void see(String name, Tensor value) {
            if (!seen.add(name)) {
                throw new TouchstoneException("our forward pass reported " + name + " twice");
            }
            Deviation inherited = compare(reference, name, value);
            double[] truth = reference.truth(name);
            Deviation floor = Deviation.of(reference.float32(name), truth);
            boolean allZero = Arrays.stream(truth).allMatch(element -> element == 0);
            Anatomy anatomy = Anatomy.of(value.data(), reference, name, inherited.scale());
            taps.add(new TapResult(name, value.shape(), inherited, floor, null, anatomy, allZero));
            if (name.equals("logits")) {
                predictions = Predictions.of(value, truth);
            }
        }
    }

    private static void checkThatNoneIsMissing(Reference reference, Set<String> seen) {
        Set<String> missing = new LinkedHashSet<>(reference.taps());
        missing.removeAll(seen);
        if (!missing.isEmpty()) {
            throw new TouchstoneException("our forward pass never reported " + missing);
        }
    }

    private static Deviation compare(Reference reference, String name, Tensor value) {
        if (!reference.taps().contains(name)) {
            throw new TouchstoneException("our forward pass reported " + name + ", which the reference does not have");
        }
        checkShape(name, value, reference.shape(name));
        return Deviation.of(value.data(), reference.truth(name));
    }

    static void checkShape(String name, Tensor value, int... expected) {
        if (!Arrays.equals(value.shape(), expected)) {
            throw new TouchstoneException(
                    name + " has shape " + Arrays.toString(value.shape()) + ", expected " + Arrays.toString(expected));
        }
    }
}
