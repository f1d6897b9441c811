package dev.touchstone.explain;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.LayerRotaries;
import dev.touchstone.model.Positions;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Sinusoids;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The position encoding of a model.
 *
 * @param kind where positions enter the computation
 * @param description one sentence
 * @param vectors the position embeddings, or the rotary table; null if neither has a tap
 * @param slopes the ALiBi slope of each head; empty without ALiBi
 * @param source the class that computes it
 */
public record PositionEncoding(Kind kind, String description, Vectors vectors, List<Double> slopes, Class<?> source) {
    /** Where positions enter the computation. */
    public enum Kind {
        /** Position embeddings are added to the token embeddings. */
        ADDED,
        /** Queries and keys are rotated. */
        ROTATED,
        /** In the attention scores: ALiBi, or the causal mask only. */
        SCORES
    }

    static PositionEncoding of(Transformer model, Map<String, Tensor> taps) {
        Positions added = model.stem().wpe();
        if (added != null) {
            String tap = added.name();
            return new PositionEncoding(
                    Kind.ADDED,
                    "a vector for each position, " + (added instanceof Sinusoids ? "computed" : "learned")
                            + ", is added to the token's",
                    Vectors.of(tap, taps.get(tap)),
                    List.of(),
                    added.getClass());
        }
        List<Rotary> rotaries = model.rotaries().all();
        if (!rotaries.isEmpty()) {
            Rotary rotary = rotaries.get(0);
            return new PositionEncoding(
                    Kind.ROTATED,
                    String.format(
                            Locale.ROOT,
                            "rotary: %d of %d channels of each query and key are rotated by angles proportional to the"
                                    + " position, so that their product depends on the distance between two tokens%s%s",
                            2 * rotary.frequencies().size(),
                            model.shape().headSize(),
                            rotaries.size() > 1 ? "; layers of other kinds have other angles" : "",
                            model.rotaries().ofLayer().contains(LayerRotaries.NONE)
                                    ? "; some layers have no rotary embedding"
                                    : ""),
                    rotary.name() == null ? null : Vectors.of(rotary.name(), taps.get(rotary.name())),
                    List.of(),
                    Rotary.class);
        }
        List<Double> slopes = model.blocks().get(0).attn().scoring().slopes();
        return new PositionEncoding(
                Kind.SCORES,
                slopes.isEmpty()
                        ? "there is no position encoding but the causal mask: a token attends to itself and the tokens before it"
                        : "ALiBi: the score of a key is lowered in proportion to its distance, with a slope for each head",
                null,
                slopes,
                Scoring.class);
    }
}
