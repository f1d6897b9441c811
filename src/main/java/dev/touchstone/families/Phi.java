package dev.touchstone.families;

import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;

/**
 * Phi 1 to 2 ({@code PhiConfig} and {@code modeling_phi.py} in Hugging Face transformers): Llama's attention with biases and rotary
 * embeddings on some channels, GPT-2's norm and MLP, both computed in parallel from one norm, and a head with a bias.
 */
final class Phi {
    private static final Shape DEFAULTS = new Shape(24, 32, 0, 0, 2048, 2048, 51_200);

    private Phi() {}

    static Transformer build(Config config, Weights weights) {
        config.refuse(
                "qk_layernorm",
                config.flag("qk_layernorm", false),
                "norms of queries and keys are not supported in this family; expected false");
        LlamaParts llama = LlamaParts.read(config, weights, DEFAULTS);
        GptParts parts = new GptParts(config, weights, llama.shape(), config.nonNegative("layer_norm_eps", 1e-5));
        EmbeddingAndHead ends = parts.ends("embed_tokens", false).withBias(weights);
        Rotary rotary = RotarySettings.read(
                config,
                parts.shape().headSize(),
                parts.shape().positions(),
                config.nonNegative("rope_theta", 10_000),
                config.nonNegative("partial_rotary_factor", 0.5));
        return parts.transformer(
                ends, new Stem(ends.embedding()), rotary, "final_layernorm", layer -> block(layer, llama, parts));
    }

    private static Block block(int layer, LlamaParts llama, GptParts parts) {
        String name = "layers." + layer;
        String attentionName = LlamaParts.attentionName(layer);
        Attention attention = llama.attention(
                layer,
                llama.projections(attentionName, true),
                llama.scoring(),
                llama.output(attentionName + ".dense", true));
        return new Block.Parallel(
                name, parts.norm(name + ".input_layernorm"), attention, null, mlp(name + ".mlp", parts));
    }

    private static Mlp mlp(String name, GptParts parts) {
        int inner = parts.config().size("intermediate_size", 8192);
        return new Mlp.Plain(
                name,
                parts.fromStream(name + ".fc1", inner, true),
                parts.activation(name + ".activation_fn", "hidden_act", "gelu_new"),
                parts.toStream(name + ".fc2", inner, true));
    }
}
