package dev.touchstone.bench;

import dev.touchstone.tensor.HalfPrecision;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import dev.touchstone.tensor.QuantizedBlock;
import java.util.Random;

/** Matrices of random weights, by the type of the weights in memory. Quantised ones have the names of GGUF. */
enum RandomMatrix {
    FLOAT32(null, Float.BYTES),
    BFLOAT16(null, Short.BYTES),
    FLOAT16(null, Short.BYTES),
    Q8_0(Quantization.of(32, 32, 8, 0)),
    Q4_0(Quantization.of(32, 32, 4, 0)),
    Q4_K(Quantization.of(256, 32, 4, 0).withMinima().withGroupBits(8)),
    Q6_K(Quantization.of(256, 16, 4, 2).withGroupBits(8)),
    IQ4_NL(Quantization.of(32, 32, 4, 0).with(Quantization.Table.NORMAL));

    private final Quantization quantization;
    private final double bytes;

    RandomMatrix(Quantization quantization, double bytes) {
        this.quantization = quantization;
        this.bytes = bytes;
    }

    RandomMatrix(Quantization quantization) {
        this(quantization, quantization.bytes());
    }

    /** The mean number of bytes of a weight. */
    double bytes() {
        return bytes;
    }

    Matrix of(int inputs, int outputs) {
        return switch (this) {
            case FLOAT32 -> float32(inputs, outputs);
            case BFLOAT16, FLOAT16 -> halves(inputs, outputs);
            default -> quantized(inputs, outputs);
        };
    }

    private static Matrix float32(int inputs, int outputs) {
        Matrix matrix = Matrix.zeros(Matrix.Type.FLOAT32, inputs, outputs);
        float[] row = Operation.random(1, outputs).data();
        for (int i = 0; i < inputs; i++) {
            matrix.putInputRows(i, 1, row);
        }
        return matrix;
    }

    private Matrix halves(int inputs, int outputs) {
        boolean isFloat16 = this == FLOAT16;
        Matrix matrix = Matrix.zeros(isFloat16 ? Matrix.Type.FLOAT16 : Matrix.Type.BFLOAT16, inputs, outputs);
        float[] row = Operation.random(1, outputs).data();
        short[] halves = new short[outputs];
        for (int o = 0; o < outputs; o++) {
            halves[o] =
                    isFloat16 ? HalfPrecision.toFloat16(row[o]) : (short) (Float.floatToIntBits(row[o]) >>> Short.SIZE);
        }
        for (int i = 0; i < inputs; i++) {
            matrix.putInputRows(i, 1, halves);
        }
        return matrix;
    }

    private Matrix quantized(int inputs, int outputs) {
        Matrix matrix = Matrix.zeros(quantization, inputs, outputs);
        QuantizedBlock block = new QuantizedBlock(quantization);
        Random random = new Random(inputs);
        for (int i = 0; i < block.codes().length; i++) {
            block.codes()[i] = (byte) (random.nextInt() & (1 << quantization.bits()) - 1);
        }
        for (int column = 0; column < Matrix.PANEL; column++) {
            block.factors()[column] = (short) (0x1000 + random.nextInt(0x400)); // 2^-11 to 2^-10
            block.minimumFactors()[column] = (short) (0x1000 + random.nextInt(0x400));
        }
        for (int i = 0; i < block.scales().length; i++) {
            block.scales()[i] = (byte) random.nextInt(64);
            block.minima()[i] = (byte) random.nextInt(64);
        }
        for (int panel = 0; panel < Matrix.panels(outputs); panel++) {
            for (int input = 0; input < inputs; input += quantization.block()) {
                matrix.putBlock(panel, input, block);
            }
        }
        return matrix;
    }
}
