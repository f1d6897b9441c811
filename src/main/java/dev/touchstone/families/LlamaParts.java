package dev.touchstone.families;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Linear;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.model.Projections;
import dev.touchstone.model.RmsNorm;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The parts that Llama and the families after it have in common, under the names that they share: RMSNorm, rotary
 * embeddings, grouped queries, a gated MLP. A family puts them together, and says what differs.
 */
record LlamaParts(Config config, Weights weights, Shape shape, float plus, double epsilon) {

    /** Reads the sizes; those that config.json leaves out are the defaults of the family's configuration class. */
    static LlamaParts read(Config config, Weights weights, Shape defaults) {
        int channels = config.size("hidden_size", defaults.channels());
        int heads = config.size("num_attention_heads", defaults.heads());
        int keyValueHeads =
                config.size("num_key_value_heads", defaults.keyValueHeads() == 0 ? heads : defaults.keyValueHeads());
        int headSize = config.size("head_dim", defaults.headSize() == 0 ? channels / heads : defaults.headSize());
        if (heads % keyValueHeads != 0) {
            throw config.error(
                    "num_key_value_heads", keyValueHeads, "a divisor of num_attention_heads, which is " + heads);
        }
        if (!config.has("head_dim") && defaults.headSize() == 0 && channels % heads != 0) {
            throw config.error("hidden_size", channels, "a multiple of num_attention_heads, which is " + heads);
        }
        Shape shape = new Shape(
                config.size("num_hidden_layers", defaults.layers()),
                heads,
                keyValueHeads,
                headSize,
                channels,
                config.size("max_position_embeddings", defaults.positions()),
                config.size("vocab_size", defaults.vocabulary()));
        return new LlamaParts(config, weights, shape, 0, config.nonNegative("rms_norm_eps", 1e-6));
    }

    /** The same, with the gains of all norms told from 1. */
    LlamaParts withGainsFromOne() {
        return new LlamaParts(config, weights, shape, 1, epsilon);
    }

    /** {@code embed_tokens}, the blocks, {@code norm}, and a head that may be tied. */
    Transformer transformer(boolean tied, IntFunction<Block> block) {
        EmbeddingAndHead ends = EmbeddingAndHead.load(
                weights,
                "embed_tokens",
                config.flag("tie_word_embeddings", tied),
                shape.vocabulary(),
                shape.channels());
        Rotary rotary = RotarySettings.whole(config, shape.headSize(), shape.positions());
        List<Block> blocks = IntStream.range(0, shape.layers()).mapToObj(block).toList();
        return new Transformer(shape, new Stem(ends.embedding()), rotary, blocks, norm("norm"), ends.head());
    }

    RmsNorm norm(String name) {
        return norm(name, shape.channels());
    }

    RmsNorm norm(String name, int size) {
        return weights.rmsNorm(name, size, plus, epsilon);
    }

    /** {@code 1 / sqrt(D)} and no more. */
    Scoring scoring() {
        return new Scoring((float) Math.pow(shape.headSize(), -0.5));
    }

    /** {@code sliding_window}, where null means that there is none. */
    int window(int fallback) {
        return config.isAbsent("sliding_window") ? fallback : config.size("sliding_window", Scoring.UNLIMITED);
    }

    /** Whether {@code layer_types} gives a layer the window; where it is absent, the family knows. */
    boolean slides(int layer, boolean otherwise) {
        List<String> types = config.texts("layer_types");
        if (types.isEmpty()) {
            return otherwise;
        }
        if (types.size() != shape.layers()
                || !Set.of("full_attention", "sliding_attention").containsAll(types)) {
            throw config.error(
                    "layer_types",
                    types,
                    "full_attention or sliding_attention for each of the " + shape.layers() + " layers");
        }
        return types.get(layer).equals("sliding_attention");
    }

    Projections projections(String name, boolean bias) {
        int queries = shape.heads() * shape.headSize();
        int keyValues = shape.keyValueHeads() * shape.headSize();
        return weights.projections(name, shape.channels(), queries, keyValues, bias);
    }

    Linear output(String name, boolean bias) {
        return weights.linear(name, shape.heads() * shape.headSize(), shape.channels(), bias);
    }

    Attention attention(int layer, boolean bias, boolean outputBias, Scoring scoring) {
        String name = attentionName(layer);
        return attention(layer, projections(name, bias), scoring, output(name + ".o_proj", outputBias));
    }

    Attention attention(int layer, Projections projections, Scoring scoring, Linear output) {
        return new Attention(attentionName(layer), layer, projections, scoring, output);
    }

    static String attentionName(int layer) {
        return "layers." + layer + ".self_attn";
    }

    /** @param activation the name of the field, and its default */
    Mlp mlp(int layer, int defaultSize, boolean bias, String field, String activation) {
        String name = "layers." + layer + ".mlp";
        int inner = config.size("intermediate_size", defaultSize);
        Activation function = config.choice(field, activation, Activations.BY_NAME);
        return new Mlp.Gated(
                name,
                weights.linear(name + ".gate_proj", shape.channels(), inner, bias),
                new NamedActivation(name + ".act_fn", function),
                weights.linear(name + ".up_proj", shape.channels(), inner, bias),
                weights.linear(name + ".down_proj", inner, shape.channels(), bias));
    }

    /** Norm, attention, norm, MLP. */
    Block block(int layer, Attention attention, Mlp mlp) {
        String name = "layers." + layer;
        return new Block.Sequential(
                name, norm(name + ".input_layernorm"), attention, norm(name + ".post_attention_layernorm"), mlp);
    }
}
