package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/** Queries, keys and values are limited to numbers from {@code -limit} to {@code limit}: {@code clip_qkv} of OLMo. */
public record ClippedProjections(Projections projections, float limit) implements Projections {
    @Override
    public QueryKeyValue forward(Tensor x, ForwardPass pass) {
        QueryKeyValue qkv = projections.forward(x, pass);
        return new QueryKeyValue(clip(qkv.q(), pass), clip(qkv.k(), pass), clip(qkv.v(), pass));
    }

    private Tensor clip(Tensor x, ForwardPass pass) {
        return pass.kernels().clamp(x, -limit, limit);
    }
}
