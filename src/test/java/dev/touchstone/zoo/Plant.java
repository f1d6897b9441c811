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

/** Adds a bug to a correct model. */
@FunctionalInterface
interface Plant {
    /** No bug. */
    Plant NOTHING = kernels(new ScalarKernels());

    /** No bug: runs the second half of a prompt with the first half in the cache. */
    Plant NOTHING_WARM = warm(new ScalarKernels());

    Parity.Engine into(Transformer model);

    /** A wrong kernel operation. */
    static Plant kernels(Kernels kernels) {
        return model -> (ids, trace) -> model.forward(ids, kernels, trace);
    }

    /** A model with a changed component. */
    static Plant model(UnaryOperator<Transformer> change) {
        return model -> NOTHING.into(change.apply(model));
    }

    /** A layer whose output is changed. */
    static Plant tap(Rewrite rewrite) {
        return model -> (ids, trace) -> model.forward(ids, new ScalarKernels(), rewriting(rewrite, trace));
    }

    /** Replaces the value of a tap. */
    @FunctionalInterface
    interface Rewrite {
        /**
         * The replacement of a tap.
         *
         * @param before the taps so far, replacements included
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

    /** A wrong kernel operation, with the first half of the prompt in the cache. */
    static Plant warm(Kernels kernels) {
        return warm((model, first) -> read(model, first), past -> past, kernels);
    }

    /** Wrong positions of tokens, with the first half of the prompt in the cache. */
    static Plant warmPositions(IntUnaryOperator past) {
        return warm((model, first) -> read(model, first), past, new ScalarKernels());
    }

    /** A cache whose content is not the first half of the prompt. */
    static Plant warmCache(Filling filling) {
        return warm(filling, past -> past, new ScalarKernels());
    }

    /** Fills the cache before the second half of the prompt runs. */
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

    /** The index of the first token of the second half. */
    static int half(int length) {
        return length / 2;
    }

    /** A cache with the keys and values of these tokens. */
    static KvCache read(Transformer model, int[] ids) {
        KvCache cache = model.newCache();
        model.forward(Batch.of(ids, cache), new ScalarKernels(), Trace.OFF);
        return cache;
    }
}
