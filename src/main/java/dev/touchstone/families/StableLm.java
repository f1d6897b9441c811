package dev.touchstone.families;

import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.LayerNorm;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.NormedProjections;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;

/**
 * StableLM ({@code StableLmConfig} and {@code modeling_stablelm.py} in Hugging Face transformers): Llama with LayerNorm, rotary embeddings on
 * some channels, and, if the configuration asks for them, norms of queries and keys with weights of its own for each head, and attention
 * and MLP in parallel.
 */
final class StableLm {
    private static final Shape DEFAULTS = new Shape(32, 32, 32, 0, 2560, 4096, 50_304);

    private StableLm() {}

    static Transformer build(Config config, Weights weights) {
        LlamaParts llama = LlamaParts.read(config, weights, DEFAULTS);
        Shape shape = llama.shape();
        config.refuse(
                "head_dim",
                shape.heads() * shape.headSize() != shape.channels(),
                "in this family the size of a head follows from the other sizes; expected "
                        + shape.channels() / shape.heads());
        GptParts parts = new GptParts(config, weights, llama.shape(), config.nonNegative("layer_norm_eps", 1e-5));
        EmbeddingAndHead ends = parts.ends("embed_tokens", false);
        Rotary rotary = RotarySettings.read(
                config,
                parts.shape().headSize(),
                parts.shape().positions(),
                config.nonNegative("rope_theta", 10_000),
                config.nonNegative("partial_rotary_factor", 0.25));
        return parts.transformer(ends, new Stem(ends.embedding()), rotary, "norm", layer -> block(layer, llama, parts));
    }

    private static Block block(int layer, LlamaParts llama, GptParts parts) {
        String name = "layers." + layer;
        LayerNorm ln1 = parts.norm(name + ".input_layernorm");
        Attention attention = attention(layer, llama, parts);
        Mlp mlp = llama.mlp(layer, 6912, false, "hidden_act", "silu");
        return parts.config().flag("use_parallel_residual", false)
                ? new Block.Parallel(name, ln1, attention, null, mlp)
                : new Block.Sequential(name, ln1, attention, parts.norm(name + ".post_attention_layernorm"), mlp);
    }

    private static Attention attention(int layer, LlamaParts llama, GptParts parts) {
        String name = LlamaParts.attentionName(layer);
        Projections plain = llama.projections(name, parts.config().flag("use_qkv_bias", false));
        Projections projections = parts.config().flag("qk_layernorm", false)
                ? new NormedProjections(
                        plain,
                        perHead(name + ".q_layernorm", parts.shape().heads(), parts),
                        perHead(name + ".k_layernorm", parts.shape().keyValueHeads(), parts))
                : plain;
        return llama.attention(layer, projections, llama.scoring(), llama.output(name + ".o_proj", false));
    }

    /** A norm without bias that is stored as one norm for each head. H x (D) */
    private static LayerNorm perHead(String name, int heads, GptParts parts) {
        int size = parts.shape().headSize();
        float[] gains = new float[heads * size];
        for (int head = 0; head < heads; head++) {
            float[] gain = parts.weights().vector(name + ".norms." + head + ".weight", size);
            System.arraycopy(gain, 0, gains, head * size, size);
        }
        return new LayerNorm(name, size, gains, null, parts.epsilon());
    }
}
