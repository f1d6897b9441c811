package dev.touchstone.parity;

import dev.touchstone.model.Trace;
import dev.touchstone.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * How wrong each operation is by itself. The forward pass goes on with what it should have, never with what it made, so no
 * operation inherits the mistakes of another.
 */
abstract class LocalErrors implements Trace {
    private final Map<String, Deviation> deviations = new HashMap<>();
    private List<String> clues = List.of();
    private boolean diverged;

    /** Compares what the engine makes of golden input with the goldens. */
    static LocalErrors onGoldenInput(Reference reference) {
        return new LocalErrors() {
            @Override
            public Tensor of(String name, Tensor value) {
                double[] truth = reference.truth(name);
                judge(name, value, truth);
                Tensor golden = Tensor.zeros(value.shape());
                for (int i = 0; i < truth.length; i++) {
                    golden.data()[i] = (float) truth[i];
                }
                return golden;
            }
        };
    }

    /** Compares what another engine has written down with what the engine makes of the other's input. */
    static LocalErrors ofAnother(Function<String, Tensor> trace) {
        return new LocalErrors() {
            @Override
            public Tensor of(String name, Tensor value) {
                Tensor theirs = trace.apply(name);
                double[] expected = new double[value.size()];
                for (int i = 0; i < expected.length; i++) {
                    expected[i] = value.data()[i];
                }
                judge(name, theirs, expected);
                return theirs;
            }
        };
    }

    final void judge(String name, Tensor found, double[] expected) {
        Deviation deviation = Deviation.of(found.data(), expected);
        deviations.put(name, deviation);
        if (!diverged && !deviation.within(TapResult.LOCAL_BOUND)) {
            diverged = true;
            clues = Signature.read(name, found.data(), expected, found.shape());
        }
    }

    @Override
    public final void see(String name, Tensor value) {
        of(name, value);
    }

    /** The error of the operation that made this tap. */
    final Deviation of(String name) {
        return deviations.get(name);
    }

    /** What the first operation that is wrong looks like; empty where all are right. */
    final List<String> clues() {
        return clues;
    }
}
