package dev.touchstone.parity;

import dev.touchstone.model.Router;
import dev.touchstone.model.Trace;
import dev.touchstone.model.taps.Tap;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.parity.choices.NearTies;
import dev.touchstone.parity.choices.Tokens;
import dev.touchstone.parity.diagnosis.Difference;
import dev.touchstone.parity.diagnosis.Signature;
import dev.touchstone.parity.errors.Deviation;
import dev.touchstone.parity.errors.Reference;
import dev.touchstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/** The error of each operation alone. Every operation runs on the golden input, so no error is inherited from earlier ones. */
abstract class LocalErrors implements Trace {
    private final TapMap map;
    private final double bound;
    private final Map<String, Deviation> deviations = new HashMap<>();
    private final Set<String> seen = new HashSet<>();
    private final Map<String, Integer> operations = new HashMap<>();
    /** The taps that were absent since the last one that was compared. */
    private final List<String> absent = new ArrayList<>();

    private List<String> clues = List.of();
    private boolean diverged;

    private LocalErrors(TapMap map, double bound) {
        this.map = map;
        this.bound = bound;
    }

    /** Compares the outputs of the engine on golden input with the goldens. */
    static LocalErrors onGoldenInput(Reference reference, TapMap map) {
        return new LocalErrors(map, Deviation.LOCAL_BOUND) {
            @Override
            public Tensor of(String name, Tensor value) {
                double[] expected = reference.float64(name);
                compare(name, value, expected, tap -> reference.taps().contains(tap) ? reference.float64(tap) : null);
                Tensor golden = Tensor.zeros(value.shape());
                for (int i = 0; i < expected.length; i++) {
                    golden.data()[i] = (float) expected[i];
                }
                return golden;
            }
        };
    }

    /** Compares the taps that another engine has written with this engine's outputs on the other engine's inputs. */
    static LocalErrors ofTrace(Function<String, Tensor> trace, TapMap map, Limits limits) {
        return new LocalErrors(map, limits.local()) {
            private final Map<String, Tensor> inputs = new HashMap<>();

            @Override
            public Tensor of(String name, Tensor value) {
                Tensor theirs = trace.apply(name);
                if (theirs == null) {
                    skip(name);
                    inputs.put(name, value);
                    return value;
                }
                Parity.checkShape(name, theirs, value.shape());
                compare(name, theirs, doubles(value), tap -> inputs.containsKey(tap) ? doubles(inputs.get(tap)) : null);
                inputs.put(name, theirs);
                return theirs;
            }
        };
    }

    private static double[] doubles(Tensor tensor) {
        return IntStream.range(0, tensor.size())
                .mapToDouble(i -> tensor.data()[i])
                .toArray();
    }

    /** @param inputs returns the expected value of a tap by its name, or null if there is no such tap */
    final void compare(String name, Tensor found, double[] expected, Function<String, double[]> inputs) {
        BitSet nearTies = nearTies(name, found, expected, inputs);
        Deviation deviation = Deviation.of(
                Tokens.without(nearTies, found.data(), found.shape()),
                Tokens.without(nearTies, expected, found.shape()));
        seen.add(name);
        deviations.put(name, deviation);
        operations.put(name, absent.size() + 1);
        if (!diverged && !deviation.within((absent.size() + 1) * bound)) {
            diverged = true;
            Difference difference = new Difference(name, found, expected, bound * deviation.scale());
            clues = absent.isEmpty()
                    ? Signature.read(difference, map, inputs)
                    : afterAbsentTaps(name, Signature.clues(difference, map, inputs));
        }
        absent.clear();
    }

    /** The tokens of a choice that rounding explains; empty for other taps. */
    private BitSet nearTies(String name, Tensor found, double[] expected, Function<String, double[]> inputs) {
        Tap tap = map.find(name).orElse(null);
        if (tap == null || tap.kind() != Tap.Kind.CHOICE) {
            return new BitSet();
        }
        double[] logits = inputs.apply(tap.inputs().get(0).taps().get(0));
        return logits == null
                ? new BitSet()
                : NearTies.ofOperation((Router) tap.layer(), logits, found, expected, (absent.size() + 1) * bound);
    }

    /** Notes that the trace does not have this tap. */
    final void skip(String name) {
        seen.add(name);
        absent.add(name);
    }

    /** The readings hold if the absent taps are right. */
    private List<String> afterAbsentTaps(String name, List<String> readings) {
        String between = absent.size() == 1 ? absent.get(0) : absent.get(0) + " to " + absent.get(absent.size() - 1);
        List<String> all = new ArrayList<>(readings);
        all.add("the trace does not have " + between + ", so the mistake may also be there instead of at " + name);
        return all;
    }

    @Override
    public final void see(String name, Tensor value) {
        of(name, value);
    }

    /** The names of the taps that were compared or are absent. */
    final Set<String> seen() {
        return seen;
    }

    /** The number of operations from the last tap that was compared to this one: 1 unless taps between them are absent. */
    final int operations(String name) {
        return operations.get(name);
    }

    /** The error of the operation that computes this tap. */
    final Deviation of(String name) {
        return deviations.get(name);
    }

    /** The probable mistakes in the first operation that is wrong; empty if all are right. */
    final List<String> clues() {
        return clues;
    }
}
