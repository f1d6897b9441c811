package dev.touchstone.families;

import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Norm;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;

/**
 * GPT-NeoX and Pythia ({@code GPTNeoXConfig} and {@code modeling_gpt_neox.py} in Hugging Face transformers): rotary embeddings on some
 * channels, attention and MLP in parallel, each with a norm, and projections that are interleaved by head.
 */
final class GptNeoX {
    private static final Shape DEFAULTS = new Shape(44, 64, 96, 6144, 2048, 50_432);

    private GptNeoX() {}

    static Transformer build(Config config, Weights weights) {
        GptParts parts = GptParts.read(config, weights, DEFAULTS, config.nonNegative("layer_norm_eps", 1e-5));
        boolean hasOtherName = weights.has("lm_head.weight") && !weights.has("embed_out.weight");
        String head = hasOtherName ? "lm_head" : "embed_out";
        EmbeddingAndHead ends = parts.ends("embed_in", head, false);
        Rotary rotary = RotarySettings.read(
                config,
                parts.shape().headSize(),
                parts.shape().positions(),
                config.nonNegative("rotary_emb_base", 10_000),
                config.nonNegative("rotary_pct", 0.25));
        return parts.transformer(
                ends, new Stem(ends.embedding()), rotary, "final_layer_norm", layer -> block(layer, parts));
    }

    private static Block block(int layer, GptParts parts) {
        String name = "layers." + layer;
        Norm ln1 = parts.norm(name + ".input_layernorm");
        Attention attention = attention(layer, name + ".attention", parts);
        Norm ln2 = parts.norm(name + ".post_attention_layernorm");
        Mlp mlp = mlp(name + ".mlp", parts);
        return parts.config().flag("use_parallel_residual", true)
                ? new Block.Parallel(name, ln1, attention, ln2, mlp)
                : new Block.Sequential(name, ln1, attention, ln2, mlp);
    }

    private static Attention attention(int layer, String name, GptParts parts) {
        boolean bias = parts.config().flag("attention_bias", true);
        return new Attention(
                name,
                layer,
                parts.interleaved(name + ".query_key_value", bias),
                parts.scoring(),
                parts.toStream(name + ".dense", parts.channels(), bias));
    }

    private static Mlp mlp(String name, GptParts parts) {
        int inner = parts.config().size("intermediate_size", 24_576);
        return new Mlp.Plain(
                name,
                parts.fromStream(name + ".dense_h_to_4h", inner, true),
                parts.activation(name + ".act", "hidden_act", "gelu"),
                parts.toStream(name + ".dense_4h_to_h", inner, true));
    }
}
