package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import dev.touchstone.tensor.Tensor;
import java.util.Random;

/**
 * A matrix of random 8-bit weights, and the same weights in float32, computed by the formula.
 *
 * @param matrix of 8-bit weights
 * @param wide one row for each output. (O, I)
 */
record QuantizedWeights(Matrix matrix, Tensor wide) {
    static QuantizedWeights random(Random random, Quantization quantization, int inputs, int outputs) {
        int groups = quantization.groups(inputs);
        byte[] quants = new byte[outputs * inputs];
        random.nextBytes(quants);
        float[] scales = numbers(random, outputs * groups);
        float[] minima = numbers(random, quantization.hasMinima() ? outputs * groups : 0);
        Matrix matrix = Matrix.zeros(quantization, inputs, outputs);
        matrix.putOutputRows(0, outputs, quants, scales, minima);
        Tensor wide = Tensor.zeros(outputs, inputs);
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                int group = o * groups + i / quantization.group();
                float product = scales[group] * quants[o * inputs + i];
                wide.data()[o * inputs + i] = quantization.hasMinima() ? product - minima[group] : product;
            }
        }
        return new QuantizedWeights(matrix, wide);
    }

    /** Of the size of real scales; a tenth of them are 0. */
    private static float[] numbers(Random random, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextInt(10) == 0 ? 0 : (float) random.nextGaussian() * 0.001f;
        }
        return numbers;
    }
}
