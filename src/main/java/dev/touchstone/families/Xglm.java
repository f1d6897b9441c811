package dev.touchstone.families;

import dev.touchstone.model.Embedding;
import dev.touchstone.model.Sinusoids;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * XGLM ({@code XGLMConfig} and {@code modeling_xglm.py} in Hugging Face transformers): OPT's blocks with sinusoidal positions and a scaled
 * embedding.
 */
final class Xglm {
    private static final Map<String, String> NAMES = Map.of(
            "d_model", "hidden_size",
            "attention_heads", "num_attention_heads",
            "num_layers", "num_hidden_layers");

    private static final double EPSILON = 1e-5;
    private static final int OFFSET = 2;
    private static final Shape DEFAULTS = new Shape(24, 16, 64, 1024, 2048, 256_008);

    private Xglm() {}

    static Transformer build(Config file, Weights weights) {
        Config config = file.withNames(NAMES);
        config.refuse(
                "add_cross_attention",
                config.flag("add_cross_attention", false),
                "the decoder of an encoder-decoder model is not supported; expected false");
        config.refuse(
                "pad_token_id",
                config.has("pad_token_id") && config.count("pad_token_id", 0) >= OFFSET,
                "the position of that index would have no embedding; expected 0, 1 or null");
        GptParts parts = GptParts.read(config, weights, DEFAULTS, EPSILON);
        Sinusoids sinusoids = sinusoids(parts);
        EmbeddingAndHead ends = parts.ends("embed_tokens", true);
        float scale = config.flag("scale_embedding", true) ? (float) Math.sqrt(parts.channels()) : 1;
        Embedding scaled = new Embedding("embed_tokens", ends.embedding().table(), scale);
        int inner = config.size("ffn_dim", 4096);
        return parts.transformer(
                ends,
                new Stem(null, scaled, sinusoids),
                null,
                "layer_norm",
                layer -> Opt.block(layer, "layers." + layer, inner, "gelu", parts));
    }

    /** Frequencies from 1 down to 1 / 10,000, both included. */
    private static Sinusoids sinusoids(GptParts parts) {
        int channels = parts.channels();
        int pairs = channels / 2;
        if (pairs < 2) {
            throw parts.config().error(parts.config().field("hidden_size"), channels, "4 or more");
        }
        List<Double> frequencies = IntStream.range(0, pairs)
                .mapToObj(i -> StrictMath.pow(10_000, -i / (pairs - 1.0)))
                .toList();
        return new Sinusoids("embed_positions", channels, frequencies, OFFSET);
    }
}
