package dev.touchstone.families;

import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Linear;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;
import java.util.Set;

/**
 * Phi-3, Phi-3.5 and Phi-4 ({@code Phi3Config} and {@code modeling_phi3.py} in Hugging Face transformers): Llama with fused projections, a
 * sliding window in all layers, and LongRoPE, which Phi-4-mini applies to some channels. Dropouts change nothing in inference.
 */
final class Phi3 {
    private static final Shape DEFAULTS = new Shape(32, 32, 0, 0, 3072, 4096, 32_064);

    private Phi3() {}

    static Transformer build(Config file, Weights weights) {
        Config config = file.withDefault("original_max_position_embeddings", 4096);
        LlamaParts parts = LlamaParts.read(config, weights, DEFAULTS).withDefaultEpsilon(1e-5);
        return parts.transformer(parts.ends(false), rotary(parts), layer -> block(layer, parts));
    }

    private static Rotary rotary(LlamaParts parts) {
        Config settings = RotarySettings.settings(parts.config());
        String type = settings.has("rope_type") ? "rope_type" : "type";
        String found = settings.text(type).orElse("default");
        if (!Set.of("default", "longrope").contains(found)) {
            throw settings.error(type, found, "default or longrope, the types of this family");
        }
        return RotarySettings.read(
                parts.config(),
                parts.shape().headSize(),
                parts.shape().positions(),
                parts.config().nonNegative("rope_theta", 10_000),
                parts.config().nonNegative("partial_rotary_factor", 1));
    }

    private static Block block(int layer, LlamaParts parts) {
        String name = LlamaParts.attentionName(layer);
        Attention attention = parts.attention(
                layer,
                projections(name, parts),
                parts.scoringWithOptionalWindow(),
                parts.output(name + ".o_proj", false));
        return parts.block(layer, attention, mlp("layers." + layer + ".mlp", parts));
    }

    private static Projections projections(String name, LlamaParts parts) {
        int keyValues = parts.shape().keyValueHeads() * parts.shape().headSize();
        int queries = parts.shape().heads() * parts.shape().headSize();
        Linear fused =
                parts.weights().linear(name + ".qkv_proj", parts.shape().channels(), queries + 2 * keyValues, false);
        return new Projections.Fused(fused, keyValues);
    }

    private static Mlp mlp(String name, LlamaParts parts) {
        int channels = parts.shape().channels();
        int inner = parts.config().size("intermediate_size", 8192);
        return new Mlp.GatedFused(
                name,
                parts.weights().linear(name + ".gate_up_proj", channels, 2 * inner, false),
                new NamedActivation(
                        name + ".activation_fn", parts.config().choice("hidden_act", "silu", Activations.BY_NAME)),
                parts.weights().linear(name + ".down_proj", inner, channels, false));
    }
}
