package dev.touchstone.explain;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.PositionTable;
import dev.touchstone.model.Positions;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Sinusoids;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How the model knows where a token stands.
 *
 * @param kind the way of it
 * @param says that in a sentence
 * @param vectors what is added to the tokens, or by what angles queries and keys are turned; null where no tap shows it
 * @param slopes ALiBi: what each position adds to the score of its key, a head each; else empty
 * @param source the class that computes it
 */
public record Placing(Kind kind, String says, Vectors vectors, List<Double> slopes, Class<?> source) {
    /** Where positions come in. */
    public enum Kind {
        /** Vectors are added to those of the tokens. */
        ADDED,
        /** Queries and keys are turned. */
        TURNED,
        /** Scores depend on the distance, or on nothing but the mask. */
        SCORES
    }

    static Placing of(Transformer model, Map<String, Tensor> taps) {
        Positions added = model.stem().wpe();
        if (added != null) {
            String tap = name(added);
            return new Placing(
                    Kind.ADDED,
                    "a vector for each position, " + (added instanceof Sinusoids ? "computed" : "learned")
                            + ", is added to the token's",
                    Vectors.of(tap, taps.get(tap)),
                    List.of(),
                    added.getClass());
        }
        Rotary rotary = model.rotary();
        if (rotary != null) {
            return new Placing(
                    Kind.TURNED,
                    String.format(
                            Locale.ROOT,
                            "rotary: %d of %d channels of each head's query and key are turned by angles that grow with the"
                                    + " position, so that their product knows how far apart two tokens are",
                            2 * rotary.frequencies().size(),
                            rotary.headSize()),
                    rotary.name() == null ? null : Vectors.of(rotary.name(), taps.get(rotary.name())),
                    List.of(),
                    Rotary.class);
        }
        List<Double> slopes = model.blocks().get(0).attn().scoring().slopes();
        return new Placing(
                Kind.SCORES,
                slopes.isEmpty()
                        ? "nothing tells positions but the mask: a token sees itself and what came before it"
                        : "ALiBi: the further back a key, the lower its score, by a slope of each head's own",
                null,
                slopes,
                Scoring.class);
    }

    /** The tap of what is added. */
    static String name(Positions added) {
        return added instanceof Sinusoids sinusoids
                ? sinusoids.name()
                : ((PositionTable) added).rows().name();
    }
}
