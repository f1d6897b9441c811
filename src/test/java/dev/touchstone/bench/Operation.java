package dev.touchstone.bench;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.KeyValueShape;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * An operation of the forward pass with the shape of GPT-2 124M, and its minimum cost.
 *
 * @param flops floating-point operations; a multiply-add counts as two
 * @param bytes weights or cache that must be read from memory; 0 if memory is not the limit
 */
public enum Operation {
    /** Multiply-adds in registers: the limit of the operations with {@code flops}. */
    MULTIPLY_ADDS(new VectorPeak(threads()).flops(), 0),
    /** Floats read from memory: the limit of the operations with {@code bytes}. */
    READ(0, VectorPeak.BYTES),
    C_ATTN_64(linearFlops(64, 768, 2304), 0),
    C_ATTN_512(linearFlops(512, 768, 2304), 0),
    ATTN_C_PROJ_512(linearFlops(512, 768, 768), 0),
    C_FC_512(linearFlops(512, 768, 3072), 0),
    MLP_C_PROJ_512(linearFlops(512, 3072, 768), 0),
    /** All matrices of a layer. */
    LAYER_512(linearFlops(512, 768, 9216), 0),
    LAYER_512_BF16(linearFlops(512, 768, 9216), 0),
    LAYER_512_Q8_0(linearFlops(512, 768, 9216), 0),
    LAYER_512_Q4_0(linearFlops(512, 768, 9216), 0),
    LAYER_512_Q4_K(linearFlops(512, 768, 9216), 0),
    LAYER_512_Q6_K(linearFlops(512, 768, 9216), 0),
    /** One row times all matrices of the model, including the head. */
    STEP(linearFlops(1, 1, weights()), RandomMatrix.FLOAT32.bytes() * weights()),
    STEP_BF16(linearFlops(1, 1, weights()), RandomMatrix.BFLOAT16.bytes() * weights()),
    STEP_F16(linearFlops(1, 1, weights()), RandomMatrix.FLOAT16.bytes() * weights()),
    STEP_Q8_0(linearFlops(1, 1, weights()), RandomMatrix.Q8_0.bytes() * weights()),
    STEP_Q4_0(linearFlops(1, 1, weights()), RandomMatrix.Q4_0.bytes() * weights()),
    STEP_Q4_K(linearFlops(1, 1, weights()), RandomMatrix.Q4_K.bytes() * weights()),
    STEP_Q6_K(linearFlops(1, 1, weights()), RandomMatrix.Q6_K.bytes() * weights()),
    STEP_IQ4_NL(linearFlops(1, 1, weights()), RandomMatrix.IQ4_NL.bytes() * weights()),
    ATTEND_512(2 * linearFlops(512, 256, 768), 0),
    LAYER_NORM_512(0, 0),
    GELU_NEW_512(0, 0);

    private static final int CHANNELS = RandomGpt2.SMALL.channels();
    private static final int HEADS = RandomGpt2.SMALL.heads();

    final double flops;
    final double bytes;

    Operation(double flops, double bytes) {
        this.flops = flops;
        this.bytes = bytes;
    }

    private static double linearFlops(int rows, int inputs, long outputs) {
        return 2.0 * rows * inputs * outputs;
    }

    /** The number of weights that a decoding step reads: layers and head. */
    private static long weights() {
        RandomGpt2 shape = RandomGpt2.SMALL;
        return shape.channels() * (12L * shape.channels() * shape.layers() + RandomGpt2.VOCABULARY);
    }

    static int threads() {
        return Runtime.getRuntime().availableProcessors();
    }

