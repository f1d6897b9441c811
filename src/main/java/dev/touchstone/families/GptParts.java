package dev.touchstone.families;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Block;
import dev.touchstone.model.LayerNorm;
import dev.touchstone.model.LayerRotaries;
import dev.touchstone.model.Linear;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.model.Norm;
import dev.touchstone.model.PositionTable;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * What GPT-2 and the families after it have in common: LayerNorm, heads that together are as wide as the residual stream, and an
 * MLP of two linear layers. A family gives the names, and builds what differs.
 */
record GptParts(Config config, Weights weights, Shape shape, double epsilon) {

    /**
     * Reads the sizes from the standard fields of {@code config.json}.
     *
     * @param defaults of the family's configuration class; the size of a head follows from the other sizes
     * @param epsilon of all norms
     */
    static GptParts read(Config config, Weights weights, Shape defaults, double epsilon) {
        int channels = config.size("hidden_size", defaults.channels());
        int heads = config.size("num_attention_heads", defaults.heads());
        if (channels % heads != 0) {
            throw config.error(
                    config.field("num_attention_heads"),
                    heads,
                    "a divisor of " + config.field("hidden_size") + ", which is " + channels);
        }
        Shape shape = new Shape(
                config.size("num_hidden_layers", defaults.layers()),
                heads,
                channels / heads,
                channels,
                config.size("max_position_embeddings", defaults.positions()),
                config.size("vocab_size", defaults.vocabulary()));
        return new GptParts(config, weights, shape, epsilon);
    }

    /** The same with fewer key-value heads. */
    GptParts withKeyValueHeads(int keyValueHeads) {
        return with(keyValueHeads, shape.channels());
    }

    /** The same with another width of the residual stream. */
    GptParts withChannels(int channels) {
        return with(shape.keyValueHeads(), channels);
    }

    private GptParts with(int keyValueHeads, int channels) {
        Shape other = new Shape(
                shape.layers(),
                shape.heads(),
                keyValueHeads,
                shape.headSize(),
                channels,
                shape.positions(),
                shape.vocabulary());
        return new GptParts(config, weights, other, epsilon);
    }

    int channels() {
        return shape.channels();
    }

    /** (C), (C) */
    LayerNorm norm(String name) {
        return weights.layerNorm(name, channels(), epsilon);
    }

    /** From the residual stream to {@code outputs} numbers. (C, O), (O) */
    Linear fromStream(String name, int outputs, boolean bias) {
        return weights.linear(name, channels(), outputs, bias);
    }

    /** From {@code inputs} numbers to the residual stream. (I, C), (C) */
    Linear toStream(String name, int inputs, boolean bias) {
        return weights.linear(name, inputs, channels(), bias);
    }

    /** Separate matrices {@code .q_proj}, {@code .k_proj}, {@code .v_proj}. (C, C) */
    Projections separate(String attention, boolean bias) {
        return weights.projections(attention, channels(), channels(), channels(), bias);
    }

    /** One matrix whose columns are ordered by head: its query, its key, its value. (C, 3 C) */
    Projections interleaved(String name, boolean bias) {
        return new Projections.Interleaved(fromStream(name, 3 * channels(), bias), shape.headSize());
    }

    /** Scores are multiplied by {@code 1 / sqrt(D)}. */
    Scoring scoring() {
        return new Scoring((float) scale());
    }

    /** {@code 1 / sqrt(D)} */
    double scale() {
        return Math.pow(shape.headSize(), -0.5);
    }

    /** The activation that a field of {@code config.json} names. */
    NamedActivation activation(String name, String field, String fallback) {
        return new NamedActivation(name, config.choice(field, fallback, Activations.BY_NAME));
    }

    /** A table of learned positions, of which the first {@code offset} rows are not used. (P + offset, C) */
    PositionTable positions(String name, int offset) {
        return new PositionTable(weights.embedding(name, shape.positions() + offset, channels()), offset);
    }

    /** The embedding and the head {@code lm_head}. {@code tied} is the default of {@code tie_word_embeddings}. */
    EmbeddingAndHead ends(String embedding, boolean tied) {
        return ends(embedding, "lm_head", tied);
    }

    /** The same with a head of another name. */
    EmbeddingAndHead ends(String embedding, String head, boolean tied) {
        return EmbeddingAndHead.load(weights, embedding, head, config.flag("tie_word_embeddings", tied), shape);
    }

    /** The model. {@code norm} is the name of the norm after the last block; {@code rotary} may be null. */
    Transformer transformer(EmbeddingAndHead ends, Stem stem, Rotary rotary, String norm, IntFunction<Block> block) {
        return transformer(ends, stem, rotary, () -> norm(norm), block);
    }

    /** The same with another norm after the last block, or null for none. It is read after the blocks. */
    Transformer transformer(
            EmbeddingAndHead ends, Stem stem, Rotary rotary, Supplier<Norm> norm, IntFunction<Block> block) {
        List<Block> blocks = Blocks.of(shape.layers(), block);
        return new Transformer(shape, stem, LayerRotaries.same(rotary, blocks.size()), blocks, norm.get(), ends.head());
    }
}
