package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.tensor.Tensor;
import java.util.Random;

/** Operands that are difficult for arithmetic, and the comparison of bits. */
enum Hostile {
    /** Normally distributed, like activations. */
    ORDINARY {
        @Override
        float value(Random random) {
            return (float) random.nextGaussian();
        }
    },
    /** Of all magnitudes, so that sums round, overflow and underflow. */
    WIDE {
        @Override
        float value(Random random) {
            return (float) random.nextGaussian() * Math.scalb(1f, random.nextInt(100) - 50);
        }
    },
    /** So small that products are below the smallest normal float. */
    TINY {
        @Override
        float value(Random random) {
            return (float) random.nextGaussian() * Math.scalb(1f, random.nextInt(40) - 100);
        }
    },
    /** Ordinary values and some special ones, including NaN and infinity. */
    SPECIAL {
        @Override
        float value(Random random) {
            return random.nextInt(50) > 0 ? ORDINARY.value(random) : ALL[random.nextInt(ALL.length)];
        }
    },
    /** Special values only, all finite. */
    FINITE {
        @Override
        float value(Random random) {
            return ALL[random.nextInt(ALL.length - 3)];
        }
    };

    private static final float[] ALL = {
        0f,
        -0f,
        1f,
        -1f,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        Float.MIN_NORMAL,
        -Float.MIN_NORMAL,
        1e-40f,
        -1e-30f,
        88.7f,
        -103.9f,
        3.95f,
        0.921875f,
        1e30f,
        -1e30f,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.NaN
    };

    abstract float value(Random random);

    Tensor tensor(Random random, int... shape) {
        Tensor tensor = Tensor.zeros(shape);
        for (int i = 0; i < tensor.size(); i++) {
            tensor.data()[i] = value(random);
        }
        return tensor;
    }

    float[] array(Random random, int size) {
        return tensor(random, size).data();
    }

    /** Fails unless shapes and bits are equal. All NaNs are equal, since Java does not define which NaN an operation returns. */
    static void assertSameBits(Tensor actual, Tensor expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        for (int i = 0; i < expected.size(); i++) {
            if (Float.floatToIntBits(actual.data()[i]) != Float.floatToIntBits(expected.data()[i])) {
                throw new AssertionError(
                        "element " + i + " of " + expected + ": " + actual.data()[i] + " is not " + expected.data()[i]);
            }
        }
    }
}
