package dev.touchstone.model;

import dev.touchstone.kernels.Angles;
import dev.touchstone.kernels.RotaryLayout;
import dev.touchstone.tensor.Tensor;
import java.util.List;

/**
 * Rotary position embeddings: queries and keys are turned by angles that grow with the position, so that their product
 * knows how far apart they are (Su et al., 2021). Every pair of channels turns at a frequency of its own.
 *
 * @param name of the tap; null where the angles are no module's
 * @param headSize channels of a head, of which the first {@code 2 frequencies} turn
 * @param frequencies radians a position, one a pair, rounded to float where Hugging Face has them in a buffer,
 *     {@code inv_freq}
 * @param factor what cosines and sines are multiplied by: 1, but for YaRN
 */
public record Rotary(String name, int headSize, RotaryLayout layout, List<Double> frequencies, double factor) {
    public Rotary {
        frequencies = List.copyOf(frequencies);
    }

    /** Turns the heads of queries and keys. */
    @FunctionalInterface
    interface Turn {
        /** Positions are told elsewhere. */
        Turn NONE = x -> x;

        /** (T, H D) -> (T, H D) */
        Tensor of(Tensor x);
    }

    /** Cosines and sines of every token, each pair's at both of its channels: the tap. (T) -> (T, 2 R) */
    Turn forward(int[] positions, ForwardPass pass) {
        Tensor table = Angles.table(positions, frequencies, factor, layout);
        Tensor angles = name == null ? table : pass.trace().of(name, table);
        return x -> pass.kernels().rotate(x, angles, headSize, layout);
    }
}
