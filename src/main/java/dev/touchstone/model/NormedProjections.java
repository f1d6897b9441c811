package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/**
 * A norm of queries and keys: of each head in Qwen3, of all heads together in OLMo 2.
 *
 * @param q of queries, with D or H D gains
 * @param k of keys, with D or G D gains
 */
public record NormedProjections(Projections projections, Norm q, Norm k) implements Projections {
    @Override
    public QueryKeyValue forward(Tensor x, ForwardPass pass) {
        QueryKeyValue qkv = projections.forward(x, pass);
        return new QueryKeyValue(q.forward(qkv.q(), pass), k.forward(qkv.k(), pass), qkv.v());
    }
}
