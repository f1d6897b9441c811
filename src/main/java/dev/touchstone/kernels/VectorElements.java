package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loops over whole vectors: {@code n} is a multiple of the lanes. Vector loops and plain loops are separate methods (see
 * {@link WarmUp}), because the compiler C2 compiles a method from its profile. C2 compiled a method with both kinds of loops
 * without the vector loop, and compiled it again as soon as the vector loop ran, with an incomplete profile. In half of all
 * processes vectors then remained objects, and attention took five times as long.
 */
final class VectorElements {
    private static final VectorSpecies<Float> SPECIES = VectorTiles.SPECIES;
    private static final int LANES = SPECIES.length();
    private static final int BLOCK = ScalarKernels.BLOCK;

    private VectorElements() {}

    /** {@code y = a + b} */
    static void add(float[] a, int aAt, float[] b, int bAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, a, aAt + i)
                    .add(FloatVector.fromArray(SPECIES, b, bAt + i))
                    .intoArray(y, yAt + i);
        }
    }

    /** {@code y = a b} */
    static void multiply(float[] a, int aAt, float[] b, int bAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, a, aAt + i)
                    .mul(FloatVector.fromArray(SPECIES, b, bAt + i))
                    .intoArray(y, yAt + i);
        }
    }

    /** {@code y += factor x}, each in one rounding. */
    static void addScaled(float factor, float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.broadcast(SPECIES, factor)
                    .fma(FloatVector.fromArray(SPECIES, x, xAt + i), FloatVector.fromArray(SPECIES, y, yAt + i))
                    .intoArray(y, yAt + i);
        }
    }

    /** {@code y = factor x} */
    static void scale(float[] x, int xAt, float factor, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xAt + i).mul(factor).intoArray(y, yAt + i);
        }
    }

    /** {@link Loops#scaleRows} */
    static void scaleRows(float[] x, int xAt, float factor, float[] y, int yAt, int yStride, int rows) {
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < Matrix.PANEL; c += LANES) {
                FloatVector.fromArray(SPECIES, x, xAt + r * Matrix.PANEL + c)
                        .mul(factor)
                        .intoArray(y, yAt + r * yStride + c);
            }
        }
    }

    /** {@code y = x / by} */
    static void divide(float[] x, int xAt, float by, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xAt + i).div(by).intoArray(y, yAt + i);
        }
    }

    /** {@code y = x / by} in blocks, as {@link Loops#softmaxToBlocks}; {@code n} is a multiple of their size. */
    static void divideToBlocks(float[] x, int xAt, float by, float[] y, int yAt, int stride, int n) {
        for (int block = 0; block < n / BLOCK; block++) {
            for (int i = 0; i < BLOCK; i += LANES) {
                FloatVector.fromArray(SPECIES, x, xAt + block * BLOCK + i)
                        .div(by)
                        .intoArray(y, yAt + block * stride + i);
            }
        }
    }

    /** The largest element; {@code -inf} if there are none. It does not depend on the order: the only reduction over lanes. */
    static float max(float[] x, int at, int n) {
        FloatVector largest = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < n; i += LANES) {
            largest = FloatVector.fromArray(SPECIES, x, at + i).max(largest);
        }
        return largest.reduceLanes(VectorOperators.MAX);
    }
}
