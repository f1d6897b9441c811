package dev.touchstone.parity;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.model.Head;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.taps.TapMap;
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
 * Compares every tap of a model with a reference, in two passes. The first runs from the ids, where errors are inherited
 * from tap to tap. In the second each tap is replaced by the golden one after it was compared, so that each operation runs
 * on golden input.
 */
public final class Parity {
    private static final List<String> DRIFT =
            List.of("each operation is within its bound, but the result is further from the truth than PyTorch's: lower"
                    + " precision, another order of summation, or a constant with few digits");

    private Parity() {}

    /** A forward pass over a whole prompt that reports its taps: a model, or another implementation of one. */
    @FunctionalInterface
    public interface Engine {
        /** The logits of the next token after each of {@code ids}. (T) -> (T, V) */
        Tensor forward(int[] ids, Trace trace);
    }

    /**
     * Compares every tap of one prompt.
     *
     * @throws TouchstoneException if the model lacks a tap of the reference, has one more, or one of another shape
     */
    public static CaseResult check(Transformer model, Kernels kernels, Reference reference) {
        return check((ids, trace) -> model.forward(ids, kernels, trace), TapMap.of(model), reference);
    }

    /**
     * The same for any engine that continues with the tensors that {@link Trace#of} returns.
     *
     * @param map of the model that the engine implements, for the diagnosis of what is wrong
     */
    public static CaseResult check(Engine engine, TapMap map, Reference reference) {
        Inherited inherited = new Inherited(reference);
        engine.forward(reference.ids(), inherited);
        checkThatNoneIsMissing(reference, inherited.seen);

        LocalErrors local = LocalErrors.onGoldenInput(reference, map);
        engine.forward(reference.ids(), local);
        return result(inherited, local);
    }

    /**
     * Compares every tap that another engine has written. The operations of that engine cannot run on golden input; instead
     * each of its outputs is compared with that of {@code engine} on the same input.
     *
     * @param trace the tensor of a tap by its name
     * @param engine the right model
     * @param map of the right model
     */
    public static CaseResult check(Function<String, Tensor> trace, Engine engine, TapMap map, Reference reference) {
        LocalErrors local = LocalErrors.ofAnother(trace, map);
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

    /** Compares each tap as the forward pass computes it from the ids. */
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
                throw new TouchstoneException("the forward pass reported " + name + " twice");
            }
            Deviation inherited = compare(reference, name, value);
            double[] truth = reference.truth(name);
            Deviation floor = Deviation.of(reference.float32(name), truth);
            boolean allZero = Arrays.stream(truth).allMatch(element -> element == 0);
            Anatomy anatomy = Anatomy.of(value.data(), reference, name, inherited.scale());
            taps.add(new TapResult(name, value.shape(), inherited, floor, null, anatomy, allZero));
            if (name.equals(Head.LOGITS)) {
                predictions = Predictions.of(value, truth);
            }
        }
    }

    private static void checkThatNoneIsMissing(Reference reference, Set<String> seen) {
        Set<String> missing = new LinkedHashSet<>(reference.taps());
        missing.removeAll(seen);
        if (!missing.isEmpty()) {
            throw new TouchstoneException("the forward pass never reported " + missing);
        }
    }

    private static Deviation compare(Reference reference, String name, Tensor value) {
        if (!reference.taps().contains(name)) {
            throw new TouchstoneException("the forward pass reported " + name + ", which the reference does not have");
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
