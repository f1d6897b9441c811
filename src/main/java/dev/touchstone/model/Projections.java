package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/** How a block's input becomes queries, keys and values. */
public sealed interface Projections {
    /** Heads side by side. (T, C), (T, C), (T, C) */
    record QueryKeyValue(Tensor q, Tensor k, Tensor v) {}

    /** (T, C) -> 3 x (T, C) */
    QueryKeyValue forward(Tensor x, ForwardPass pass);

    /** One matrix whose columns are all queries, then all keys, then all values: GPT-2's {@code c_attn}. (C, 3 C) */
    record Fused(Linear linear) implements Projections {
        @Override
        public QueryKeyValue forward(Tensor x, ForwardPass pass) {
            Tensor qkv = linear.forward(x, pass);
            int channels = qkv.size(-1) / 3;
            return new QueryKeyValue(
                    qkv.columns(0, channels),
                    qkv.columns(channels, 2 * channels),
                    qkv.columns(2 * channels, 3 * channels));
        }
    }

    /** Three matrices. 3 x (C, C) */
    record Separate(Linear q, Linear k, Linear v) implements Projections {
        @Override
        public QueryKeyValue forward(Tensor x, ForwardPass pass) {
            return new QueryKeyValue(q.forward(x, pass), k.forward(x, pass), v.forward(x, pass));
        }
    }
}
