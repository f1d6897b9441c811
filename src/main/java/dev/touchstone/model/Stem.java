package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/**
 * From token ids to the residual stream: a row of the embedding for each token, and what the family does to it before the
 * first block.
 *
 * @param embedded the name of the tap where token and position have been added, {@code drop} in GPT-2; null where there
 *     is none
 * @param wpe what is added for the position; null where positions are told in attention
 * @param norm null where there is none
 */
public record Stem(String embedded, Embedding wte, Positions wpe, Norm norm) {
    /** Tokens and positions. */
    public Stem(String embedded, Embedding wte, Positions wpe) {
        this(embedded, wte, wpe, null);
    }

    /** Tokens and no more. */
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
