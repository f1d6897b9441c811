package dev.touchstone.model;

import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.KeyValueShape;
import dev.touchstone.tensor.Tensor;

/**
 * Multi-head latent attention (DeepSeek-V2, 2024): the keys and values of all H heads are computed from one vector of L channels for each
 * token, the latent. The first N channels of a key have no position. The other R are rotated, and are the same in all heads. The cache
 * has latents and rotated channels only; keys and values of earlier tokens are computed again in each pass.
 *
 * @param query from the input to queries of N + R channels for each head
 * @param compress from the input to the latent, then the channels that are rotated. (C, L + R)
 * @param norm of the latent. (L)
 * @param expand from the normed latent to the N channels of the key and the E of the value of each head. (L, H (N + E))
 */
public record LatentProjections(Query query, Linear compress, Norm norm, Linear expand, Sizes sizes)
        implements Projections {
    /**
     * The sizes of a head.
     *
     * @param plain channels of a key without position, N
     * @param rotated channels of a key with rotary embedding, R
     * @param value channels of a value, E
     */
    public record Sizes(int plain, int rotated, int value) {
        int key() {
            return plain + rotated;
        }
    }

    /**
     * The projection of queries.
     *
     * @param compress from the input to the latent of the queries; null if they are computed from the input
     * @param norm of this latent; null if there is none
     * @param expand from the latent or the input to the queries
     */
    public record Query(Linear compress, Norm norm, Linear expand) {
        /** (T, C) -> (T, H (N + R)) */
        Tensor forward(Tensor x, ForwardPass pass) {
            Tensor latent = compress == null ? x : norm.forward(compress.forward(x, pass), pass);
            return expand.forward(latent, pass);
        }
    }

    /** What the cache has of each token: the normed latent, and the rotated channels. (T, L), (T, R) */
    record Compressed(Tensor latent, Tensor rotated) {}

    private int latent() {
        return compress.weight().outputs() - sizes.rotated;
    }

    private int heads() {
        return expand.weight().outputs() / (sizes.plain + sizes.value);
    }

    @Override
    public KeyValueShape cacheShape(Shape shape) {
        return new KeyValueShape(1, latent(), sizes.rotated);
    }

    @Override
    public QueryKeyValue forward(Tensor x, ForwardPass pass) {
        return forward(x, Rotary.Rotation.NONE, pass);
    }

    @Override
    public QueryKeyValue rotated(Tensor x, ForwardPass pass) {
        return forward(x, pass.rotation(), pass);
    }

    private QueryKeyValue forward(Tensor x, Rotary.Rotation rotation, ForwardPass pass) {
        Tensor q = query.forward(x, pass);
        Tensor plain = pass.kernels().columns(q, 0, sizes.plain, sizes.key());
        Tensor turned = rotation.of(pass.kernels().columns(q, sizes.plain, sizes.rotated, sizes.key()));
        Tensor both = compress.forward(x, pass);
        Tensor latent = norm.forward(pass.kernels().columns(both, 0, latent(), both.size(-1)), pass);
        Tensor shared = rotation.of(pass.kernels().columns(both, latent(), sizes.rotated, both.size(-1)));
        Tensor expanded = expand.forward(latent, pass);
        return new QueryKeyValue(
                joined(plain, turned),
                keys(expanded, shared, pass),
                values(expanded, pass),
                new Compressed(latent, shared));
    }

    /** (T, H (N + E)), (T, R) -> (T, H (N + R)) */
    private Tensor keys(Tensor expanded, Tensor shared, ForwardPass pass) {
        return joined(pass.kernels().columns(expanded, 0, sizes.plain, sizes.plain + sizes.value), shared);
    }

    /** (T, H (N + E)) -> (T, H E) */
    private Tensor values(Tensor expanded, ForwardPass pass) {
        return pass.kernels().columns(expanded, sizes.plain, sizes.value, sizes.plain + sizes.value);
    }

    /** The channels of each head without position, then its rotated ones, or those of all. (T, H N), (T, H R or R) -> (T, H (N + R)) */
    private Tensor joined(Tensor plain, Tensor rotated) {
        Tensor heads = Tensor.zeros(plain.rows(), heads() * sizes.key());
        for (int i = 0; i < plain.rows() * heads(); i++) {
            int row = rotated.size(-1) == sizes.rotated ? i / heads() : i;
            System.arraycopy(plain.data(), i * sizes.plain, heads.data(), i * sizes.key(), sizes.plain);
            System.arraycopy(
                    rotated.data(), row * sizes.rotated, heads.data(), i * sizes.key() + sizes.plain, sizes.rotated);
        }
        return heads;
    }

    /** Returns keys and values of all heads: those of the tokens in the cache are computed from their latents, page by page. */
    @Override
    public KeyValuePages append(QueryKeyValue qkv, int from, int to, KeyValuePages cache, ForwardPass pass) {
        KeyValuePages all = new KeyValuePages(new KeyValueShape(heads(), sizes.key(), sizes.value));
        int past = cache.length();
        for (int start = 0; start < past; start += KeyValuePages.POSITIONS) {
            int end = Math.min(start + KeyValuePages.POSITIONS, past);
            Tensor expanded = pass.kernels().linear(cache.keys(start, end), expand.weight(), expand.bias());
            Tensor shared = cache.values(start, end);
            pass.kernels().append(keys(expanded, shared, pass), values(expanded, pass), 0, end - start, all);
        }
        pass.kernels().append(qkv.compressed().latent(), qkv.compressed().rotated(), from, to, cache);
        pass.kernels().append(qkv.k(), qkv.v(), from, to, all);
        return all;
    }
}
