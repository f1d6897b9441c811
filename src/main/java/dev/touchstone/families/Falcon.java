package dev.touchstone.families;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Linear;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Norm;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;
import java.util.Map;

/**
 * Falcon, both generations ({@code FalconConfig} and {@code modeling_falcon.py} in Hugging Face transformers): attention and MLP in parallel,
 * a fused projection, rotary embeddings or ALiBi. The first generation has one key-value head, or as many as query heads, and one norm for
 * attention and MLP; the second, {@code new_decoder_architecture}, has groups of heads and two norms.
 */
final class Falcon {
    private static final Shape DEFAULTS = new Shape(32, 71, 64, 4544, 2048, 65_024);

    private Falcon() {}

    static Transformer build(Config file, Weights weights) {
        Config config = file.withNames(Map.of("n_embed", "hidden_size"));
        GptParts parts = GptParts.read(config, weights, DEFAULTS, config.nonNegative("layer_norm_epsilon", 1e-5))
                .withKeyValueHeads(keyValueHeads(config));
        EmbeddingAndHead ends = parts.ends("word_embeddings", true);
        Rotary rotary = config.flagOrOff("alibi", false)
                ? null
                : RotarySettings.whole(
                        config, parts.shape().headSize(), parts.shape().positions());
        return parts.transformer(ends, new Stem(ends.embedding()), rotary, "ln_f", layer -> block(layer, parts));
    }

    private static boolean isNew(Config config) {
        return config.flagOrOff("new_decoder_architecture", false);
    }

    private static int keyValueHeads(Config config) {
        int heads = config.size("num_attention_heads", DEFAULTS.heads());
        int keyValueHeads = config.size("num_kv_heads", heads);
        if (!isNew(config) && config.flagOrOff("multi_query", true)) {
            return 1;
        }
        if (isNew(config) ? heads % keyValueHeads != 0 : heads != keyValueHeads) {
            throw config.error(
                    "num_kv_heads",
                    keyValueHeads,
                    (isNew(config) ? "a divisor of" : "the same as") + " num_attention_heads, which is " + heads);
        }
        return keyValueHeads;
    }

    private static Block block(int layer, GptParts parts) {
        String name = "h." + layer;
        Config config = parts.config();
        boolean parallel = config.flagOrOff("parallel_attn", true);
        int norms = config.count("num_ln_in_parallel_attn", isNew(config) ? 2 : 1);
        if (isNew(config) && !parallel) {
            throw config.error("parallel_attn", "true, because new_decoder_architecture is true");
        }
        if (parallel && (isNew(config) ? norms != 1 && norms != 2 : norms == 2)) {
            throw config.error("num_ln_in_parallel_attn", norms, isNew(config) ? "1 or 2" : "1");
        }
        boolean two = parallel && norms == 2;
        Norm ln1 = parts.norm(name + (two ? ".ln_attn" : ".input_layernorm"));
        Attention attention = attention(layer, name + ".self_attention", parts);
        Mlp mlp = mlp(name + ".mlp", parts);
        return parallel
                ? new Block.Parallel(name, ln1, attention, two ? parts.norm(name + ".ln_mlp") : null, mlp)
                : new Block.Sequential(name, ln1, attention, parts.norm(name + ".post_attention_layernorm"), mlp);
    }

    private static Attention attention(int layer, String name, GptParts parts) {
        Config config = parts.config();
        boolean bias = config.flagOrOff("bias", false);
        Scoring scoring = config.flagOrOff("alibi", false)
                ? parts.scoring()
                        .withAlibiInBfloat16(Scoring.alibiSlopes(parts.shape().heads()))
                : parts.scoring();
        return new Attention(
                name,
                layer,
                projections(name + ".query_key_value", bias, parts),
                scoring,
                parts.toStream(name + ".dense", parts.channels(), bias));
    }

    /** Each key-value head follows the query heads that share it. */
    private static Projections projections(String name, boolean bias, GptParts parts) {
        int groups = parts.shape().keyValueHeads();
        int size = parts.shape().headSize();
        Linear fused = parts.fromStream(name, parts.channels() + 2 * groups * size, bias);
        return new Projections.Interleaved(fused, parts.channels() / groups, size, false);
    }

    private static Mlp mlp(String name, GptParts parts) {
        boolean bias = parts.config().flagOrOff("bias", false);
        int inner = parts.config().size("ffn_hidden_size", 4 * parts.channels());
        return new Mlp.Plain(
                name,
                parts.fromStream(name + ".dense_h_to_4h", inner, bias),
                parts.activation(name + ".act", "activation", "gelu"),
                parts.toStream(name + ".dense_4h_to_h", inner, bias));
    }
}
