package dev.touchstone.kernels;

import dev.touchstone.tensor.Tensor;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** What happens to each element by itself, for the elements {@code from} until {@code to}. */
final class VectorElements {
    private static final VectorSpecies<Float> SPECIES = VectorTiles.SPECIES;

    private VectorElements() {}

    static void add(Tensor a, Tensor b, Tensor y, int from, int to) {
        int end = end(from, to);
        for (int i = from; i < end; i += SPECIES.length()) {
            load(a, i).add(load(b, i)).intoArray(y.data(), i);
        }
        for (int i = end; i < to; i++) {
            y.data()[i] = a.data()[i] + b.data()[i];
        }
    }

    static void multiply(Tensor a, Tensor b, Tensor y, int from, int to) {
        int end = end(from, to);
        for (int i = from; i < end; i += SPECIES.length()) {
            load(a, i).mul(load(b, i)).intoArray(y.data(), i);
        }
        for (int i = end; i < to; i++) {
            y.data()[i] = a.data()[i] * b.data()[i];
        }
    }

    static void scale(Tensor x, float factor, Tensor y, int from, int to) {
        int end = end(from, to);
        for (int i = from; i < end; i += SPECIES.length()) {
            load(x, i).mul(factor).intoArray(y.data(), i);
        }
        for (int i = end; i < to; i++) {
            y.data()[i] = x.data()[i] * factor;
        }
    }

    static void softCap(float[] x, float cap, float[] y, int from, int to) {
        int end = end(from, to);
        for (int i = from; i < end; i += SPECIES.length()) {
            VectorMath.softCap(FloatVector.fromArray(SPECIES, x, i), cap).intoArray(y, i);
        }
        for (int i = end; i < to; i++) {
            y[i] = FloatMath.softCap(x[i], cap);
        }
    }

    static void activate(Tensor x, Activation activation, Tensor y, int from, int to) {
        int end = end(from, to);
        for (int i = from; i < end; i += SPECIES.length()) {
            VectorMath.of(activation, load(x, i)).intoArray(y.data(), i);
        }
        for (int i = end; i < to; i++) {
            y.data()[i] = activation.of(x.data()[i]);
        }
    }

    /** Where whole vectors end, and plain loops take over. */
    private static int end(int from, int to) {
        return WarmUp.useVectors() ? from + SPECIES.loopBound(to - from) : from;
    }

    private static FloatVector load(Tensor tensor, int at) {
        return FloatVector.fromArray(SPECIES, tensor.data(), at);
    }
}
