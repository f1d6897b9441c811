package dev.touchstone.parity;

import dev.touchstone.model.Trace;
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
                judge(name, value, truth, tap -> reference.taps().contains(tap) ? reference.truth(tap) : null);
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

    final void judge(String name, Tensor found, double[] expected, Function<String, double[]> inputs) {
        Deviation deviation = Deviation.of(found.data(), expected);
        deviations.put(name, deviation);
        if (!diverged && !deviation.within(Deviation.LOCAL_BOUND)) {
            diverged = true;
            clues = Signature.read(name, found.data(), expected, found.shape(), inputs);
        }
    }

    @Override
    public final void see(String name, Tensor value) {
        of(name, value);
    }

    /** The names of the taps so far. */
    final Set<String> seen() {
        return deviations.keySet();
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
