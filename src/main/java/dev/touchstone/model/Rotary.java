package dev.touchstone.model;

import dev.touchstone.kernels.Angles;
import dev.touchstone.kernels.RotaryLayout;
import dev.touchstone.tensor.Tensor;
import java.util.List;

/**
 * Rotary position embeddings (Su et al., 2021): each pair of channels of a query or key is rotated by
 * {@code position * frequency}, so that the product of a query and a key depends on the distance between them.
 *
 * @param name the tap of cosines and sines; null if they are not the output of a module in Hugging Face, as in GPT-J
 * @param headSize channels of a head, D; the first {@code R = 2 * frequencies.size()} of them are rotated
 * @param layout which channels form a pair
 * @param frequencies radians per position, one for each pair; rounded to float if Hugging Face keeps them in a buffer,
 *     {@code inv_freq}
 * @param factor a factor on cosines and sines, which only YaRN and LongRoPE have; else 1
 * @param longer the frequencies of sequences longer than the trained context, as in LongRoPE; null if they have the same
 */
public record Rotary(
        String name, int headSize, RotaryLayout layout, List<Double> frequencies, double factor, Longer longer) {
    public Rotary {
        frequencies = List.copyOf(frequencies);
    }

    /** The same frequencies for sequences of every length. */
    public Rotary(String name, int headSize, RotaryLayout layout, List<Double> frequencies, double factor) {
        this(name, headSize, layout, frequencies, factor, null);
    }

    /** The same with the tap of this name. */
    public Rotary withName(String other) {
        return new Rotary(other, headSize, layout, frequencies, factor, longer);
    }

    /** The same with other channels in a pair. */
    public Rotary withLayout(RotaryLayout other) {
        return new Rotary(name, headSize, other, frequencies, factor, longer);
    }

    /**
     * The frequencies of all tokens of a sequence with more than {@code positions} tokens.
     *
     * @param frequencies radians per position, one for each pair
     */
    public record Longer(int positions, List<Double> frequencies) {
        public Longer {
            frequencies = List.copyOf(frequencies);
        }
    }

    /** Rotates every head of queries or keys. */
    @FunctionalInterface
    interface Rotation {
        /** The identity, for models without rotary embeddings. */
        Rotation NONE = x -> x;

        /** (T, H D) -> (T, H D) */
        Tensor of(Tensor x);
    }

    /** Whether a sequence of {@code length} tokens has the frequencies of {@link #longer}. */
    boolean isLonger(int length) {
        return longer != null && length > longer.positions;
    }

    /** The tap is the table of cosines, then sines, where both channels of a pair have the pair's values. (T) -> (T, 2 R) */
    Rotation forward(ForwardPass pass) {
        Tensor table = Tensor.concatenate(
                pass.batch().sequences().stream().map(this::table).toList());
        Tensor angles = name == null ? table : pass.trace().of(name, table);
        return x -> pass.kernels().rotate(x, angles, headSize, layout);
    }

    private Tensor table(Batch.Sequence sequence) {
        List<Double> used = longer != null && sequence.cache().ids().areLonger() ? longer.frequencies : frequencies;
        return Angles.table(sequence.positions(), used, factor, layout);
    }
}
