package dev.touchstone.families;

import dev.touchstone.kernels.RotaryLayout;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * GPT-J ({@code GPTJConfig} and {@code modeling_gptj.py} in Hugging Face transformers): GPT-2 with interleaved rotary embeddings, one
 * norm before attention and MLP, which are computed in parallel, separate projections and a head with a bias.
 */
final class GptJ {
    private static final double THETA = 10_000;
    private static final Shape DEFAULTS = new Shape(28, 16, 256, 4096, 2048, 50_400);

    private GptJ() {}

    static Transformer build(Config file, Weights weights) {
        GptParts parts = read(file, weights);
        return transformer(parts, name -> parts.separate(name, false));
    }

    /** The sizes, and the epsilon of the norms. */
    static GptParts read(Config file, Weights weights) {
        Config config = file.withNames(Gpt2.NAMES);
        return GptParts.read(config, weights, DEFAULTS, config.nonNegative("layer_norm_epsilon", 1e-5));
    }

    /** A model of parallel blocks; {@code projections} reads those of an attention layer, given its name. */
    static Transformer transformer(GptParts parts, Function<String, Projections> projections) {
        EmbeddingAndHead ends = parts.ends("wte", false).withBias(parts.weights());
        Stem stem = new Stem("drop", ends.embedding(), null);
        return parts.transformer(ends, stem, rotary(parts), "ln_f", layer -> block(layer, projections, parts));
    }

    /** Hugging Face keeps sines and cosines in a buffer, and not the frequencies, so the frequencies are not rounded to float. */
    private static Rotary rotary(GptParts parts) {
        int headSize = parts.shape().headSize();
        int channels = parts.config().size("rotary_dim", 64);
        if (channels % 2 != 0 || channels > headSize) {
            throw parts.config()
                    .error("rotary_dim", channels, "an even number of the channels of a head, which are " + headSize);
        }
        List<Double> frequencies = IntStream.range(0, channels / 2)
                .mapToObj(i -> StrictMath.pow(THETA, -2.0 * i / channels))
                .toList();
        return new Rotary(null, headSize, RotaryLayout.INTERLEAVED, frequencies, 1);
    }

    private static Block block(int layer, Function<String, Projections> projections, GptParts parts) {
        String name = "h." + layer;
        String attention = name + ".attn";
        return new Block.Parallel(
                name,
                parts.norm(name + ".ln_1"),
                new Attention(
                        attention,
                        layer,
                        projections.apply(attention),
                        parts.scoring(),
                        parts.toStream(attention + ".out_proj", parts.channels(), false)),
                null,
                mlp(name + ".mlp", parts));
    }

    private static Mlp mlp(String name, GptParts parts) {
        int inner = parts.config().size("n_inner", 4 * parts.channels());
        return new Mlp.Plain(
                name,
                parts.fromStream(name + ".fc_in", inner, true),
                parts.activation(name + ".act", "activation_function", "gelu_new"),
                parts.toStream(name + ".fc_out", inner, true));
    }
}
