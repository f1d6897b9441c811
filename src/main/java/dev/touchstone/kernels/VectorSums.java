package dev.touchstone.kernels;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Norms#sum} of many floats from 0 to the largest finite float. A vector of floats is read as a vector of half as many
 * longs, so that all vectors have the same width. The bits of a float, moved to those of a double, are the float times
 * 2<sup>-896</sup>, because the exponent of a double is biased by 1023 instead of 127. The multiplication by 2<sup>896</sup> is
 * exact, for zero and denormal floats as well.
 */
final class VectorSums {
    private static final int SUMS = ScalarKernels.PARTIAL_SUMS;
    private static final VectorSpecies<Float> SPECIES = VectorTiles.SPECIES;
    private static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, SPECIES.vectorShape());
    private static final int LANES = SPECIES.length();
    /** How much longer the fraction of a double is than that of a float. */
    private static final int FRACTION_BITS = 29;

    private static final long FLOAT_IN_DOUBLE = 0x7fff_ffffL << FRACTION_BITS;
    private static final double BIAS = 0x1p896;

    private VectorSums() {}

    /** @param n a multiple of {@link ScalarKernels#PARTIAL_SUMS} */
    static double sum(float[] x, int at, int n) {
        double[] sums = new double[SUMS];
        for (int lane = 0; lane < SUMS; lane += LANES) {
            add(x, at + lane, at + n, sums, lane);
        }
        for (int from = 0; from < SUMS; from += LANES) {
            interleave(sums, from);
        }
        return ScalarKernels.pairwise(sums);
    }

    /** Sums of the elements with an even index to the first half of a vector's sums, of the others to the second half. */
    private static void add(float[] x, int from, int end, double[] sums, int to) {
        DoubleVector even = DoubleVector.zero(DOUBLES);
        DoubleVector odd = DoubleVector.zero(DOUBLES);
        DoubleVector bias = DoubleVector.broadcast(DOUBLES, BIAS);
        for (int i = from; i < end; i += SUMS) {
            LongVector pairs = FloatVector.fromArray(SPECIES, x, i).reinterpretAsLongs();
            even = pairs.lanewise(VectorOperators.LSHL, Integer.SIZE)
                    .lanewise(VectorOperators.LSHR, Integer.SIZE - FRACTION_BITS)
                    .reinterpretAsDoubles()
                    .fma(bias, even);
            odd = pairs.lanewise(VectorOperators.LSHR, Integer.SIZE - FRACTION_BITS)
                    .and(FLOAT_IN_DOUBLE)
                    .reinterpretAsDoubles()
                    .fma(bias, odd);
        }
        even.intoArray(sums, to);
        odd.intoArray(sums, to + LANES / 2);
    }

    private static void interleave(double[] sums, int from) {
        double[] halves = Arrays.copyOfRange(sums, from, from + LANES);
        for (int i = 0; i < LANES; i++) {
            sums[from + i] = halves[i % 2 * (LANES / 2) + i / 2];
        }
    }
}
