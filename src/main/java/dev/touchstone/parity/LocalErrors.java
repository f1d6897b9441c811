package dev.touchstone.parity;

import dev.touchstone.model.Trace;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.parity.diagnosis.Difference;
import dev.touchstone.parity.diagnosis.Signature;
import dev.touchstone.parity.errors.Deviation;
import dev.touchstone.parity.errors.Reference;
import dev.touchstone.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The error of each operation by itself: every operation runs on the right input, whatever the operations before it
 * computed, so no error is inherited.
 */
abstract class LocalErrors implements Trace {
    private final TapMap map;
    private final Map<String, Deviation> deviations = new HashMap<>();
    private List<String> clues = List.of();
    private boolean diverged;

    private LocalErrors(TapMap map) {
        this.map = map;
    }

    /** Compares the outputs of the engine on golden input with the goldens. */
    static LocalErrors onGoldenInput(Reference reference, TapMap map) {
        return new LocalErrors(map) {
            @Override
            public Tensor of(String name, Tensor value) {
                double[] truth = reference.truth(name);
                judge(name, value, truth, tap -> reference.taps().contains(tap) ? reference.truth(tap) : null);
                Tensor golden = Tensor.zeros(value.shape());
                for (int i = 0; i < truth.length; i++) {
                    golden.data()[i] = (float) truth[i];
                }
                return golden;
            }
        };
    }

    /** Compares the taps that another engine has written with the outputs of this engine on the other's input. */
    static LocalErrors ofAnother(Function<String, Tensor> trace, TapMap map) {
        return new LocalErrors(map) {
            @Override
            public Tensor of(String name, Tensor value) {
                Tensor theirs = trace.apply(name);
                Parity.checkShape(name, theirs, value.shape());
                judge(name, theirs, doubles(value), tap -> seen().contains(tap) ? doubles(trace.apply(tap)) : null);
                return theirs;
            }
        };
    }

    private static double[] doubles(Tensor tensor) {
        return IntStream.range(0, tensor.size())
                .mapToDouble(i -> tensor.data()[i])
                .toArray();
    }

    /** @param inputs the input of the operation by the name of its tap, or null if there is no such tap */
    final void judge(String name, Tensor found, double[] expected, Function<String, double[]> inputs) {
        Deviation deviation = Deviation.of(found.data(), expected);
        deviations.put(name, deviation);
        if (!diverged && !deviation.within(Deviation.LOCAL_BOUND)) {
            diverged = true;
            clues = Signature.read(Difference.of(name, found, expected), map, inputs);
        }
    }

    @Override
    public final void see(String name, Tensor value) {
        of(name, value);
    }

    /** The names of the taps that were compared. */
    final Set<String> seen() {
        return deviations.keySet();
    }

    /** The error of the operation that computes this tap. */
    final Deviation of(String name) {
        return deviations.get(name);
    }

    /** The likely mistake in the first operation that is wrong; empty if all are right. */
    final List<String> clues() {
        return clues;
    }
}
