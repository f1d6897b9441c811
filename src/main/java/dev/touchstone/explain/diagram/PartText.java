package dev.touchstone.explain.diagram;

import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.LatentProjections;
import dev.touchstone.model.RmsNorm;
import dev.touchstone.model.Stem;
import dev.touchstone.model.taps.Tap;

/**
 * What a part of a model is, in words.
 *
 * @param equation in the notation of the papers, where x is the input
 * @param hasWeights whether the parameters of its layer are its own
 * @param stage the number of the stage of the walk-through, from 1
 */
record PartText(String title, String equation, String sentence, boolean hasWeights, int stage) {
    private static final int EMBEDDING = 2;
    private static final int POSITIONS = 3;
    private static final int BLOCKS = 4;
    private static final int OUTPUT = 5;

    static PartText of(Tap tap) {
        return switch (tap.kind()) {
            case TOKEN_EMBEDDING ->
                weights("token embedding", "W[id]", "Each id selects a row of the matrix.", EMBEDDING);
            case POSITION_EMBEDDING ->
                weights("position embedding", "P[position]", "Each position has a vector of its own.", POSITIONS);
            case EMBEDDING_SUM ->
                computed("sum of embeddings", "token + position", "The input of the first block.", POSITIONS);
            case ROTARY ->
                computed(
                        "rotary table",
                        "cos(m θ), sin(m θ)",
                        "Angles proportional to the position m, by which queries and keys are rotated.",
                        POSITIONS);
            case NORM -> norm(tap);
            case LINEAR ->
                weights("linear layer", "x W + b", "A matrix product; each token is computed separately.", BLOCKS);
            case QUERY ->
                computed(
                        "queries",
                        "q",
                        "What each token looks for, one vector per head. Rotated if the model is rotary.",
                        BLOCKS);
            case KEY ->
                computed("keys", "k", "What each token is found by, one vector per head. " + cached(tap), BLOCKS);
            case VALUE ->
                computed("values", "v", "What each token passes on, one vector per head. " + cached(tap), BLOCKS);
            case SCORES ->
                computed(
                        "attention scores",
                        "scale · q kᵀ",
                        "One score for each pair of a query and a key, in each head; −∞ where the key comes after the query.",
                        BLOCKS);
            case PROBABILITIES ->
                computed(
                        "attention weights",
                        "softmax(scores)",
                        "The scores of each query as weights that add up to 1.",
                        BLOCKS);
            case CONTEXT ->
                computed(
                        "weighted sum of values",
                        "weights · v",
                        "For each query the sum of the values by its weights; the heads are concatenated.",
                        BLOCKS);
            case ATTENTION -> computed("output of attention", "x", "It is added to the residual stream.", BLOCKS);
            case ACTIVATION ->
                computed(
                        "activation",
                        "act(x)",
                        "A nonlinear function of each number. Without it two linear layers would be one.",
                        BLOCKS);
            case MLP -> computed("output of the MLP", "x", "It is added to the residual stream.", BLOCKS);
            case CHOICE ->
                computed("chosen experts", "top-k", "The experts with the highest scores, for each token.", BLOCKS);
            case EXPERT_WEIGHTS ->
                computed("weights of the experts", "w", "How much each of its experts counts for a token.", BLOCKS);
            case EXPERTS ->
                computed(
                        "weighted sum of the experts",
                        "Σ w · expert(x)",
                        "The outputs of a token's experts, times their weights.",
                        BLOCKS);
            case MIXTURE ->
                computed("output of the mixture of experts", "x", "It is added to the residual stream.", BLOCKS);
            case BLOCK ->
                weights(
                        "residual stream after the block",
                        tap.layer() instanceof Block.Parallel ? "x + attention + MLP" : "x + MLP",
                        "Each layer adds its output to this vector, and the next block reads it.",
                        BLOCKS);
            case LOGITS ->
                weights(
                        "logits",
                        "x W",
                        "One number per token of the vocabulary. Softmax turns them into the probabilities of the next token.",
                        OUTPUT);
        };
    }

    private static String cached(Tap tap) {
        return ((Attention) tap.layer()).projections() instanceof LatentProjections
                ? "They are computed from the latents in the KV cache."
                : "They are kept in the KV cache.";
    }

    private static PartText norm(Tap tap) {
        String equation = tap.layer() instanceof RmsNorm
                ? "x / sqrt(mean(x²) + ε) · gain"
                : "(x − mean(x)) / sqrt(var(x) + ε) · gain + bias";
        String title = tap.layer() instanceof RmsNorm ? "RMSNorm" : "LayerNorm";
        int stage = tap.block() != Tap.NO_BLOCK ? BLOCKS : tap.owner() instanceof Stem ? POSITIONS : OUTPUT;
        return weights(title, equation, "Scales each vector to a common size.", stage);
    }

    private static PartText weights(String title, String equation, String sentence, int stage) {
        return new PartText(title, equation, sentence, true, stage);
    }

    private static PartText computed(String title, String equation, String sentence, int stage) {
        return new PartText(title, equation, sentence, false, stage);
    }
}
