package dev.touchstone.model;

import dev.touchstone.kernels.Angles;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * A vector for each position, computed: sines and cosines of angles that grow with the position, one frequency slower than
 * the other (Vaswani et al., 2017).
 *
 * @param frequencies radians a position. (C / 2)
 * @param offset what is added to each position first
 */
public record Sinusoids(String name, int channels, List<Double> frequencies, int offset) implements Positions {
    public Sinusoids {
        frequencies = List.copyOf(frequencies);
    }

    @Override
    public Tensor forward(int[] positions, ForwardPass pass) {
        int[] places = Arrays.stream(positions).map(p -> p + offset).toArray();
        return pass.trace().of(name, Angles.sinusoids(places, frequencies, channels));
    }
}
