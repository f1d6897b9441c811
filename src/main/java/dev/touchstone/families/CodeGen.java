package dev.touchstone.families;

import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Linear;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;

/**
 * CodeGen ({@code CodeGenConfig} and {@code modeling_codegen.py} in Hugging Face transformers): GPT-J with a fused projection. Its columns
 * are in four parts, one for each core of a TPU; each part has queries, then values, then keys.
 */
final class CodeGen {
    private static final int PARTS = 4;
    private static final Shape DEFAULTS = new Shape(28, 16, 256, 4096, 2048, 50_400);

    private CodeGen() {}

    static Transformer build(Config file, Weights weights) {
        Config config = file.withNames(Gpt2.NAMES);
        GptParts parts = GptParts.read(config, weights, DEFAULTS, config.nonNegative("layer_norm_epsilon", 1e-5));
        int heads = parts.shape().heads();
        if (heads % PARTS != 0) {
            throw config.error(config.field("num_attention_heads"), heads, "a multiple of " + PARTS);
        }
        EmbeddingAndHead ends = parts.ends("wte", false).withBias(weights);
        Stem stem = new Stem("drop", ends.embedding(), null);
        return parts.transformer(ends, stem, GptJ.rotary(parts), "ln_f", layer -> block(layer, parts));
    }

    private static Block block(int layer, GptParts parts) {
        String name = "h." + layer;
        String attention = name + ".attn";
        int channels = parts.channels();
        Linear fused = parts.fromStream(attention + ".qkv_proj", 3 * channels, false);
        return new Block.Parallel(
                name,
                parts.norm(name + ".ln_1"),
                new Attention(
                        attention,
                        layer,
                        new Projections.Interleaved(fused, channels / PARTS, channels / PARTS, true),
                        parts.scoring(),
                        parts.toStream(attention + ".out_proj", channels, false)),
                null,
                GptJ.mlp(name + ".mlp", parts));
    }
}
