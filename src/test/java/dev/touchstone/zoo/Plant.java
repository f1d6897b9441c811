package dev.touchstone.zoo;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Batch;
import dev.touchstone.model.KvCache;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.parity.Parity;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;

/** How a bug gets into a sound model. */
@FunctionalInterface
interface Plant {
    /** Nothing is planted: what a bug must differ from. */
    Plant NOTHING = kernels(new ScalarKernels());

    /** The same where the second half of a prompt is read with the first half in the cache. */
    Plant NOTHING_WARM = warm(new ScalarKernels());

    Parity.Engine into(Transformer model);

    /** An operation is wrong. */
    static Plant kernels(Kernels kernels) {
        return model -> (ids, trace) -> model.forward(ids, kernels, trace);
    }

    /** A part of the model is wrong. */
    static Plant model(UnaryOperator<Transformer> change) {
        return model -> NOTHING.into(change.apply(model));
    }

    /** A layer gives something else than it should. */
    static Plant tap(Rewrite rewrite) {
        return model -> (ids, trace) -> model.forward(ids, new ScalarKernels(), rewriting(rewrite, trace));
    }

    /** What stands at a tap instead. */
    @FunctionalInterface
    interface Rewrite {
        /**
         * What a tap is taken for.
         *
         * @param before the taps so far, as the forward pass went on with them
         */
        Tensor of(String name, Tensor value, Map<String, Tensor> before);
    }

    private static Trace rewriting(Rewrite rewrite, Trace trace) {
        Map<String, Tensor> before = new HashMap<>();
        return new Trace() {
            @Override
            public void see(String name, Tensor value) {
                of(name, value);
            }

            @Override
            public Tensor of(String name, Tensor value) {
                before.put(name + " as computed", value);
                Tensor after = trace.of(name, rewrite.of(name, value, before));
                before.put(name, after);
                return after;
            }
        };
    }

    /** An operation is wrong where keys are in the cache already; the first half of the prompt puts them there. */
    static Plant warm(Kernels kernels) {
        return warm((model, first) -> read(model, first), past -> past, kernels);
    }

    /** Tokens stand somewhere else where keys are in the cache already. */
    static Plant warmPositions(IntUnaryOperator past) {
        return warm((model, first) -> read(model, first), past, new ScalarKernels());
    }

    /** The cache holds something else than the first half of the prompt. */
    static Plant warmCache(Filling filling) {
        return warm(filling, past -> past, new ScalarKernels());
    }

    /** What gets into a cache before the second half of the prompt is read. */
    @FunctionalInterface
    interface Filling {
        KvCache of(Transformer model, int[] first);
    }

    private static Plant warm(Filling filling, IntUnaryOperator past, Kernels kernels) {
        return model -> (ids, trace) -> {
            int half = half(ids.length);
            KvCache cache = filling.of(model, Arrays.copyOf(ids, half));
            int[] rest = Arrays.copyOfRange(ids, half, ids.length);
            Batch.Sequence sequence = new Batch.Sequence(rest, cache, past.applyAsInt(half), rest.length);
            return model.forward(new Batch(List.of(sequence)), kernels, trace);
        };
    }

    /** Where the second half of a prompt begins. */
    static int half(int length) {
        return length / 2;
    }

    /** A cache that knows these tokens. */
    static KvCache read(Transformer model, int[] ids) {
        KvCache cache = model.newCache();
        model.forward(Batch.of(ids, cache), new ScalarKernels(), Trace.OFF);
        return cache;
    }
}
