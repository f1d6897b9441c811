package dev.touchstone.families;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Embedding;
import dev.touchstone.model.Head;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;
import java.util.List;

/**
 * Gemma 2 ({@code Gemma2Config} and {@code modeling_gemma2.py} in Hugging Face transformers): soft-capped scores and logits, a sliding
 * window in every other layer, norms before and after attention and MLP, norms that add 1 to their weights, and a scaled embedding.
 */
final class Gemma2 {
    private static final Shape DEFAULTS = new Shape(26, 8, 4, 256, 2304, 8192, 256_000);

    private Gemma2() {}

    static Transformer build(Config config, Weights weights) {
        config.refuse(
                "use_bidirectional_attention",
                config.flag("use_bidirectional_attention", false),
                "attention to later tokens is not supported; expected false");
        LlamaParts parts = LlamaParts.read(config, weights, DEFAULTS).withOneAddedToNorms();
        Transformer plain = parts.transformer(true, layer -> block(layer, parts));
        Embedding wte = plain.stem().wte();
        float scale = (float) Math.sqrt(parts.shape().channels());
        float cap = (float) config.numberOrOff("final_logit_softcapping", 30);
        return new Transformer(
                plain.shape(),
                new Stem(new Embedding(wte.name(), wte.table(), scale)),
                plain.rotary(),
                plain.blocks(),
                plain.lnF(),
                new Head(plain.head().name(), plain.head().weight(), null, cap));
    }

    private static Block block(int layer, LlamaParts parts) {
        String name = "layers." + layer;
        boolean bias = parts.config().flag("attention_bias", false);
        Attention attention = parts.attention(layer, bias, bias, scoring(layer, parts));
        Mlp mlp = parts.mlp(layer, 9216, false, "hidden_activation", "gelu_pytorch_tanh");
        return new Block.Sandwiched(
                name,
                parts.norm(name + ".input_layernorm"),
                attention,
                parts.norm(name + ".post_attention_layernorm"),
                parts.norm(name + ".pre_feedforward_layernorm"),
                mlp,
                parts.norm(name + ".post_feedforward_layernorm"));
    }

    private static Scoring scoring(int layer, LlamaParts parts) {
        Config config = parts.config();
        double scale = Math.pow(config.size("query_pre_attn_scalar", 256), -0.5);
        float cap = (float) config.numberOrOff("attn_logit_softcapping", 50);
        int window = parts.window(layer, layer % 2 == 0, 4096);
        return new Scoring((float) scale, cap, window, List.of());
    }
}
