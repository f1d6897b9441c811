package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/** Queries are multiplied by the scale of the scores, instead of the scores: OPT and XGLM. */
public record ScaledQueries(Projections projections, float scale) implements Projections {
    @Override
    public QueryKeyValue forward(Tensor x, ForwardPass pass) {
        QueryKeyValue qkv = projections.forward(x, pass);
        return new QueryKeyValue(pass.kernels().scale(qkv.q(), scale), qkv.k(), qkv.v());
    }
}
