package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/**
 * From token ids to the residual stream before the first block: token embedding, projection, multiplier, position embedding, norm.
 *
 * @param embedded the tap of the sum of token and position embedding, {@code drop} in GPT-2; null if there is no such module
 * @param wte the token embedding
 * @param projection from the width of the embedding to that of the residual stream, as in OPT-350M; null if they are equal
 * @param multiplier a factor on the token embedding: {@code embedding_multiplier} in Granite, else 1
 * @param wpe null if the model has no absolute position embeddings
 * @param norm the norm of the embeddings, as in BLOOM; null if there is none
 */
public record Stem(String embedded, Embedding wte, Linear projection, float multiplier, Positions wpe, Norm norm) {
    /** Without a projection and a multiplier. */
    public Stem(String embedded, Embedding wte, Positions wpe, Norm norm) {
        this(embedded, wte, null, 1, wpe, norm);
    }

    /** Token and position embeddings without a norm. */
    public Stem(String embedded, Embedding wte, Positions wpe) {
        this(embedded, wte, wpe, null);
    }

    /** Token embeddings only. */
    public Stem(Embedding wte) {
        this(null, wte, null, null);
    }

    /** (T) -> (T, C) */
    Tensor forward(Batch batch, ForwardPass pass) {
        Tensor x = wte.forward(batch.ids(), pass);
        x = projection == null ? x : projection.forward(x, pass);
        x = multiplier == 1 ? x : pass.kernels().scale(x, multiplier);
        x = wpe == null ? x : pass.kernels().add(x, wpe.forward(batch.positions(), pass));
        x = embedded == null ? x : pass.trace().of(embedded, x);
        return norm == null ? x : norm.forward(x, pass);
    }
}
