package dev.touchstone.families;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * GPT-Neo ({@code GPTNeoConfig} and {@code modeling_gpt_neo.py} in Hugging Face transformers): GPT-2 with a sliding window in every
 * other layer, attention scores that are not scaled, and separate projections.
 */
final class GptNeo {
    private static final Map<String, String> NAMES =
            Map.of("num_heads", "num_attention_heads", "num_layers", "num_hidden_layers");

    private static final Map<String, Boolean> IS_LOCAL = Map.of("global", false, "local", true);
    private static final Shape DEFAULTS = new Shape(24, 16, 128, 2048, 2048, 50_257);

    private GptNeo() {}

    static Transformer build(Config file, Weights weights) {
        Config config = file.withNames(NAMES);
        GptParts parts = GptParts.read(config, weights, DEFAULTS, config.nonNegative("layer_norm_epsilon", 1e-5));
        List<Boolean> local = local(config, parts.shape().layers());
        EmbeddingAndHead ends = parts.ends("wte", true);
        Stem stem = new Stem("drop", ends.embedding(), parts.positions("wpe", 0));
        return parts.transformer(ends, stem, null, "ln_f", layer -> block(layer, local.get(layer), parts));
    }

    /** Which layers have a window. {@code [[["global", "local"], 12]]} repeats the two 12 times. */
    private static List<Boolean> local(Config config, int layers) {
        List<Boolean> local = new ArrayList<>();
        List<JsonNode> patterns = config.list("attention_types");
        if (patterns.isEmpty()) {
            IntStream.range(0, 24).forEach(layer -> local.add(layer % 2 == 1));
        }
        for (JsonNode pattern : patterns) {
            for (int i = 0; i < pattern.path(1).asInt() && local.size() <= layers; i++) {
                pattern.path(0).forEach(type -> local.add(IS_LOCAL.get(type.asText())));
            }
        }
        if (local.size() != layers || local.contains(null)) {
            throw config.error("attention_types", "global or local for each of the " + layers + " layers");
        }
        return local;
    }

    private static Block block(int layer, boolean local, GptParts parts) {
        String name = "h." + layer;
        String attention = name + ".attn.attention";
        Scoring scoring = new Scoring(1);
        return new Block.Sequential(
                name,
                parts.norm(name + ".ln_1"),
                new Attention(
                        attention,
                        layer,
                        parts.separate(attention, false),
                        local ? scoring.withWindow(parts.config().size("window_size", 256)) : scoring,
                        parts.toStream(attention + ".out_proj", parts.channels(), true)),
                parts.norm(name + ".ln_2"),
                mlp(name + ".mlp", parts));
    }

    private static Mlp mlp(String name, GptParts parts) {
        int inner = parts.config().size("intermediate_size", 4 * parts.channels());
        return new Mlp.Plain(
                name,
                parts.fromStream(name + ".c_fc", inner, true),
                parts.activation(name + ".act", "activation_function", "gelu_new"),
                parts.toStream(name + ".c_proj", inner, true));
    }
}
