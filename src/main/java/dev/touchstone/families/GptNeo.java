package dev.touchstone.families;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.model.Norm;
import dev.touchstone.model.PositionTable;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.weights.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * GPT-Neo ({@code GPTNeoConfig} and {@code modeling_gpt_neo.py} in Hugging Face transformers): GPT-2 with windows in every
 * other layer, and scores that nothing divides.
 */
final class GptNeo {
    private static final Map<String, Boolean> IS_LOCAL = Map.of("global", false, "local", true);

    private GptNeo() {}

    static Transformer build(Config config, Weights weights) {
        int channels = config.size("hidden_size", 2048);
        int heads = config.heads(channels, config.size("num_heads", 16, "num_attention_heads"), "num_heads");
        int positions = config.size("max_position_embeddings", 2048);
        int vocabulary = config.size("vocab_size", 50_257);
        int layers = config.size("num_layers", 24, "num_hidden_layers");
        double epsilon = config.nonNegative("layer_norm_epsilon", 1e-5);
        List<Boolean> local = local(config, layers);
        EmbeddingAndHead ends =
                EmbeddingAndHead.load(weights, "wte", config.flag("tie_word_embeddings", true), vocabulary, channels);
        PositionTable wpe = new PositionTable(weights.embedding("wpe", positions, channels), 0);
        List<Block> blocks = IntStream.range(0, layers)
                .mapToObj(layer -> block(layer, channels, local.get(layer), epsilon, config, weights))
                .toList();
        Norm lnF = weights.layerNorm("ln_f", channels, epsilon);
        Transformer.Shape shape =
                new Transformer.Shape(layers, heads, channels / heads, channels, positions, vocabulary);
        return new Transformer(shape, new Stem("drop", ends.embedding(), wpe), null, blocks, lnF, ends.head());
    }

    /** Which layers have a window: {@code [[["global", "local"], 12]]} is twelve times the one and then the other. */
    private static List<Boolean> local(Config config, int layers) {
        List<Boolean> local = new ArrayList<>();
        List<JsonNode> patterns = config.list("attention_types");
        if (patterns.isEmpty()) {
            IntStream.range(0, 24).forEach(layer -> local.add(layer % 2 == 1));
        } else {
            for (JsonNode pattern : patterns) {
                for (int i = 0; i < pattern.path(1).asInt() && local.size() <= layers; i++) {
                    pattern.path(0).forEach(type -> local.add(IS_LOCAL.get(type.asText())));
                }
            }
        }
        if (local.size() != layers || local.contains(null)) {
            throw config.error("attention_types", patterns, "global or local for each of the " + layers + " layers");
        }
        return local;
    }

    private static Block block(int layer, int channels, boolean local, double epsilon, Config config, Weights weights) {
        String name = "h." + layer;
        Scoring scoring = new Scoring(1);
        return new Block.Sequential(
                name,
                weights.layerNorm(name + ".ln_1", channels, epsilon),
                attention(
                        name + ".attn.attention",
                        layer,
                        channels,
                        local ? scoring.withWindow(config.size("window_size", 256)) : scoring,
                        weights),
                weights.layerNorm(name + ".ln_2", channels, epsilon),
                mlp(name + ".mlp", channels, config, weights));
    }

    private static Attention attention(String name, int layer, int channels, Scoring scoring, Weights weights) {
        return new Attention(
                name,
                layer,
                weights.projections(name, channels, channels, channels, false),
                scoring,
                weights.linear(name + ".out_proj", channels, channels, true));
    }

    private static Mlp mlp(String name, int channels, Config config, Weights weights) {
        Activation activation = config.choice("activation_function", "gelu_new", Activations.BY_NAME);
        int inner = config.size("intermediate_size", 4 * channels);
        return new Mlp.Plain(
                name,
                weights.linear(name + ".c_fc", channels, inner, true),
                new NamedActivation(name + ".act", activation),
                weights.linear(name + ".c_proj", inner, channels, true));
    }
}
