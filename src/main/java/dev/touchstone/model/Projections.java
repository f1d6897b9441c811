package dev.touchstone.model;

import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.KeyValueShape;
import dev.touchstone.tensor.Tensor;

/**
 * The projections from the input of attention to queries, keys and values, for H query heads and G key-value heads of D
 * channels each.
 */
public sealed interface Projections
        permits Projections.Fused,
                Projections.Separate,
                Projections.Interleaved,
                NormedProjections,
                ClippedProjections,
                ScaledQueries,
                ProjectionsAfterRotary,
                LatentProjections {
    /**
     * The heads of each are concatenated. (T, H D), (T, G D), (T, G D)
     *
     * @param compressed what the cache has of keys and values; null if it has them as they are
     */
    record QueryKeyValue(Tensor q, Tensor k, Tensor v, LatentProjections.Compressed compressed) {
        /** Keys and values that are cached as they are. */
        public QueryKeyValue(Tensor q, Tensor k, Tensor v) {
            this(q, k, v, null);
        }
    }

    /** Without rotary embedding. (T, C) -> (T, H D), (T, G D), (T, G D) */
    QueryKeyValue forward(Tensor x, ForwardPass pass);

    /** With the rotary embedding of the layer. (T, C) -> (T, H D), (T, G D), (T, G D) */
    default QueryKeyValue rotated(Tensor x, ForwardPass pass) {
        QueryKeyValue qkv = forward(x, pass);
        return new QueryKeyValue(pass.rotation().of(qkv.q), pass.rotation().of(qkv.k), qkv.v);
    }

    /** The sizes of what the cache has of each token. */
    default KeyValueShape cacheShape(Shape shape) {
        return new KeyValueShape(shape.keyValueHeads(), shape.headSize());
    }

    /**
     * Appends rows {@code from} (inclusive) to {@code to} (exclusive) of keys and values to the cache of a sequence. Returns the keys and
     * values of all its tokens.
     */
    default KeyValuePages append(QueryKeyValue qkv, int from, int to, KeyValuePages cache, ForwardPass pass) {
        pass.kernels().append(qkv.k, qkv.v, from, to, cache);
        return cache;
    }

    /**
     * One matrix with the columns of all queries, then all keys, then all values: GPT-2's {@code c_attn}. (C, (H + 2 G) D)
     *
     * @param keyValues the number of columns of the keys, and of the values: G D
     */
    record Fused(Linear linear, int keyValues) implements Projections {
        /** As many keys and values as queries. */
        public Fused(Linear linear) {
            this(linear, linear.weight().outputs() / 3);
        }

        @Override
        public QueryKeyValue forward(Tensor x, ForwardPass pass) {
            Tensor qkv = linear.forward(x, pass);
            int queries = qkv.size(-1) - 2 * keyValues;
            return split(qkv, queries, keyValues, queries, queries + keyValues, pass);
        }
    }

    /** Three matrices: Llama's {@code q_proj}, {@code k_proj}, {@code v_proj}. (C, H D), (C, G D), (C, G D) */
    record Separate(Linear q, Linear k, Linear v) implements Projections {
        @Override
        public QueryKeyValue forward(Tensor x, ForwardPass pass) {
            return new QueryKeyValue(q.forward(x, pass), k.forward(x, pass), v.forward(x, pass));
        }
    }

    /**
     * One matrix with the columns of queries, keys and values of each group of heads in turn. In GPT-NeoX and BLOOM a group is a head,
     * in Falcon's new decoder it is a key-value head and the query heads that share it, in CodeGen a quarter of all heads.
     * (C, (H + 2 G) D)
     *
     * @param queries the number of columns of the queries of one group
     * @param keyValues the number of columns of the keys of one group, and of its values
     * @param valuesFirst whether a group has its values before its keys, as in CodeGen
     */
    record Interleaved(Linear linear, int queries, int keyValues, boolean valuesFirst) implements Projections {
        /** A group is a head. */
        public Interleaved(Linear linear, int headSize) {
            this(linear, headSize, headSize, false);
        }

        @Override
        public QueryKeyValue forward(Tensor x, ForwardPass pass) {
            int second = queries + keyValues;
            return split(
                    linear.forward(x, pass),
                    queries,
                    keyValues,
                    valuesFirst ? second : queries,
                    valuesFirst ? queries : second,
                    pass);
        }
    }

    /** Of every {@code queries + 2 keyValues} columns the first are queries; keys and values start at the given columns. */
    private static QueryKeyValue split(Tensor qkv, int queries, int keyValues, int keys, int values, ForwardPass pass) {
        int step = queries + 2 * keyValues;
        return new QueryKeyValue(
                pass.kernels().columns(qkv, 0, queries, step),
                pass.kernels().columns(qkv, keys, keyValues, step),
                pass.kernels().columns(qkv, values, keyValues, step));
    }
}
