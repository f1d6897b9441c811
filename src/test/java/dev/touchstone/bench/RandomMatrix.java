package dev.touchstone.bench;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import java.util.Arrays;
import java.util.Random;

/** Matrices of random weights, by the type of the weights in memory. */
enum RandomMatrix {
    FLOAT32(Float.BYTES) {
        @Override
        Matrix of(int inputs, int outputs) {
            Matrix matrix = Matrix.zeros(Matrix.Type.FLOAT32, inputs, outputs);
            float[] row = Operation.random(1, outputs).data();
            for (int i = 0; i < inputs; i++) {
                matrix.putInputRows(i, 1, row);
            }
            return matrix;
        }
    },
    BFLOAT16(Short.BYTES) {
        @Override
        Matrix of(int inputs, int outputs) {
            Matrix matrix = Matrix.zeros(Matrix.Type.BFLOAT16, inputs, outputs);
            float[] row = Operation.random(1, outputs).data();
            short[] halves = new short[outputs];
            for (int o = 0; o < outputs; o++) {
                halves[o] = (short) (Float.floatToIntBits(row[o]) >>> 16);
            }
            for (int i = 0; i < inputs; i++) {
                matrix.putInputRows(i, 1, halves);
            }
            return matrix;
        }
    },
    /** 8 bits, with a scale for each 32 inputs, as of Q8_0. */
    INT8(new Quantization(32, false)) {
        @Override
        Matrix of(int inputs, int outputs) {
            return quantized(new Quantization(32, false), inputs, outputs);
        }
    },
    /** 8 bits, with a scale and a minimum for each 32 inputs, as of Q4_K. */
    INT8_MINIMA(new Quantization(32, true)) {
        @Override
        Matrix of(int inputs, int outputs) {
            return quantized(new Quantization(32, true), inputs, outputs);
        }
    };

    private final double bytes;

    RandomMatrix(double bytes) {
        this.bytes = bytes;
    }

    RandomMatrix(Quantization quantization) {
        this(quantization.bytes());
    }

    /** The mean number of bytes of a weight. */
    double bytes() {
        return bytes;
    }

    abstract Matrix of(int inputs, int outputs);

    private static Matrix quantized(Quantization quantization, int inputs, int outputs) {
        Matrix matrix = Matrix.zeros(quantization, inputs, outputs);
        byte[] row = new byte[inputs];
        new Random(inputs).nextBytes(row);
        float[] scales = new float[quantization.groups(inputs)];
        Arrays.fill(scales, 0x1p-8f);
        for (int o = 0; o < outputs; o++) {
            matrix.putOutputRows(o, 1, row, scales, quantization.hasMinima() ? scales : new float[0]);
        }
        return matrix;
    }
}
