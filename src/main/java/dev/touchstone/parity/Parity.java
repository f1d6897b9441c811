package dev.touchstone.parity;

import dev.touchstone.TouchstoneException;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs a model over golden input, twice: once from the ids, where errors are inherited from tap to tap, and once with
 * every tap replaced by the golden one as soon as it was compared, so that each operation answers for itself alone.
 */
public final class Parity {
    private Parity() {}

    /** Every tap of one case, in order of computation. Nothing passes by absence: missing and extra taps are errors. */
    public static List<TapResult> check(Transformer model, Kernels kernels, Reference reference) {
        Map<String, Deviation> inherited = new LinkedHashMap<>();
        model.forward(reference.ids(), kernels, (name, value) -> put(inherited, name, compare(reference, name, value)));

        Map<String, Deviation> local = new LinkedHashMap<>();
        model.forward(reference.ids(), kernels, new GoldenInput(reference, local));

        Set<String> absent = new LinkedHashSet<>(reference.taps());
        absent.removeAll(inherited.keySet());
        if (!absent.isEmpty()) {
            throw new TouchstoneException("our forward pass never reported " + absent);
        }
        List<TapResult> results = new ArrayList<>();
        for (String name : reference.taps()) {
            double[] truth = reference.truth(name);
            Deviation floor = Deviation.of(reference.float32(name), truth);
            boolean allZero = Arrays.stream(truth).allMatch(value -> value == 0);
            results.add(
                    new TapResult(name, reference.shape(name), inherited.get(name), floor, local.get(name), allZero));
        }
        return results;
    }

    /** Compares each tap with the golden one, and lets the forward pass go on with that. */
    private record GoldenInput(Reference reference, Map<String, Deviation> deviations) implements Trace {
        @Override
        public void see(String name, Tensor value) {
            put(deviations, name, compare(reference, name, value));
        }

        @Override
        public Tensor of(String name, Tensor value) {
            see(name, value);
            double[] truth = reference.truth(name);
            Tensor golden = Tensor.zeros(value.shape());
            for (int i = 0; i < truth.length; i++) {
                golden.data()[i] = (float) truth[i];
            }
            return golden;
        }
    }

    private static void put(Map<String, Deviation> deviations, String name, Deviation deviation) {
        if (deviations.put(name, deviation) != null) {
            throw new TouchstoneException("our forward pass reported " + name + " twice");
        }
    }

    private static Deviation compare(Reference reference, String name, Tensor value) {
        if (!reference.taps().contains(name)) {
            throw new TouchstoneException("our forward pass reported " + name + ", which the reference does not have");
        }
        if (!Arrays.equals(value.shape(), reference.shape(name))) {
            throw new TouchstoneException(name + " has shape " + Arrays.toString(value.shape()) + ", expected "
                    + Arrays.toString(reference.shape(name)));
        }
        return Deviation.of(value.data(), reference.truth(name));
    }
}
