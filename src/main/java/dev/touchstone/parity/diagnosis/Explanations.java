package dev.touchstone.parity.diagnosis;

import dev.touchstone.model.Experts;
import dev.touchstone.model.LatentProjections;
import dev.touchstone.model.Rotary;

/**
 * Explains a wrong tap by repeating known mistakes on its input: the mistake that gives the wrong values is the
 * explanation. It is empty if none does.
 */
record Explanations(Difference difference, Context context) {
    /** The explanation that fits the kind of the tap. */
    String read() {
        return switch (context.tap().kind()) {
            case POSITION_EMBEDDING -> new PositionExplanations(difference).read();
            case EMBEDDING_SUM, BLOCK -> new SumExplanations(difference, context).read();
            case ROTARY ->
                new RotaryExplanations(difference, (Rotary) context.tap().layer()).read();
            case NORM -> new NormExplanations(difference, context).read();
            case ACTIVATION -> new ActivationExplanations(difference, context).read();
            case QUERY, KEY, VALUE ->
                context.attention().projections() instanceof LatentProjections
                        ? new LatentExplanations(difference, context).read()
                        : new ProjectionExplanations(difference, context).read();
            case SCORES -> new ScoreExplanations(difference, context).read();
            case PROBABILITIES -> new AttentionExplanations(difference, context).probabilities();
            case CONTEXT -> new AttentionExplanations(difference, context).weightedSum();
            case LOGITS -> new SoftCaps(difference).read();
            case CHOICE -> new RoutingExplanations(difference, context).choice();
            case EXPERT_WEIGHTS -> new RoutingExplanations(difference, context).weights();
            case EXPERTS -> new ExpertExplanations(difference, context).sum();
            case MIXTURE -> new ExpertExplanations(difference, context).mixture();
            case LINEAR ->
                context.tap().layer() instanceof Experts.Projection
                        ? new ExpertExplanations(difference, context).projection()
                        : "";
            case TOKEN_EMBEDDING, ATTENTION, MLP -> "";
        };
    }
}
