package dev.touchstone.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.ProjectionsAfterRotary;
import dev.touchstone.model.ProjectionsAfterRotary.Growth;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.util.JsonObject;
import dev.touchstone.weights.Weights;
import java.util.List;

/**
 * Ministral 3 ({@code Ministral3Config} and {@code modeling_ministral3.py} in Hugging Face transformers): Mistral with queries that grow with
 * their positions.
 */
final class Ministral3 {
    private static final Shape DEFAULTS = new Shape(34, 32, 8, 128, 4096, 262_144, 131_072);

    private Ministral3() {}

    static Transformer build(Config file, Weights weights) {
        Config config = withRope(file);
        LlamaParts parts =
                LlamaParts.readWithOptionalHeadSize(config, weights, DEFAULTS).withDefaultEpsilon(1e-5);
        Shape shape = parts.shape();
        Rotary rotary = RotarySettings.whole(config, shape.headSize(), shape.positions());
        return parts.transformer(parts.ends(false), rotary, layer -> block(layer, parts));
    }

    /** Without {@code rope_parameters} the rotary embedding is scaled for 16 times 16384 positions. */
    private static Config withRope(Config file) {
        if (file.has("rope_parameters") || !file.part("rope_scaling").json().isEmpty()) {
            return file;
        }
        ObjectNode json = file.json().deepCopy();
        json.putObject("rope_parameters")
                .put("rope_type", "yarn")
                .put("rope_theta", 1e6)
                .put("factor", 16.0)
                .put("original_max_position_embeddings", 16_384)
                .put("mscale", 1.0)
                .put("mscale_all_dim", 1.0)
                .put("llama_4_scaling_beta", 0.1);
        return new Config(new JsonObject(file.path(), json));
    }

    private static Block block(int layer, LlamaParts parts) {
        Config config = parts.config();
        String name = LlamaParts.attentionName(layer);
        ProjectionsAfterRotary projections = new ProjectionsAfterRotary(
                parts.projections(name, false),
                ProjectionsAfterRotary.NO_NORM,
                parts.shape().headSize(),
                growth(config, parts.shape().positions()));
        Scoring scoring = parts.scoringWithOptionalWindow();
        Attention attention = parts.attention(layer, projections, scoring, parts.output(name + ".o_proj", false));
        return parts.block(layer, attention, parts.mlp(layer, 14_336, false, "hidden_act", "silu"));
    }

    private static Growth growth(Config config, int positions) {
        Config rope = RotarySettings.settings(config);
        for (String required : List.of("llama_4_scaling_beta", "original_max_position_embeddings")) {
            boolean hasDefault = required.startsWith("original") && RotarySettings.usesTrained(rope);
            if (!rope.has(required) && !hasDefault) {
                throw rope.error(required, "a number");
            }
        }
        int trained = RotarySettings.usesTrained(rope)
                ? RotarySettings.trainedPositions(config, rope, positions)
                : rope.size("original_max_position_embeddings", positions);
        return new Growth(rope.number("llama_4_scaling_beta", 0), trained, 0);
    }
}
