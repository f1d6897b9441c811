package dev.touchstone.model;

import dev.touchstone.kernels.Angles;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Sinusoidal position embeddings (Vaswani et al., 2017): the sines of {@code position * frequency}, then the cosines.
 *
 * @param name the module path and tap name, such as {@code embed_positions}
 * @param channels C; an odd last channel is 0
 * @param frequencies radians per position. (C / 2)
 * @param offset added to each position: 2 in XGLM
 */
public record Sinusoids(String name, int channels, List<Double> frequencies, int offset) implements Positions {
    public Sinusoids {
        frequencies = List.copyOf(frequencies);
    }

    @Override
    public Tensor forward(int[] positions, ForwardPass pass) {
        int[] shifted = Arrays.stream(positions).map(p -> p + offset).toArray();
        return pass.trace().of(name, Angles.sinusoids(shifted, frequencies, channels));
    }
}
