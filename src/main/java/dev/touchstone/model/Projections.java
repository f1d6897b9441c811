package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/** How a block's input becomes queries, keys and values. */
public sealed interface Projections {
    /** Heads side by side, of keys and values as many or fewer. (T, H D), (T, G D), (T, G D) */
    record QueryKeyValue(Tensor q, Tensor k, Tensor v) {}

    /** (T, C) -> (T, H D), (T, G D), (T, G D) */
    QueryKeyValue forward(Tensor x, ForwardPass pass);

    /** One matrix whose columns are all queries, then all keys, then all values: GPT-2's {@code c_attn}. (C, 3 C) */
    record Fused(Linear linear) implements Projections {
        @Override
        public QueryKeyValue forward(Tensor x, ForwardPass pass) {
            Tensor qkv = linear.forward(x, pass);
            return cut(qkv, qkv.size(-1) / 3, pass);
        }
    }

    /** Three matrices. (C, H D), (C, G D), (C, G D) */
    record Separate(Linear q, Linear k, Linear v) implements Projections {
        @Override
        public QueryKeyValue forward(Tensor x, ForwardPass pass) {
            return new QueryKeyValue(q.forward(x, pass), k.forward(x, pass), v.forward(x, pass));
        }
    }

    /** One matrix whose columns are, head by head, its query, its key and its value: GPT-NeoX and BLOOM. (C, 3 C) */
    record Interleaved(Linear linear, int headSize) implements Projections {
        @Override
        public QueryKeyValue forward(Tensor x, ForwardPass pass) {
            return cut(linear.forward(x, pass), headSize, pass);
        }
    }

    /** Of every {@code 3 width} columns the first {@code width} are queries, then keys, then values. */
    private static QueryKeyValue cut(Tensor qkv, int width, ForwardPass pass) {
        return new QueryKeyValue(
                pass.kernels().columns(qkv, 0, width, 3 * width),
                pass.kernels().columns(qkv, width, width, 3 * width),
                pass.kernels().columns(qkv, 2 * width, width, 3 * width));
    }

    /** Each head of queries and keys brought to one size: Qwen3. */
    record Normed(Projections projections, Norm q, Norm k) implements Projections {
        @Override
        public QueryKeyValue forward(Tensor x, ForwardPass pass) {
            QueryKeyValue plain = projections.forward(x, pass);
            return new QueryKeyValue(q.forward(plain.q, pass), k.forward(plain.k, pass), plain.v);
        }
    }

    /** The scale of the scores applied to the queries before: OPT. */
    record ScaledQueries(Projections projections, float scale) implements Projections {
        @Override
        public QueryKeyValue forward(Tensor x, ForwardPass pass) {
            QueryKeyValue plain = projections.forward(x, pass);
            return new QueryKeyValue(pass.kernels().scale(plain.q, scale), plain.k, plain.v);
        }
    }
}
