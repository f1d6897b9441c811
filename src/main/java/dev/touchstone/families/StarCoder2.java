package dev.touchstone.families;

import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;

/**
 * StarCoder2 ({@code Starcoder2Config} and {@code modeling_starcoder2.py} in Hugging Face transformers): Llama's grouped-query attention
 * with rotary embeddings, GPT-2's LayerNorm and MLP, biases everywhere, and a sliding window in all layers.
 */
final class StarCoder2 {
    private static final Shape DEFAULTS = new Shape(30, 24, 2, 0, 3072, 4096, 49_152);

    private StarCoder2() {}

    static Transformer build(Config config, Weights weights) {
        LlamaParts llama = LlamaParts.read(config, weights, DEFAULTS);
        GptParts parts = new GptParts(config, weights, llama.shape(), config.nonNegative("norm_epsilon", 1e-5));
        EmbeddingAndHead ends = parts.ends("embed_tokens", true);
        return parts.transformer(
                ends, new Stem(ends.embedding()), llama.rotary(), "norm", layer -> block(layer, llama, parts));
    }

    private static Block block(int layer, LlamaParts llama, GptParts parts) {
        String name = "layers." + layer;
        boolean bias = parts.config().flag("use_bias", true);
        Attention attention = llama.attention(layer, bias, bias, llama.scoringWithOptionalWindow());
        return new Block.Sequential(
                name,
                parts.norm(name + ".input_layernorm"),
                attention,
                parts.norm(name + ".post_attention_layernorm"),
                mlp(name + ".mlp", bias, parts));
    }

    private static Mlp mlp(String name, boolean bias, GptParts parts) {
        int inner = parts.config().size("intermediate_size", 12_288);
        return new Mlp.Plain(
                name,
                parts.fromStream(name + ".c_fc", inner, bias),
                parts.activation(name + ".act", "hidden_act", "gelu_pytorch_tanh"),
                parts.toStream(name + ".c_proj", inner, bias));
    }
}
