package dev.touchstone.families;

import dev.touchstone.kernels.RotaryLayout;
import dev.touchstone.model.Rotary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads the settings of rotary embeddings from {@code config.json}: {@code rope_parameters}, or in older files {@code rope_scaling}
 * and {@code rope_theta}. The frequencies are rounded to float like Hugging Face's buffer {@code inv_freq}; the angles are not rounded.
 */
final class RotarySettings {
    private static final double THETA = 10_000;

    private static final Map<String, RotaryScaling> SCALINGS = new TreeMap<>(Map.of(
            "default", RotaryScaling::none,
            "dynamic", RotaryScaling::dynamic,
            "linear", RotaryScaling::linear,
            "llama3", RotaryScaling::llama3,
            "longrope", RotaryScaling::longRope,
            "yarn", RotaryScaling::yarn));

    /** The types of scaling that use the length of the context in training. */
    private static final Set<String> USE_TRAINED = Set.of("llama3", "longrope", "yarn");

    private RotarySettings() {}

    /** For families whose rotary embedding applies to all channels of a head. */
    static Rotary whole(Config config, int headSize, int positions) {
        for (Config settings : List.of(settings(config), config)) {
            settings.refuse(
                    "partial_rotary_factor",
                    settings.nonNegative("partial_rotary_factor", 1) != 1,
                    "in this family the rotary embedding applies to all channels; expected 1");
        }
        return read(config, headSize, positions, config.nonNegative("rope_theta", THETA), 1);
    }

    /** {@code rope_scaling} if it has fields, else {@code rope_parameters}: as Python's {@code or} has it. */
    private static Config settings(Config config) {
        Config scaling = config.part("rope_scaling");
        Config settings = scaling.json().isEmpty() ? config.part("rope_parameters") : scaling;
        settings.json().properties().forEach(field -> {
            if (field.getValue().isObject()) {
                throw settings.error(field.getKey(), "no object: settings for each type of layer are not supported");
            }
        });
        return settings;
    }

    /**
     * A half-split rotary embedding on the first channels of every head.
     *
     * @param positions {@code max_position_embeddings}
     * @param defaultTheta the base if the settings have none, as in older files
     * @param defaultPart likewise the fraction of channels to which the embedding applies
     */
    static Rotary read(Config config, int headSize, int positions, double defaultTheta, double defaultPart) {
        Config settings = settings(config);
        refuseNull(settings, "rope_theta");
        refuseNull(settings, "partial_rotary_factor");
        double theta = settings.nonNegative("rope_theta", defaultTheta);
        int channels = (int) (headSize * settings.nonNegative("partial_rotary_factor", defaultPart));
        if (channels % 2 != 0 || channels > headSize || channels < 2) {
            throw config.error(
                    "head_dim", headSize, "a size with an even number of rotary channels, found " + channels);
        }
        String type = settings.has("rope_type") ? "rope_type" : "type";
        RotaryScaling scaling = settings.choice(type, "default", SCALINGS);
        boolean usesTrained = USE_TRAINED.contains(settings.text(type).orElse("default"));
        int trained = usesTrained ? trainedPositions(config, settings, positions) : positions;
        float[] frequencies = new float[channels / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = 1 / RotaryScaling.period(theta, i, frequencies.length);
        }
        RotaryScaling.Scaled scaled =
                scaling.of(new RotaryScaling.Given(settings, theta, frequencies, trained, positions));
        List<Double> list = new ArrayList<>();
        for (float frequency : scaled.frequencies()) {
            list.add((double) frequency);
        }
        return new Rotary("rotary_emb", headSize, RotaryLayout.HALF_SPLIT, list, scaled.factor());
    }

    /** The length of the context in training. A value outside of the settings of the embedding has precedence. */
    private static int trainedPositions(Config config, Config settings, int positions) {
        String trained = "original_max_position_embeddings";
        refuseNull(settings, trained);
        refuseNull(config, trained);
        return config.size(trained, settings.size(trained, positions));
    }

    /** Throws if a field is null, which Hugging Face does not replace by a default here. */
    private static void refuseNull(Config config, String name) {
        if (!config.isAbsent(name) && !config.has(name)) {
            throw config.error(name, "a number");
        }
    }
}
