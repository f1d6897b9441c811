package dev.touchstone.families;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;
import java.util.Map;

/**
 * BLOOM ({@code BloomConfig} and {@code modeling_bloom.py} in Hugging Face transformers): ALiBi instead of position embeddings, a norm
 * of the embeddings, and projections that are interleaved by head. There attention and MLP add the residual themselves; here, as in all
 * families, the block does. {@code slow_but_exact} and {@code pretraining_tp} change an order of summation and nothing else.
 */
final class Bloom {
    private static final Map<String, String> NAMES = Map.of(
            "n_embed", "hidden_size",
            "n_head", "num_attention_heads",
            "n_layer", "num_hidden_layers",
            "seq_length", "max_position_embeddings");

    private static final Shape DEFAULTS = new Shape(2, 8, 8, 64, 2048, 250_880);

    private Bloom() {}

    static Transformer build(Config file, Weights weights) {
        Config config = file.withNames(NAMES);
        config.refuse(
                "apply_residual_connection_post_layernorm",
                config.flag("apply_residual_connection_post_layernorm", false),
                "a residual stream of normalized values is not supported; expected false");
        GptParts parts = GptParts.read(config, weights, DEFAULTS, config.nonNegative("layer_norm_epsilon", 1e-5));
        EmbeddingAndHead ends = parts.ends("word_embeddings", true);
        Stem stem = new Stem(null, ends.embedding(), null, parts.norm("word_embeddings_layernorm"));
        return parts.transformer(ends, stem, null, "ln_f", layer -> block(layer, parts));
    }

    private static Block block(int layer, GptParts parts) {
        String name = "h." + layer;
        return new Block.Sequential(
                name,
                parts.norm(name + ".input_layernorm"),
                attention(layer, name + ".self_attention", parts),
                parts.norm(name + ".post_attention_layernorm"),
                mlp(name + ".mlp", parts));
    }

    private static Attention attention(int layer, String name, GptParts parts) {
        float scale = (float) (1 / Math.sqrt(parts.shape().headSize()));
        return new Attention(
                name,
                layer,
                parts.interleaved(name + ".query_key_value", true),
                new Scoring(
                        scale,
                        0,
                        Scoring.UNLIMITED,
                        Scoring.alibiSlopes(parts.shape().heads())),
                parts.toStream(name + ".dense", parts.channels(), true));
    }

    private static Mlp mlp(String name, GptParts parts) {
        int inner = 4 * parts.channels();
        return new Mlp.Plain(
                name,
                parts.fromStream(name + ".dense_h_to_4h", inner, true),
                new NamedActivation(name + ".gelu_impl", Activation.GELU_NEW),
                parts.toStream(name + ".dense_4h_to_h", inner, true));
    }
}
