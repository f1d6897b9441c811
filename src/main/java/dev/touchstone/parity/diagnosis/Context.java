package dev.touchstone.parity.diagnosis;

import dev.touchstone.model.Attention;
import dev.touchstone.model.taps.BlockTaps;
import dev.touchstone.model.taps.Tap;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.model.taps.TapSum;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Where a wrong tap is in the model, and the tensors around it.
 *
 * @param map of the model
 * @param tap the wrong tap
 * @param values the right value of a tap by its name, or null if it is not known
 */
record Context(TapMap map, Tap tap, Function<String, double[]> values) {
    /** The value of a tap, or null if it is not known. */
    double[] of(String name) {
        return values.apply(name);
    }

    /** The value of a sum of taps, or null if a term is not known or the terms differ in size. */
    double[] of(TapSum sum) {
        return sum.evaluate(values, Context::scale, Context::add);
    }

    private static double[] scale(double[] x, double factor) {
        return Arrays.stream(x).map(value -> value * factor).toArray();
    }

    private static double[] add(double[] a, double[] b) {
        return a.length == b.length
                ? IntStream.range(0, a.length).mapToDouble(i -> a[i] + b[i]).toArray()
                : null;
    }

    /** The attention layer that the tap is a point of. */
    Attention attention() {
        return (Attention) tap.layer();
    }

    /** The block that the tap belongs to, or null outside of blocks. */
    BlockTaps block() {
        return tap.block() == Tap.NO_BLOCK ? null : map.blocks().get(tap.block());
    }

    /** The residual stream that the block of the tap reads; outside of blocks that after the last block. */
    TapSum stream() {
        List<TapSum> streams = map.streams();
        return streams.get(tap.block() == Tap.NO_BLOCK ? streams.size() - 1 : tap.block());
    }
}
