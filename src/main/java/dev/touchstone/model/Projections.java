package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/**
 * The projections from the input of attention to queries, keys and values, for H query heads and G key-value heads of D
 * channels each.
 */
public sealed interface Projections {
    /** The heads of each are concatenated. (T, H D), (T, G D), (T, G D) */
    record QueryKeyValue(Tensor q, Tensor k, Tensor v) {}

    /** (T, C) -> (T, H D), (T, G D), (T, G D) */
    QueryKeyValue forward(Tensor x, ForwardPass pass);

    /** One matrix with the columns of all queries, then all keys, then all values: GPT-2's {@code c_attn}. (C, 3 C) */
    record Fused(Linear linear) implements Projections {
        @Override
        public QueryKeyValue forward(Tensor x, ForwardPass pass) {
            Tensor qkv = linear.forward(x, pass);
            return split(qkv, qkv.size(-1) / 3, pass);
        }
    }

    /** Three matrices: Llama's {@code q_proj}, {@code k_proj}, {@code v_proj}. (C, H D), (C, G D), (C, G D) */
    record Separate(Linear q, Linear k, Linear v) implements Projections {
        @Override
        public QueryKeyValue forward(Tensor x, ForwardPass pass) {
            return new QueryKeyValue(q.forward(x, pass), k.forward(x, pass), v.forward(x, pass));
        }
    }

    /** One matrix with the columns of query, key and value of each head in turn: GPT-NeoX and BLOOM. (C, 3 C) */
    record Interleaved(Linear linear, int headSize) implements Projections {
        @Override
        public QueryKeyValue forward(Tensor x, ForwardPass pass) {
            return split(linear.forward(x, pass), headSize, pass);
        }
    }

    /** Of every {@code 3 width} columns the first {@code width} are queries, the next keys, the last values. */
    private static QueryKeyValue split(Tensor qkv, int width, ForwardPass pass) {
        return new QueryKeyValue(
                pass.kernels().columns(qkv, 0, width, 3 * width),
                pass.kernels().columns(qkv, width, width, 3 * width),
                pass.kernels().columns(qkv, 2 * width, width, 3 * width));
    }

    /**
     * A norm of queries and keys: of each head in Qwen3, of all heads together in OLMo 2.
     *
     * @param q of queries, with D or H D gains
     * @param k of keys, with D or G D gains
     */
    record Normed(Projections projections, Norm q, Norm k) implements Projections {
        @Override
        public QueryKeyValue forward(Tensor x, ForwardPass pass) {
            QueryKeyValue qkv = projections.forward(x, pass);
            return new QueryKeyValue(q.forward(qkv.q, pass), k.forward(qkv.k, pass), qkv.v);
        }
    }

    /** Queries, keys and values are limited to numbers from {@code -limit} to {@code limit}: {@code clip_qkv} of OLMo. */
    record Clipped(Projections projections, float limit) implements Projections {
        @Override
        public QueryKeyValue forward(Tensor x, ForwardPass pass) {
            QueryKeyValue qkv = projections.forward(x, pass);
            return new QueryKeyValue(clip(qkv.q, pass), clip(qkv.k, pass), clip(qkv.v, pass));
        }

        private Tensor clip(Tensor x, ForwardPass pass) {
            return pass.kernels().clamp(x, -limit, limit);
        }
    }

    /** Queries are multiplied by the scale of the scores, instead of the scores: OPT and XGLM. */
    record ScaledQueries(Projections projections, float scale) implements Projections {
        @Override
        public QueryKeyValue forward(Tensor x, ForwardPass pass) {
            QueryKeyValue qkv = projections.forward(x, pass);
            return new QueryKeyValue(pass.kernels().scale(qkv.q, scale), qkv.k, qkv.v);
        }
    }
}
