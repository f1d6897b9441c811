package dev.touchstone.model.taps;

import java.util.List;

/**
 * One tap of a model: a tensor that the forward pass reports to its {@link dev.touchstone.model.Trace}.
 *
 * @param name the path of the module in Hugging Face transformers, or of a point inside attention
 * @param kind what the tensor is
 * @param layer the record that computes it
 * @param owner the nearest enclosing {@code Stem}, {@code Attention}, {@code FeedForward}, {@code Block} or {@code Transformer};
 *     the layer itself if it is one of these
 * @param block the index of the block that it belongs to, or {@link #NO_BLOCK}
 * @param inputs what it is computed from, in this order: queries and keys for scores, probabilities and values for the
 *     context, activation and up projection, which are multiplied, for the down projection of a gated MLP; a query or key
 *     also has the rotary table as its second input, and a key of latent attention the compression as its third. Empty for embeddings and the rotary table, which are computed from ids
 *     and positions.
 */
public record Tap(String name, Kind kind, Record layer, Record owner, int block, List<TapSum> inputs) {
    /** The block of a tap that belongs to none. */
    public static final int NO_BLOCK = -1;

    /** What a tap is, with its shape for T tokens. */
    public enum Kind {
        /** A token embedding, scaled if the family does so. (T, C) */
        TOKEN_EMBEDDING,
        /** A learned or sinusoidal position embedding. (T, C) */
        POSITION_EMBEDDING,
        /** The sum of token and position embedding. (T, C) */
        EMBEDDING_SUM,
        /** Cosines, then sines of the rotary angles. (T, 2 R) */
        ROTARY,
        /** The output of a norm. (T, C), or (T, H D) and (T, G D) for a norm of queries and keys */
        NORM,
        /** The output of a linear layer. (T, O), or (T, K O) of the K experts of each token */
        LINEAR,
        /** Queries, as they are multiplied by the keys. (T, H D) */
        QUERY,
        /** Keys, as they are multiplied by queries. (T, G D) */
        KEY,
        /** Values. (T, G E) */
        VALUE,
        /** Attention scores, {@code -inf} where masked. (H, T, S) */
        SCORES,
        /** Attention probabilities. (H, T, S) */
        PROBABILITIES,
        /** The weighted sums of values, heads concatenated. (T, H E) */
        CONTEXT,
        /** The output of attention. (T, C) */
        ATTENTION,
        /** The output of an activation function. (T, I), or (T, K I) of the K experts of each token */
        ACTIVATION,
        /** The output of an MLP. (T, C) */
        MLP,
        /** The indices of the experts of each token, in ascending order. (T, K) */
        CHOICE,
        /** The weights of the experts of each token. (T, K) */
        EXPERT_WEIGHTS,
        /** The weighted sum of the outputs of the experts of each token. (T, C) */
        EXPERTS,
        /** The output of a mixture of experts, with that of the shared expert. (T, C) */
        MIXTURE,
        /** The residual stream after a block. (T, C) */
        BLOCK,
        /** (T, V) */
        LOGITS
    }

    public Tap {
        inputs = List.copyOf(inputs);
    }

    /** The top-level class whose source file has the equation of this tap. */
    public Class<?> source() {
        return layer.getClass().getNestHost();
    }
}
