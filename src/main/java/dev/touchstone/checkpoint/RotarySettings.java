package dev.touchstone.checkpoint;

import dev.touchstone.kernels.Pairing;
import dev.touchstone.model.Rotary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rotary embeddings as {@code config.json} asks for them: {@code rope_parameters}, or in older files {@code rope_scaling}
 * and {@code rope_theta}. Frequencies are computed in the steps of {@code modeling_rope_utils.py}, each rounded to float
 * as PyTorch rounds it: the result, {@code inv_freq}, is part of what the model is.
 */
final class RotarySettings {
    private static final double THETA = 10_000;

    /** How the frequencies of a longer context are made of those that were trained. */
    @FunctionalInterface
    private interface Scaling {
        float[] of(float[] frequencies, Config settings, int positions);
    }

    private static final Map<String, Scaling> SCALINGS = new TreeMap<>(Map.of(
            "default", (frequencies, settings, positions) -> frequencies,
            "linear", RotarySettings::linear,
            "llama3", RotarySettings::llama3));

    private RotarySettings() {}

    /**
     * The first {@code turned} channels of every head turn, halves together.
     *
     * @param positions {@code max_position_embeddings}
     */
    static Rotary read(Config config, String name, int headSize, int turned, int positions) {
        if (turned % 2 != 0 || turned > headSize || turned < 2) {
            throw config.error(
                    "head_dim", headSize, "one of which an even number of channels turn, where " + turned + " would");
        }
        Config settings = config.part(config.has("rope_scaling") ? "rope_scaling" : "rope_parameters");
        double theta = settings.number(config.number(THETA, "rope_theta"), "rope_theta");
        String type = settings.has("rope_type") ? "rope_type" : "type";
        Scaling scaling = settings.choice("default", type, SCALINGS);
        float[] frequencies = scaling.of(frequencies(theta, turned), settings, positions);
        List<Double> list = new ArrayList<>();
        for (float frequency : frequencies) {
            list.add((double) frequency);
        }
        return new Rotary(name, headSize, Pairing.HALVES, list, 1);
    }

    /** {@code 1 / theta^(2 i / R)} */
    private static float[] frequencies(double theta, int turned) {
        float[] frequencies = new float[turned / 2];
        for (int i = 0; i < frequencies.length; i++) {
            float exponent = 2f * i / turned;
            frequencies[i] = 1 / (float) StrictMath.pow((float) theta, exponent);
        }
        return frequencies;
    }

    private static float[] linear(float[] frequencies, Config settings, int positions) {
        float factor = (float) settings.factor();
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] /= factor;
        }
        return frequencies;
    }

    /** Fast turns stay, slow ones are slowed by {@code factor}, and those between are a mean of the two. */
    private static float[] llama3(float[] frequencies, Config settings, int positions) {
        float factor = (float) settings.factor();
        double low = settings.number(1, "low_freq_factor");
        double high = settings.number(4, "high_freq_factor");
        int trained = settings.size(positions, "original_max_position_embeddings");
        for (int i = 0; i < frequencies.length; i++) {
            float frequency = frequencies[i];
            float wavelength = 1 / frequency * (float) (2 * Math.PI); // PyTorch multiplies by a reciprocal
            if (wavelength > trained / low) {
                frequencies[i] = frequency / factor;
            } else if (wavelength >= trained / high) {
                float smooth = (1 / wavelength * trained - (float) low) / (float) (high - low);
                frequencies[i] = (1 - smooth) * frequency / factor + smooth * frequency;
            }
        }
        return frequencies;
    }
}
