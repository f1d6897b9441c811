package dev.touchstone.families;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.ClippedProjections;
import dev.touchstone.model.LayerNorm;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;
import java.util.Map;

/**
 * MPT ({@code MptConfig} and {@code modeling_mpt.py} in Hugging Face transformers): ALiBi, fused projections without biases, whose outputs
 * may be clipped, and norms without biases. As there, {@code alibi}, {@code alibi_bias_max}, {@code attn_type}, {@code prefix_lm},
 * {@code qk_ln}, {@code expansion_ratio}, {@code learned_pos_emb}, {@code logit_scale}, {@code no_bias} and {@code norm_type} have no effect.
 */
final class Mpt {
    private static final Map<String, String> NAMES = Map.of(
            "d_model", "hidden_size",
            "n_heads", "num_attention_heads",
            "n_layers", "num_hidden_layers",
            "max_seq_len", "max_position_embeddings");

    private static final Shape DEFAULTS = new Shape(24, 16, 128, 2048, 2048, 50_368);

    private Mpt() {}

    static Transformer build(Config file, Weights weights) {
        Config config = file.withNames(NAMES);
        GptParts parts = GptParts.read(config, weights, DEFAULTS, config.nonNegative("layer_norm_epsilon", 1e-5));
        EmbeddingAndHead ends = parts.ends("wte", true);
        return parts.transformer(
                ends, new Stem(ends.embedding()), null, () -> norm("norm_f", parts), layer -> block(layer, parts));
    }

    private static LayerNorm norm(String name, GptParts parts) {
        return parts.weights().layerNormWithoutBias(name, parts.epsilon(), parts.channels());
    }

    private static Block block(int layer, GptParts parts) {
        String name = "blocks." + layer;
        return new Block.Sequential(
                name,
                norm(name + ".norm_1", parts),
                attention(layer, name + ".attn", parts),
                norm(name + ".norm_2", parts),
                mlp(name + ".ffn", parts));
    }

    private static Attention attention(int layer, String name, GptParts parts) {
        Config settings = parts.config().part("attn_config");
        float scale = (float) settings.number("softmax_scale", parts.scale());
        float clip = (float) settings.nonNegative("clip_qkv", 0);
        Projections fused = new Projections.Fused(parts.fromStream(name + ".Wqkv", 3 * parts.channels(), false));
        return new Attention(
                name,
                layer,
                clip > 0 ? new ClippedProjections(fused, clip) : fused,
                new Scoring(
                        scale,
                        0,
                        Scoring.UNLIMITED,
                        Scoring.alibiSlopes(parts.shape().heads())),
                parts.toStream(name + ".out_proj", parts.channels(), false));
    }

    private static Mlp mlp(String name, GptParts parts) {
        int inner = 4 * parts.channels();
        return new Mlp.Plain(
                name,
                parts.fromStream(name + ".up_proj", inner, false),
                new NamedActivation(name + ".act", Activation.GELU),
                parts.toStream(name + ".down_proj", inner, false));
    }
}
