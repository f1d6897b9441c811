package dev.touchstone.parity;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.model.Head;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.parity.choices.NearTies;
import dev.touchstone.parity.choices.Tokens;
import dev.touchstone.parity.errors.Deviation;
import dev.touchstone.parity.errors.ErrorDistribution;
import dev.touchstone.parity.errors.Reference;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Compares every tap of a model with a reference, in two forward passes. In the first, errors are inherited from tap to tap.
 * In the second, each tap is replaced by its golden value after it was compared, so that each operation runs on golden input.
 *
 * <p>Tokens that depend on a choice that differs from float64's by a near tie are left out of the first, see {@link NearTies}.
 */
public final class Parity {
    private static final List<String> DRIFT =
            List.of("each operation is within its bound, but the result is less accurate than PyTorch's: lower"
                    + " precision, another order of summation, or a constant with few digits");

    private Parity() {}

    /** A forward pass over a whole prompt that reports its taps: that of a model, or of another implementation. */
    @FunctionalInterface
    public interface Engine {
        /** The logits of the next token after each of {@code ids}. (T) -> (T, V) */
        Tensor forward(int[] ids, Trace trace);
    }

    /**
     * Compares every tap of one prompt.
     *
     * @throws TouchstoneException if the taps of the model and of the reference differ in names or shapes
     */
    public static CaseResult check(Transformer model, Kernels kernels, Reference reference) {
        return check((ids, trace) -> model.forward(ids, kernels, trace), TapMap.of(model), reference);
    }

    /**
     * Does the same for any engine that continues with the tensors that {@link Trace#of} returns.
     *
     * @param map the map of the model that the engine implements, for the diagnosis
     */
    public static CaseResult check(Engine engine, TapMap map, Reference reference) {
        Inherited inherited = new Inherited(reference, map, Limits.FLOAT32);
        engine.forward(reference.ids(), inherited);
        checkNoneMissing(reference, inherited.seen);

        LocalErrors local = LocalErrors.onGoldenInput(reference, map);
        engine.forward(reference.ids(), local);
        return result(inherited, local);
    }

    /**
     * Compares every tap that another engine has written. That engine's operations cannot be run on golden input. Instead each
     * of its outputs is compared with the output of {@code engine} on the same input.
     *
     * <p>If taps are absent from the trace, the output of {@code engine} takes their place, and the next tap that is present
     * is compared after several operations.
     *
     * @param trace returns the other engine's tensor by the name of its tap, or null if it is absent
     * @param engine an implementation that is known to be right
     * @param map the map of the model
     * @throws TouchstoneException if all taps are absent, or if the shape of one differs
     */
    public static CaseResult check(Function<String, Tensor> trace, Engine engine, TapMap map, Reference reference) {
        return check(trace, engine, map, reference, Limits.FLOAT32);
    }

    /** Does the same with other limits, for an engine that rounds to fewer bits. */
    public static CaseResult check(
            Function<String, Tensor> trace, Engine engine, TapMap map, Reference reference, Limits limits) {
        LocalErrors local = LocalErrors.ofTrace(trace, map, limits);
        engine.forward(reference.ids(), local);
        checkNoneMissing(reference, local.seen());

        Inherited inherited = new Inherited(reference, map, limits);
        for (String name : reference.taps()) {
            Tensor value = trace.apply(name);
            if (value == null) {
                inherited.skip(name);
            } else {
                inherited.see(name, value);
            }
        }
        if (inherited.seen.isEmpty()) {
            throw new TouchstoneException("the trace has none of the taps " + reference.taps());
        }
        return result(inherited, local);
    }

    private static CaseResult result(Inherited inherited, LocalErrors local) {
        List<TapResult> results = inherited.taps.stream()
                .map(tap -> tap.withLocal(local.of(tap.name()), local.operations(tap.name())))
                .toList();
        boolean drifts = local.clues().isEmpty() && !results.stream().allMatch(TapResult::passes);
        List<String> absent = inherited.reference.taps().stream()
                .filter(name -> !inherited.seen.contains(name))
                .toList();
        return new CaseResult(
                results,
                drifts ? DRIFT : local.clues(),
                inherited.predictions,
                absent,
                inherited.nearTies.differences());
    }

    /** Compares each tap as the forward pass computes it from the token ids. */
    private static final class Inherited implements Trace {
        private final Reference reference;
        private final Limits limits;
        private final NearTies nearTies;
        private final Set<String> seen = new LinkedHashSet<>();
        private final List<TapResult> taps = new ArrayList<>();
        private Predictions predictions;

        Inherited(Reference reference, TapMap map, Limits limits) {
            this.reference = reference;
            this.limits = limits;
            this.nearTies = new NearTies(map, reference, limits.ratio());
        }

        @Override
        public void see(String name, Tensor value) {
            if (!seen.add(name)) {
                throw new TouchstoneException("the forward pass reported " + name + " twice");
            }
            checkIsExpected(reference, name, value);
            BitSet leftOut = nearTies.see(name, value);
            double[] float64 = reference.float64(name);
            double[] expected = Tokens.without(leftOut, float64, value.shape());
            float[] ours = Tokens.without(leftOut, value.data(), value.shape());
            float[] pytorch = Tokens.without(leftOut, reference.float32(name), value.shape());
            Deviation inherited = Deviation.of(ours, expected);
            boolean allZero = !nearTies.isChoice(name) && Arrays.stream(float64).allMatch(element -> element == 0);
            taps.add(new TapResult(
                    name,
                    value.shape(),
                    leftOut.cardinality(),
                    inherited,
                    Deviation.of(pytorch, expected),
                    null,
                    ErrorDistribution.of(ours, expected, pytorch, inherited.scale(), value.shape()),
                    allZero,
                    limits));
            if (name.equals(Head.LOGITS)) {
                predictions = Predictions.of(value, float64);
            }
        }

        /** Notes that the trace does not have this tap. */
        void skip(String name) {
            nearTies.see(name, null);
        }
    }

    private static void checkNoneMissing(Reference reference, Set<String> seen) {
        Set<String> missing = new LinkedHashSet<>(reference.taps());
        missing.removeAll(seen);
        if (!missing.isEmpty()) {
            throw new TouchstoneException("the forward pass never reported " + missing);
        }
    }

    private static void checkIsExpected(Reference reference, String name, Tensor value) {
        if (!reference.taps().contains(name)) {
            throw new TouchstoneException("the forward pass reported " + name + ", which the reference does not have");
        }
        checkShape(name, value, reference.shape(name));
    }

    static void checkShape(String name, Tensor value, int... expected) {
        if (!Arrays.equals(value.shape(), expected)) {
            throw new TouchstoneException(
                    name + " has shape " + Arrays.toString(value.shape()) + ", expected " + Arrays.toString(expected));
        }
    }
}
