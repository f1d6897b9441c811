package dev.touchstone.families;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * GPT-2 ({@code GPT2Config} and {@code modeling_gpt2.py} in Hugging Face transformers). Dropouts, {@code reorder_and_upcast_attn},
 * {@code initializer_range} and the settings of summaries change nothing in float32 inference.
 */
final class Gpt2 {
    /** The names of sizes that GPT-J shares. */
    static final Map<String, String> NAMES = Map.of(
            "n_embd", "hidden_size",
            "n_head", "num_attention_heads",
            "n_layer", "num_hidden_layers",
            "n_positions", "max_position_embeddings");

    private static final Shape DEFAULTS = new Shape(12, 12, 64, 768, 1024, 50_257);

    private Gpt2() {}

    static Transformer build(Config file, Weights weights) {
        GptParts parts = read(file, weights);
        return transformer(parts, layer -> attention(layer, parts), layer -> mlp(layer, parts));
    }

    /** The sizes, and the epsilon of the norms. */
    static GptParts read(Config file, Weights weights) {
        Config config = file.withNames(NAMES);
        config.refuse(
                "add_cross_attention",
                config.flag("add_cross_attention", false),
                "the decoder of an encoder-decoder model is not supported; expected false");
        return GptParts.read(config, weights, DEFAULTS, config.nonNegative("layer_norm_epsilon", 1e-5));
    }

    /** A model of sequential blocks with these layers. */
    static Transformer transformer(GptParts parts, IntFunction<Attention> attention, IntFunction<Mlp> mlp) {
        EmbeddingAndHead ends = parts.ends("wte", true);
        Stem stem = new Stem("drop", ends.embedding(), parts.positions("wpe", 0));
        return parts.transformer(
                ends,
                stem,
                null,
                "ln_f",
                layer -> new Block.Sequential(
                        "h." + layer,
                        parts.norm("h." + layer + ".ln_1"),
                        attention.apply(layer),
                        parts.norm("h." + layer + ".ln_2"),
                        mlp.apply(layer)));
    }

    private static Attention attention(int layer, GptParts parts) {
        String name = "h." + layer + ".attn";
        int channels = parts.channels();
        double scale = parts.config().flag("scale_attn_weights", true) ? parts.scale() : 1;
        if (parts.config().flag("scale_attn_by_inverse_layer_idx", false)) {
            scale /= layer + 1;
        }
        return new Attention(
                name,
                layer,
                new Projections.Fused(parts.weights().conv1d(name + ".c_attn", channels, 3 * channels)),
                new Scoring((float) scale),
                parts.weights().conv1d(name + ".c_proj", channels, channels));
    }

    private static Mlp mlp(int layer, GptParts parts) {
        String name = "h." + layer + ".mlp";
        int inner = parts.config().size("n_inner", 4 * parts.channels());
        return new Mlp.Plain(
                name,
                parts.weights().conv1d(name + ".c_fc", parts.channels(), inner),
                parts.activation(name + ".act", "activation_function", "gelu_new"),
                parts.weights().conv1d(name + ".c_proj", inner, parts.channels()));
    }
}
