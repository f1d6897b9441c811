package dev.touchstone.families;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.FeedForward;
import dev.touchstone.model.LayerRotaries;
import dev.touchstone.model.Linear;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.model.Norm;
import dev.touchstone.model.NormedProjections;
import dev.touchstone.model.Projections;
import dev.touchstone.model.RmsNorm;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * What Llama and the families after it have in common, under the names that they share: RMSNorm, rotary embeddings, grouped-query
 * attention, a gated MLP. A family builds what differs.
 *
 * @param plus is added to the stored weights of norms: 1 in Gemma, else 0
 * @param epsilon of all norms
 */
record LlamaParts(Config config, Weights weights, Shape shape, float plus, double epsilon) {

    /**
     * Reads the sizes.
     *
     * @param defaults of the family's configuration class; its key-value heads and its size of a head may be 0, then they follow from the
     *     other sizes
     */
    static LlamaParts read(Config config, Weights weights, Shape defaults) {
        int channels = config.size("hidden_size", defaults.channels());
        int heads = config.size("num_attention_heads", defaults.heads());
        int keyValueHeads = keyValueHeads(config, heads, defaults);
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

    /** The same for families in which a {@code head_dim} of null follows from the other sizes, whatever the default is. */
    static LlamaParts readWithOptionalHeadSize(Config config, Weights weights, Shape defaults) {
        Shape derived = new Shape(
                defaults.layers(),
                defaults.heads(),
                defaults.keyValueHeads(),
                0,
                defaults.channels(),
                defaults.positions(),
                defaults.vocabulary());
        return read(config, weights, config.isNull("head_dim") ? derived : defaults);
    }

    /** As many as heads if the field is null, or is absent and its default is 0. */
    static int keyValueHeads(Config config, int heads, Shape defaults) {
        boolean asMany = defaults.keyValueHeads() == 0 || config.isNull("num_key_value_heads");
        return config.size("num_key_value_heads", asMany ? heads : defaults.keyValueHeads());
    }

    /** The same with another default of {@code rms_norm_eps}. */
    LlamaParts withDefaultEpsilon(double epsilon) {
        return withEpsilon(config.nonNegative("rms_norm_eps", epsilon));
    }

    /** The same with another epsilon of all norms. */
    LlamaParts withEpsilon(double epsilon) {
        return new LlamaParts(config, weights, shape, plus, epsilon);
    }

    /** The same with 1 added to the stored weights of all norms. */
    LlamaParts withOneAddedToNorms() {
        return new LlamaParts(config, weights, shape, 1, epsilon);
    }

    /** Rotary embeddings on all channels. */
    Rotary rotary() {
        return RotarySettings.whole(config, shape.headSize(), shape.positions());
    }

    /** The model. {@code tied} is the default of {@code tie_word_embeddings}. */
    Transformer transformer(boolean tied, IntFunction<Block> block) {
        return transformer(ends(tied), rotary(), block);
    }

    /** The same with other ends or another rotary embedding. */
    Transformer transformer(EmbeddingAndHead ends, Rotary rotary, IntFunction<Block> block) {
        return transformer(ends, LayerRotaries.same(rotary, shape.layers()), this::norm, block);
    }

    /** The same with rotary embeddings for single layers, and the norm after the last block, which is called {@code norm}. */
    Transformer transformer(
            EmbeddingAndHead ends, LayerRotaries rotaries, Function<String, Norm> norm, IntFunction<Block> block) {
        List<Block> blocks = Blocks.of(shape.layers(), block);
        return new Transformer(shape, new Stem(ends.embedding()), rotaries, blocks, norm.apply("norm"), ends.head());
    }

    /** The embedding and the head. {@code tied} is the default of {@code tie_word_embeddings}. */
    EmbeddingAndHead ends(boolean tied) {
        return EmbeddingAndHead.load(
                weights, "embed_tokens", "lm_head", config.flag("tie_word_embeddings", tied), shape);
    }

    RmsNorm norm(String name) {
        return norm(name, shape.channels());
    }

    RmsNorm norm(String name, int size) {
        return weights.rmsNorm(name, size, plus, epsilon);
    }

    /** Scores are multiplied by {@code 1 / sqrt(D)}. */
    Scoring scoring() {
        return new Scoring((float) Math.pow(shape.headSize(), -0.5));
    }

    /** {@link #scoring()} with the window {@code sliding_window} in every layer, for families that have none by default. */
    Scoring scoringWithOptionalWindow() {
        return config.has("sliding_window") ? scoring().withWindow(config.size("sliding_window", 0)) : scoring();
    }

    /** Whether {@code sliding_window} is not null. Only where the field is absent does it have its default. */
    boolean hasWindow() {
        return !config.isNull("sliding_window");
    }

    /**
     * The window of a layer, in tokens: {@code sliding_window}, if the layer has one.
     *
     * @param slides whether it has one if {@code layer_types} is not set
     * @param fallback the default of {@code sliding_window}
     */
    int window(int layer, boolean slides, int fallback) {
        if (!slides(layer, slides)) {
            return Scoring.UNLIMITED;
        }
        if (!hasWindow()) {
            throw config.error("sliding_window", "1 or more for the layers of the type sliding_attention");
        }
        return config.size("sliding_window", fallback);
    }

    /** Whether {@code layer_types} gives a layer the sliding window. */
    boolean slides(int layer, boolean fallback) {
        return hasType("sliding_attention", layer, fallback);
    }

    /** Whether {@code layer_types} gives a layer this type; the others have full attention. */
    boolean hasType(String wanted, int layer, boolean fallback) {
        if (!config.has("layer_types")) {
            return fallback;
        }
        List<String> types = config.texts("layer_types").stream()
                .map(type -> type.equals("attention") ? "full_attention" : type) // its name in older files
                .toList();
        if (types.size() != shape.layers() || !Set.of("full_attention", wanted).containsAll(types)) {
            throw config.error(
                    "layer_types",
                    types,
                    "full_attention or " + wanted + " for each of the " + shape.layers() + " layers");
        }
        return types.get(layer).equals(wanted);
    }

    /** Whether a layer is not the last of each {@code sliding_window_pattern} layers. {@code period} is the default of that field. */
    boolean slidesByPattern(int layer, int period) {
        return (layer + 1) % config.size("sliding_window_pattern", period) != 0;
    }

    /** For families in which {@code layer_types} has no effect: throws if it is not one value for each layer. */
    void checkLayerTypes() {
        int types = config.texts("layer_types").size();
        if (config.has("layer_types") && types != shape.layers()) {
            throw config.error("layer_types", types + " types", "one for each of the " + shape.layers() + " layers");
        }
    }

    Projections projections(String name, boolean bias) {
        int queries = shape.heads() * shape.headSize();
        int keyValues = shape.keyValueHeads() * shape.headSize();
        return weights.projections(name, shape.channels(), queries, keyValues, bias);
    }

    /** The same with a norm for each head of queries and keys: {@code .q_norm}, {@code .k_norm}. (D), (D) */
    Projections normedProjections(String name, boolean bias) {
        return new NormedProjections(
                projections(name, bias),
                norm(name + ".q_norm", shape.headSize()),
                norm(name + ".k_norm", shape.headSize()));
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

    /**
     * A gated MLP.
     *
     * @param defaultSize of {@code intermediate_size}
     * @param field that names the activation
     * @param activation the default of that field
     */
    Mlp mlp(int layer, int defaultSize, boolean bias, String field, String activation) {
        return mlp(layer, defaultSize, bias, activation(field, activation));
    }

    /** The same with an activation that was read already. */
    Mlp mlp(int layer, int defaultSize, boolean bias, Activation function) {
        return mlp("layers." + layer + ".mlp", config.size("intermediate_size", defaultSize), bias, function);
    }

    /** The activation function that this field names. */
    Activation activation(String field, String fallback) {
        return config.choice(field, fallback, Activations.BY_NAME);
    }

    /** A gated MLP of this inner size. */
    Mlp mlp(String name, int inner, boolean bias, Activation function) {
        return mlp(name, inner, bias, new NamedActivation(name + ".act_fn", function));
    }

    /** The same with another name of the activation. */
    Mlp mlp(String name, int inner, boolean bias, NamedActivation activation) {
        return new Mlp.Gated(
                name,
                weights.linear(name + ".gate_proj", shape.channels(), inner, bias),
                activation,
                weights.linear(name + ".up_proj", shape.channels(), inner, bias),
                weights.linear(name + ".down_proj", inner, shape.channels(), bias));
    }

    /** Norm, attention, norm, MLP. */
    Block block(int layer, Attention attention, FeedForward mlp) {
        String name = "layers." + layer;
        return new Block.Sequential(
                name, norm(name + ".input_layernorm"), attention, norm(name + ".post_attention_layernorm"), mlp);
    }
}
