package dev.touchstone.families;

import dev.touchstone.model.Linear;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Transformer;
import dev.touchstone.weights.Weights;

/**
 * CodeGen ({@code CodeGenConfig} and {@code modeling_codegen.py} in Hugging Face transformers): GPT-J with a fused projection. Its columns
 * are in four parts, one for each core of a TPU; each part has queries, then values, then keys.
 */
final class CodeGen {
    private static final int PARTS = 4;

    private CodeGen() {}

    static Transformer build(Config file, Weights weights) {
        GptParts parts = GptJ.read(file, weights);
        int heads = parts.shape().heads();
        if (heads % PARTS != 0) {
            throw parts.config().error(parts.config().field("num_attention_heads"), heads, "a multiple of " + PARTS);
        }
        return GptJ.transformer(parts, attention -> projections(attention, parts));
    }

    private static Projections projections(String attention, GptParts parts) {
        int channels = parts.channels();
        Linear fused = parts.fromStream(attention + ".qkv_proj", 3 * channels, false);
        return new Projections.Interleaved(fused, channels / PARTS, channels / PARTS, true);
    }
}
