package dev.touchstone.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Block;
import dev.touchstone.model.Experts;
import dev.touchstone.model.Experts.Projection;
import dev.touchstone.model.MixtureOfExperts;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Router;
import dev.touchstone.model.Router.Scores;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.model.Weighting;
import dev.touchstone.model.Weighting.Normalization;
import dev.touchstone.util.JsonObject;
import dev.touchstone.weights.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * gpt-oss ({@code GptOssConfig} and {@code modeling_gpt_oss.py} in Hugging Face transformers): a mixture of experts in each layer, whose
 * router and experts have biases, a clamped activation, attention sinks, and a sliding window in every other layer. Files in MXFP4 have a
 * {@code quantization_config}, which is refused.
 */
final class GptOss {
    private static final Shape DEFAULTS = new Shape(36, 64, 8, 64, 2880, 131_072, 201_088);

    private GptOss() {}

    static Transformer build(Config file, Weights weights) {
        Config config = withRope(file).withNames(Map.of("num_experts", "num_local_experts"));
        LlamaParts parts = LlamaParts.read(config, weights, DEFAULTS).withDefaultEpsilon(1e-5);
        config.refuse(
                "swiglu_alpha",
                config.number("swiglu_alpha", 1.702) != 1.702,
                "another factor in the activation is not supported; expected 1.702");
        Rotary rotary = RotarySettings.whole(
                config, parts.shape().headSize(), parts.shape().positions(), 150_000);
        return parts.transformer(parts.ends(false), rotary, layer -> block(layer, parts));
    }

    /** Without {@code rope_parameters} and {@code rope_scaling} the rotary embedding is scaled for 32 times 4096 positions. */
    private static Config withRope(Config file) {
        if (file.has("rope_parameters") || file.has("rope_scaling")) {
            return file;
        }
        ObjectNode json = file.json().deepCopy();
        json.putObject("rope_parameters")
                .put("rope_type", "yarn")
                .put("factor", 32.0)
                .put("truncate", false)
                .put("original_max_position_embeddings", 4096);
        return new Config(new JsonObject(file.path(), json));
    }

    private static Block block(int layer, LlamaParts parts) {
        boolean bias = parts.config().flag("attention_bias", true);
        return parts.block(layer, parts.attention(layer, bias, bias, scoring(layer, parts)), mixture(layer, parts));
    }

    private static Scoring scoring(int layer, LlamaParts parts) {
        List<Float> sinks = new ArrayList<>();
        for (float sink : parts.weights()
                .vector(
                        LlamaParts.attentionName(layer) + ".sinks",
                        parts.shape().heads())) {
            sinks.add(sink);
        }
        return parts.scoring()
                .withWindow(parts.window(layer, layer % 2 == 0, 128))
                .withSinks(sinks);
    }

    private static MixtureOfExperts mixture(int layer, LlamaParts parts) {
        Config config = parts.config();
        String name = "layers." + layer + ".mlp";
        MixtureParts mixture = new MixtureParts(
                parts, name, name, config.size("num_local_experts", 128), config.size("intermediate_size", 2880));
        Router router = new Router(
                parts.weights().linear(name + ".router", parts.shape().channels(), mixture.experts(), true),
                Scores.LOGITS,
                mixture.choice(4),
                new Weighting(Normalization.SOFTMAX, 1));
        return new MixtureOfExperts(name, router, experts(mixture), null);
    }

    /** Each matrix has a row for each input, and the columns of gate and up projection are stored in turn. */
    private static Experts experts(MixtureParts mixture) {
        Weights weights = mixture.parts().weights();
        String path = mixture.name() + ".experts";
        int E = mixture.experts();
        int I = mixture.inner();
        int C = mixture.parts().shape().channels();
        return new Experts(
                path,
                projection(path + ".gate_proj", path + ".gate_up_proj", weights, new int[] {E, C, 2 * I}, 0, 2),
                new NamedActivation(path + ".act_fn", Activation.QUICK_GELU),
                projection(path + ".up_proj", path + ".gate_up_proj", weights, new int[] {E, C, 2 * I}, 1, 2),
                projection(path + ".down_proj", path + ".down_proj", weights, new int[] {E, I, C}, 0, 1),
                (float) mixture.parts().config().positive("swiglu_limit", 7));
    }

    private static Projection projection(String name, String stored, Weights weights, int[] shape, int from, int step) {
        return new Projection(
                name,
                weights.stackedInputRows(stored, shape, from, step),
                weights.stackedVectors(stored + "_bias", new int[] {shape[0], shape[2]}, from, step));
    }
}
