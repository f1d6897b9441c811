package dev.touchstone.families;

import dev.touchstone.kernels.Activation;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;
import java.util.HashMap;
import java.util.Map;

/**
 * Gemma 1 ({@code GemmaConfig} and {@code modeling_gemma.py} in Hugging Face transformers): Llama with GELU, norms that add 1 to their
 * weights, and a scaled embedding.
 */
final class Gemma {
    private static final Shape DEFAULTS = new Shape(28, 16, 16, 256, 3072, 8192, 256_000);
    private static final Map<String, Activation> ACTIVATIONS = new HashMap<>(Activations.BY_NAME);

    static {
        ACTIVATIONS.put("gelu", Activation.GELU_NEW); // files of the first release say gelu and mean that with tanh
    }

    private Gemma() {}

    static Transformer build(Config config, Weights weights) {
        refuseBidirectional(config);
        LlamaParts parts = LlamaParts.read(config, weights, DEFAULTS).withOneAddedToNorms();
        Shape shape = parts.shape();
        Rotary rotary = RotarySettings.whole(config, shape.headSize(), shape.positions());
        return parts.transformer(
                parts.ends(true).withScale(Math.sqrt(shape.channels())), rotary, layer -> block(layer, parts));
    }

    static void refuseBidirectional(Config config) {
        config.refuse(
                "use_bidirectional_attention",
                config.flag("use_bidirectional_attention", false),
                "attention to later tokens is not supported; expected false");
    }

    private static Block block(int layer, LlamaParts parts) {
        boolean bias = parts.config().flag("attention_bias", false);
        Activation activation = parts.config().choice("hidden_act", "gelu_pytorch_tanh", ACTIVATIONS);
        Attention attention = parts.attention(layer, bias, bias, parts.scoring());
        return parts.block(layer, attention, parts.mlp(layer, 24_576, false, activation));
    }
}
