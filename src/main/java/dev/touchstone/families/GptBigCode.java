package dev.touchstone.families;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Linear;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Transformer;
import dev.touchstone.weights.Weights;

/**
 * GPT-BigCode, SantaCoder and StarCoder ({@code GPTBigCodeConfig} and {@code modeling_gpt_bigcode.py} in Hugging Face transformers): GPT-2
 * with one key-value head, unless {@code multi_query} is false. {@code attention_softmax_in_fp32} and
 * {@code scale_attention_softmax_in_fp32} change nothing in float32.
 */
final class GptBigCode {
    private GptBigCode() {}

    static Transformer build(Config file, Weights weights) {
        GptParts plain = Gpt2.read(file, weights);
        boolean multiQuery = plain.config().flag("multi_query", true);
        GptParts parts = plain.withKeyValueHeads(multiQuery ? 1 : plain.shape().heads());
        return Gpt2.transformer(parts, layer -> attention(layer, parts), layer -> mlp(layer, parts));
    }

    private static Attention attention(int layer, GptParts parts) {
        String name = "h." + layer + ".attn";
        boolean scaled = parts.config().flag("scale_attn_weights", true);
        return new Attention(
                name,
                layer,
                projections(name + ".c_attn", parts),
                scaled ? parts.scoring() : new Scoring(1),
                parts.toStream(name + ".c_proj", parts.channels(), true));
    }

    private static Projections projections(String name, GptParts parts) {
        if (parts.shape().keyValueHeads() > 1) {
            return parts.interleaved(name, true);
        }
        int size = parts.shape().headSize();
        Linear fused = parts.fromStream(name, parts.channels() + 2 * size, true);
        return new Projections.Fused(fused, size);
    }

    private static Mlp mlp(int layer, GptParts parts) {
        String name = "h." + layer + ".mlp";
        int inner = parts.config().size("n_inner", 4 * parts.channels());
        return new Mlp.Plain(
                name,
                parts.fromStream(name + ".c_fc", inner, true),
                parts.activation(name + ".act", "activation_function", "gelu_pytorch_tanh"),
                parts.toStream(name + ".c_proj", inner, true));
    }
}