    /** The operation with its operands, to be run repeatedly. */
    Runnable prepare(Kernels kernels) {
        VectorPeak peak = new VectorPeak(threads());
        return switch (this) {
            case MULTIPLY_ADDS -> peak::multiplyAdds;
            case READ -> peak::read;
            case C_ATTN_64 -> linear(kernels, 64, RandomMatrix.FLOAT32.of(CHANNELS, 3 * CHANNELS));
            case C_ATTN_512 -> linear(kernels, 512, RandomMatrix.FLOAT32.of(CHANNELS, 3 * CHANNELS));
            case ATTN_C_PROJ_512 -> linear(kernels, 512, RandomMatrix.FLOAT32.of(CHANNELS, CHANNELS));
            case C_FC_512 -> linear(kernels, 512, RandomMatrix.FLOAT32.of(CHANNELS, 4 * CHANNELS));
            case MLP_C_PROJ_512 -> linear(kernels, 512, RandomMatrix.FLOAT32.of(4 * CHANNELS, CHANNELS));
            case LAYER_512 -> linear(kernels, 512, layer(RandomMatrix.FLOAT32));
            case LAYER_512_BF16 -> linear(kernels, 512, layer(RandomMatrix.BFLOAT16));
            case LAYER_512_Q8_0 -> linear(kernels, 512, layer(RandomMatrix.Q8_0));
            case LAYER_512_Q4_0 -> linear(kernels, 512, layer(RandomMatrix.Q4_0));
            case LAYER_512_Q4_K -> linear(kernels, 512, layer(RandomMatrix.Q4_K));
            case LAYER_512_Q6_K -> linear(kernels, 512, layer(RandomMatrix.Q6_K));
            case STEP -> linear(kernels, 1, step(RandomMatrix.FLOAT32));
            case STEP_BF16 -> linear(kernels, 1, step(RandomMatrix.BFLOAT16));
            case STEP_F16 -> linear(kernels, 1, step(RandomMatrix.FLOAT16));
            case STEP_Q8_0 -> linear(kernels, 1, step(RandomMatrix.Q8_0));
            case STEP_Q4_0 -> linear(kernels, 1, step(RandomMatrix.Q4_0));
            case STEP_Q4_K -> linear(kernels, 1, step(RandomMatrix.Q4_K));
            case STEP_Q6_K -> linear(kernels, 1, step(RandomMatrix.Q6_K));
            case STEP_IQ4_NL -> linear(kernels, 1, step(RandomMatrix.IQ4_NL));
            case ATTEND_512 -> attend(kernels);
            case LAYER_NORM_512 -> layerNorm(kernels);
            case GELU_NEW_512 -> activate(kernels);
        };
    }

    private static Runnable linear(Kernels kernels, int rows, Matrix... matrices) {
        Tensor narrow = random(rows, CHANNELS);
        Tensor wide = random(rows, 4 * CHANNELS);
        return () -> {
            for (Matrix matrix : matrices) {
                kernels.linear(matrix.inputs() == CHANNELS ? narrow : wide, matrix, null);
            }
        };
    }

    private static Matrix[] layer(RandomMatrix type) {
        return new Matrix[] {
            type.of(CHANNELS, 3 * CHANNELS),
            type.of(CHANNELS, CHANNELS),
            type.of(CHANNELS, 4 * CHANNELS),
            type.of(4 * CHANNELS, CHANNELS)
        };
    }

    private static Matrix[] step(RandomMatrix type) {
        Stream<Matrix> layers =
                IntStream.range(0, RandomGpt2.SMALL.layers()).boxed().flatMap(i -> Stream.of(layer(type)));
        return Stream.concat(layers, Stream.of(type.of(CHANNELS, RandomGpt2.VOCABULARY)))
                .toArray(Matrix[]::new);
    }

    private static Runnable attend(Kernels kernels) {
        KeyValuePages cache = new KeyValuePages(new KeyValueShape(HEADS, CHANNELS / HEADS));
        cache.append(random(512, CHANNELS), random(512, CHANNELS), 0, 512);
        Tensor q = random(512, CHANNELS);
        return () -> kernels.attend(q, cache, new Scoring(0.125f));
    }

    private static Runnable layerNorm(Kernels kernels) {
        Tensor x = random(512, CHANNELS);
        float[] gain = random(1, CHANNELS).data();
        return () -> kernels.layerNorm(x, gain, gain, 1e-5);
    }

    private static Runnable activate(Kernels kernels) {
        Tensor x = random(512, 4 * CHANNELS);
        return () -> kernels.activate(x, Activation.GELU_NEW);
    }

    static Tensor random(int... shape) {
        Tensor x = Tensor.zeros(shape);
        SplittableRandom random = new SplittableRandom(shape[0]);
        for (int i = 0; i < x.size(); i++) {
            x.data()[i] = (float) (random.nextDouble() - 0.5);
        }
        return x;
    }
}
