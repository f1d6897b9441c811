package dev.touchstone.model;

import java.util.Collections;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Which rotary embedding each layer has. Most models have one for all layers. Gemma 3 has one for each kind of layer; SmolLM3, Cohere 2
 * and Llama 4 have layers without positions.
 *
 * @param all the embeddings, in the order of their taps
 * @param ofLayer for each layer the index of its embedding in {@code all}, or {@link #NONE}
 */
public record LayerRotaries(List<Rotary> all, List<Integer> ofLayer) {
    /** The index of a layer without rotary embedding. */
    public static final int NONE = -1;

    public LayerRotaries {
        all = List.copyOf(all);
        ofLayer = List.copyOf(ofLayer);
    }

    /**
     * The same embedding in all layers.
     *
     * @param rotary null if the model has no rotary embeddings
     */
    public static LayerRotaries same(Rotary rotary, int layers) {
        boolean none = rotary == null;
        return new LayerRotaries(none ? List.of() : List.of(rotary), Collections.nCopies(layers, none ? NONE : 0));
    }

    /** The same embedding in some layers, and none in the others. */
    public static LayerRotaries some(Rotary rotary, int layers, IntPredicate rotates) {
        return new LayerRotaries(
                List.of(rotary),
                IntStream.range(0, layers)
                        .mapToObj(layer -> rotates.test(layer) ? 0 : NONE)
                        .toList());
    }

    /** The embedding of a layer; null if it has none. */
    public Rotary of(int layer) {
        int index = ofLayer.get(layer);
        return index == NONE ? null : all.get(index);
    }

    /** Whether a sequence of {@code length} tokens has other frequencies than shorter ones, see {@link Rotary.Longer}. */
    boolean isLonger(int length) {
        return all.stream().anyMatch(rotary -> rotary.isLonger(length));
    }

    /** Whether the keys of a token depend on the length of the sequence, as in LongRoPE. */
    public boolean dependOnLength() {
        return all.stream().anyMatch(rotary -> rotary.longer() != null);
    }

    /** The length up to which a sequence of {@code length} tokens may grow without other frequencies. */
    public int lengthOfSameFrequencies(int length) {
        return all.stream()
                .filter(rotary -> rotary.longer() != null && !rotary.isLonger(length))
                .mapToInt(rotary -> rotary.longer().positions())
                .min()
                .orElse(Integer.MAX_VALUE);
    }

    /** The rotation of queries and keys in each layer, for the tokens of a pass. Each table is computed once. */
    List<Rotary.Rotation> forward(ForwardPass pass) {
        List<Rotary.Rotation> rotations =
                all.stream().map(rotary -> rotary.forward(pass)).toList();
        return ofLayer.stream()
                .map(index -> index == NONE ? Rotary.Rotation.NONE : rotations.get(index))
                .toList();
    }
}
