package dev.touchstone.families;

import dev.touchstone.kernels.RotaryLayout;
import dev.touchstone.model.Rotary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rotary embeddings as {@code config.json} asks for them: {@code rope_parameters}, or in older files {@code rope_scaling}
 * and {@code rope_theta}. Frequencies are floats as Hugging Face's buffer {@code inv_freq}, which is part of what the model
 * is, and their angles are not rounded.
 */
final class RotarySettings {
    private static final double THETA = 10_000;

    private static final Map<String, RotaryScaling> SCALINGS = new TreeMap<>(Map.of(
            "default", RotaryScaling::none,
            "dynamic", RotaryScaling::none,
            "linear", RotaryScaling::linear,
            "llama3", RotaryScaling::llama3,
            "yarn", RotaryScaling::yarn));

    private RotarySettings() {}

    /** Every channel turns. */
    static Rotary whole(Config config, int headSize, int positions) {
        Config settings = config.part("rope_parameters");
        settings.refuse(
                "partial_rotary_factor",
                settings.nonNegative("partial_rotary_factor", 1) != 1,
                "this family turns all channels; expected 1");
        return read(config, headSize, positions, config.nonNegative("rope_theta", THETA), 1);
    }

    /**
     * The first channels of every head turn, halves together.
     *
     * @param positions {@code max_position_embeddings}
     * @param defaultTheta where the settings have none, as in older files
     * @param defaultPart which part of the channels turns, likewise
     */
    static Rotary read(Config config, int headSize, int positions, double defaultTheta, double defaultPart) {
        Config settings = config.part(config.has("rope_scaling") ? "rope_scaling" : "rope_parameters");
        double theta = settings.nonNegative("rope_theta", defaultTheta);
        int turned = (int) (headSize * settings.nonNegative("partial_rotary_factor", defaultPart));
        if (turned % 2 != 0 || turned > headSize || turned < 2) {
            throw config.error(
                    "head_dim", headSize, "one of which an even number of channels turn, where " + turned + " would");
        }
        RotaryScaling scaling = settings.choice(settings.has("rope_type") ? "rope_type" : "type", "default", SCALINGS);
        float[] frequencies = new float[turned / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = 1 / RotaryScaling.period(theta, i, frequencies.length);
        }
        String trained = "original_max_position_embeddings";
        RotaryScaling.Scaled scaled = scaling.of(new RotaryScaling.Given(
                settings, theta, frequencies, config.size(trained, settings.size(trained, positions))));
        List<Double> list = new ArrayList<>();
        for (float frequency : scaled.frequencies()) {
            list.add((double) frequency);
        }
        return new Rotary("rotary_emb", headSize, RotaryLayout.HALF_SPLIT, list, scaled.factor());
    }
}
