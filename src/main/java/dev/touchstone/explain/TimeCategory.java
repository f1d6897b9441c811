package dev.touchstone.explain;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.touchstone.model.Attention;
import dev.touchstone.model.FeedForward;
import dev.touchstone.model.Stem;
import dev.touchstone.model.taps.Tap;

/** The kinds of work that the time of a run is divided into. */
public enum TimeCategory {
    EMBEDDING("embedding and positions"),
    NORMS("norms"),
    PROJECTIONS("queries, keys, values and output of attention"),
    ATTENTION("attention: scores, softmax, weighted sum"),
    MLP("MLP"),
    RESIDUAL("residual stream"),
    OUTPUT("output layer"),
    CHOICE("processors and choice");

    private final String label;

    TimeCategory(String label) {
        this.label = label;
    }

    /** The kind of work that computes a tap. */
    static TimeCategory of(Tap tap) {
        return switch (tap.kind()) {
            case TOKEN_EMBEDDING, POSITION_EMBEDDING, EMBEDDING_SUM, ROTARY -> EMBEDDING;
            case QUERY, KEY, VALUE, ATTENTION -> PROJECTIONS;
            case SCORES, PROBABILITIES, CONTEXT -> ATTENTION;
            case ACTIVATION, MLP, CHOICE, EXPERT_WEIGHTS, EXPERTS, MIXTURE -> MLP;
            case BLOCK -> RESIDUAL;
            case LOGITS -> OUTPUT;
            case LINEAR -> tap.owner() instanceof FeedForward ? MLP : PROJECTIONS;
            case NORM ->
                tap.owner() instanceof Stem ? EMBEDDING : tap.owner() instanceof Attention ? PROJECTIONS : NORMS;
        };
    }

    @JsonValue
    @Override
    public String toString() {
        return label;
    }
}
