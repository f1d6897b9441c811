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
 * @param heads where the parts of each head are
 */
public record LatentProjections(LatentQuery query, Linear compress, Norm norm, Linear expand, LatentHeads heads)
        implements Projections {
    /** What the cache has of each token: the normed latent, and the rotated channels. (T, L), (T, R) */
    record Compressed(Tensor latent, Tensor rotated) {}

    private int latent() {
        return compress.weight().outputs() - heads.rotated();
    }

    @Override
    public KeyValueShape cacheShape(Shape shape) {
        return new KeyValueShape(1, latent(), heads.rotated());
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
        Tensor plain = pass.kernels().columns(q, 0, heads.plain(), heads.key());
        Tensor turned = rotation.of(pass.kernels().columns(q, heads.plain(), heads.rotated(), heads.key()));
        Tensor both = compress.forward(x, pass);
        Tensor latent = norm.forward(pass.kernels().columns(both, 0, latent(), both.size(-1)), pass);
        Tensor shared = rotation.of(pass.kernels().columns(both, latent(), heads.rotated(), both.size(-1)));
        Tensor expanded = expand.forward(latent, pass);
        return new QueryKeyValue(
                heads.joined(plain, turned),
                heads.keys(expanded, shared, pass),
                heads.values(expanded, pass),
                new Compressed(latent, shared));
    }

    /** Returns keys and values of all heads: those of the tokens in the cache are computed from their latents, page by page. */
    @Override
    public KeyValuePages append(QueryKeyValue qkv, int from, int to, KeyValuePages cache, ForwardPass pass) {
        KeyValuePages all = new KeyValuePages(new KeyValueShape(heads.count(), heads.key(), heads.value()));
        int past = cache.length();
        for (int start = 0; start < past; start += KeyValuePages.POSITIONS) {
            int end = Math.min(start + KeyValuePages.POSITIONS, past);
            Tensor expanded = pass.kernels().linear(cache.keys(start, end), expand.weight(), expand.bias());
            Tensor shared = cache.values(start, end);
            pass.kernels()
                    .append(heads.keys(expanded, shared, pass), heads.values(expanded, pass), 0, end - start, all);
        }
        pass.kernels().append(qkv.compressed().latent(), qkv.compressed().rotated(), from, to, cache);
        pass.kernels().append(qkv.k(), qkv.v(), from, to, all);
        return all;
    }
}
