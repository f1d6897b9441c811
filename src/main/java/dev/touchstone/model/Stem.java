package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/**
 * From token ids to the residual stream before the first block: token embedding, position embedding, norm.
 *
 * @param embedded the tap of the sum of token and position embedding, {@code drop} in GPT-2; null if there is no such module
 * @param wte the token embedding
 * @param wpe null if the model has no absolute position embeddings
 * @param norm the norm of the embeddings, as in BLOOM; null if there is none
 */
public record Stem(String embedded, Embedding wte, Positions wpe, Norm norm) {
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
        x = wpe == null ? x : pass.kernels().add(x, wpe.forward(batch.positions(), pass));
        x = embedded == null ? x : pass.trace().of(embedded, x);
        return norm == null ? x : norm.forward(x, pass);
    }
}
