package dev.touchstone.bench;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.model.Batch;
import dev.touchstone.model.KvCache;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import java.util.List;

/** Touchstone, in this process. */
record TouchstoneEngine(Transformer model, Kernels kernels) implements Engine {
    @Override
    public double prefill(int tokens) {
        return seconds(Prompt.ids(0, tokens), model.newCache());
    }

    @Override
    public double[] decode(int past, int steps) {
        KvCache cache = model.newCache();
        seconds(Prompt.ids(0, past), cache);
        double[] seconds = new double[steps];
        for (int i = 0; i < steps; i++) {
            seconds[i] = seconds(Prompt.ids(past + i, 1), cache);
        }
        return seconds;
    }

    private double seconds(int[] ids, KvCache cache) {
        long start = System.nanoTime();
        model.forward(new Batch(List.of(new Batch.Sequence(ids, cache, 1))), kernels, Trace.OFF);
        return (System.nanoTime() - start) * 1e-9;
    }
}
