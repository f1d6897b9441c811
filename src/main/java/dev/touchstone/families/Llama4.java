package dev.touchstone.families;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.RotaryLayout;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Experts;
import dev.touchstone.model.Experts.Projection;
import dev.touchstone.model.LayerRotaries;
import dev.touchstone.model.MixtureOfExperts;
import dev.touchstone.model.MixtureOfExperts.Shared;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.model.ProjectionsAfterRotary;
import dev.touchstone.model.ProjectionsAfterRotary.Growth;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Router;
import dev.touchstone.model.Router.Scores;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.model.Weighting;
import dev.touchstone.model.Weighting.Normalization;
import dev.touchstone.weights.Weights;

/**
 * The text models of Llama 4 ({@code Llama4TextConfig} and {@code modeling_llama4.py} in Hugging Face transformers): attention in chunks,
 * norms of queries and keys after an interleaved rotary embedding, some layers without positions, and in some layers a mixture whose
 * weights multiply the inputs of the experts.
 */
final class Llama4 {
    private static final Shape DEFAULTS = new Shape(48, 40, 8, 128, 5120, 4096 * 32, 202_048);

    private Llama4() {}

    static Transformer build(Config config, Weights weights) {
        weights.checkPrefix("lm_head", "embed_tokens", "layers", "norm");
        LlamaParts parts =
                LlamaParts.readWithOptionalHeadSize(config, weights, DEFAULTS).withDefaultEpsilon(1e-5);
        checkLayers(parts);
        Shape shape = parts.shape();
        Rotary rotary = RotarySettings.whole(config, shape.headSize(), shape.positions(), 500_000)
                .withLayout(RotaryLayout.INTERLEAVED);
        return parts.transformer(
                parts.ends(false),
                LayerRotaries.some(rotary, shape.layers(), layer -> rotates(layer, config)),
                parts::norm,
                layer -> block(layer, parts));
    }

    /** Without {@code layer_types}, {@code no_rope_layers} is the list of their types, and must have as many entries as there are layers. */
    private static void checkLayers(LlamaParts parts) {
        Config config = parts.config();
        int found = config.has("no_rope_layers") ? config.list("no_rope_layers").size() : 0;
        if (!config.has("layer_types") && found > 0 && found != parts.shape().layers()) {
            throw config.error(
                    "no_rope_layers",
                    found + " values",
                    "one for each of the " + parts.shape().layers() + " layers");
        }
    }

    /** An empty list means the default. */
    private static boolean rotates(int layer, Config config) {
        boolean byInterval =
                config.has("no_rope_layers") && config.list("no_rope_layers").isEmpty();
        return byInterval
                ? (layer + 1) % config.size("no_rope_layer_interval", 4) != 0
                : SmolLm3.rotates(layer, config);
    }

    private static Block block(int layer, LlamaParts parts) {
        Config config = parts.config();
        String name = "layers." + layer + ".feed_forward";
        return parts.block(
                layer,
                attention(layer, parts),
                hasExperts(layer, config)
                        ? mixture(name, parts)
                        : mlp(name, config.size("intermediate_size_mlp", 16_384), parts));
    }

    private static Attention attention(int layer, LlamaParts parts) {
        Config config = parts.config();
        boolean bias = config.flag("attention_bias", false);
        String name = LlamaParts.attentionName(layer);
        boolean rotates = rotates(layer, config);
        boolean normed = rotates && config.flag("use_qk_norm", true);
        boolean grows = !rotates && config.flag("attn_temperature_tuning", true);
        ProjectionsAfterRotary projections = new ProjectionsAfterRotary(
                parts.projections(name, bias),
                normed ? parts.epsilon() : ProjectionsAfterRotary.NO_NORM,
                parts.shape().headSize(),
                grows ? new Growth(config.number("attn_scale", 0.1), config.size("floor_scale", 8192), 1) : null);
        return parts.attention(layer, projections, scoring(layer, parts), parts.output(name + ".o_proj", bias));
    }

    /** By default layers with positions have chunks. Hugging Face reads the size of chunks even if no layer has them. */
    private static Scoring scoring(int layer, LlamaParts parts) {
        Config config = parts.config();
        if (config.isNull("attention_chunk_size")) {
            throw config.error("attention_chunk_size", "1 or more");
        }
        int chunk = config.size("attention_chunk_size", 8192);
        boolean chunked = parts.hasType("chunked_attention", layer, rotates(layer, config));
        return chunked ? parts.scoring().withChunks(chunk) : parts.scoring();
    }

    /** Whether a layer has a mixture: those in {@code moe_layers}, by default every {@code interleave_moe_layer_step}-th. */
    private static boolean hasExperts(int layer, Config config) {
        return config.has("moe_layers")
                ? config.integers("moe_layers").contains(layer)
                : (layer + 1) % config.size("interleave_moe_layer_step", 1) == 0;
    }

    private static Mlp mlp(String name, int inner, LlamaParts parts) {
        return parts.mlp(name, inner, false, new NamedActivation(name + ".activation_fn", activation(parts)));
    }

    private static Activation activation(LlamaParts parts) {
        return parts.activation("hidden_act", "silu");
    }

    private static MixtureOfExperts mixture(String name, LlamaParts parts) {
        Config config = parts.config();
        int inner = config.size("intermediate_size", 8192);
        MixtureParts mixture = new MixtureParts(parts, name, name, config.size("num_local_experts", 16), inner);
        Router router = new Router(
                parts.weights().linear(name + ".router", parts.shape().channels(), mixture.experts(), false),
                Scores.LOGITS,
                mixture.choice(1),
                new Weighting(Normalization.SIGMOID, 1));
        return new MixtureOfExperts(
                name, router, experts(mixture), new Shared(mlp(name + ".shared_expert", inner, parts), null));
    }

    /** Each matrix has a row for each input. {@code .gate_up_proj} (E, C, 2 I), {@code .down_proj} (E, I, C) */
    private static Experts experts(MixtureParts mixture) {
        Weights weights = mixture.parts().weights();
        String path = mixture.name() + ".experts";
        int I = mixture.inner();
        int[] gateAndUp = {mixture.experts(), mixture.parts().shape().channels(), 2 * I};
        int[] down = {gateAndUp[0], I, gateAndUp[1]};
        return new Experts(
                path,
                new Projection(
                        path + ".gate_proj", weights.stackedInputColumns(path + ".gate_up_proj", gateAndUp, 0, I)),
                new NamedActivation(path + ".act_fn", activation(mixture.parts())),
                new Projection(path + ".up_proj", weights.stackedInputColumns(path + ".gate_up_proj", gateAndUp, I, I)),
                new Projection(path + ".down_proj", weights.stackedInputRows(path + ".down_proj", down, 0, 1)),
                true,
                0);
    }
}
