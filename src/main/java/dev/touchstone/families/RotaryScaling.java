package dev.touchstone.families;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;

/**
 * Extends the context of a rotary embedding: computes its frequencies from those of the training. The steps are those of
 * {@code modeling_rope_utils.py} in Hugging Face transformers, each rounded to float as PyTorch rounds it.
 */
@FunctionalInterface
interface RotaryScaling {
    /**
     * The result.
     *
     * @param frequencies in radians per position, one for each pair of channels. (R / 2)
     * @param factor multiplies cosines and sines
     * @param longer the frequencies of sequences longer than the trained context; null if they have the same. (R / 2)
     */
    record Scaled(float[] frequencies, double factor, float[] longer) {
        /** The same frequencies for sequences of every length. */
        Scaled(float[] frequencies, double factor) {
            this(frequencies, factor, null);
        }
    }

    /**
     * The input.
     *
     * @param settings {@code rope_parameters}
     * @param theta the base: the trained frequency of pair {@code i} is {@code theta^(-2 i / R)}
     * @param frequencies of the training. (R / 2)
     * @param positions the length of the context in training, in tokens
     * @param extended the length of the context now, in tokens
     */
    record Given(Config settings, double theta, float[] frequencies, int positions, int extended) {
        /** By how much the context is extended: the setting {@code factor}, for which null means the ratio of the lengths. */
        double factor() {
            return settings.isNull("factor") ? (double) extended / positions : settings.factor();
        }
    }

    Scaled of(Given given);

    /** No scaling. */
    static Scaled none(Given given) {
        return new Scaled(given.frequencies, 1);
    }

    /**
     * No scaling of sequences that are not longer than {@code max_position_embeddings}. The context ends there, because the keys in a cache
     * would need the new frequencies too.
     */
    static Scaled dynamic(Given given) {
        given.settings.factor();
        return none(given);
    }

    /** Divides all frequencies by {@code factor}. */
    static Scaled linear(Given given) {
        float factor = (float) given.settings.factor();
        float[] frequencies = given.frequencies.clone();
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] /= factor;
        }
        return new Scaled(frequencies, 1);
    }

    /** Keeps high frequencies, divides low ones by {@code factor}, and takes a weighted mean of the two between them. */
    static Scaled llama3(Given given) {
        float factor = (float) given.settings.factor();
        double low = given.settings.required("low_freq_factor");
        double high = given.settings.required("high_freq_factor");
        float[] frequencies = given.frequencies.clone();
        for (int i = 0; i < frequencies.length; i++) {
            float frequency = frequencies[i];
            float wavelength = 1 / frequency * (float) (2 * Math.PI); // PyTorch multiplies by a reciprocal
            if (wavelength > given.positions / low) {
                frequencies[i] = frequency / factor;
            } else if (wavelength >= given.positions / high) {
                float smooth = (1 / wavelength * given.positions - (float) low) / (float) (high - low);
                frequencies[i] = (1 - smooth) * frequency / factor + smooth * frequency;
            }
        }
        return new Scaled(frequencies, 1);
    }

    /**
     * LongRoPE (Ding et al., 2024): divides each frequency by a factor of its own. Sequences within the trained context have other factors
     * than longer ones.
     */
    static Scaled longRope(Given given) {
        float[] frequencies = divided("short_factor", given);
        float[] longer = divided("long_factor", given);
        boolean changes = given.extended > given.positions && !Arrays.equals(frequencies, longer);
        return new Scaled(
                frequencies,
                given.settings.nonNegative("attention_factor", longRopeFactor(given)),
                changes ? longer : null);
    }

    /** The frequencies of the training divided by the factors in a field. */
    private static float[] divided(String field, Given given) {
        List<JsonNode> factors = given.settings.list(field);
        int pairs = given.frequencies.length;
        if (factors.size() != pairs || !factors.stream().allMatch(JsonNode::isNumber)) {
            throw given.settings.error(field, "a list of " + pairs + " numbers, one for each pair of channels");
        }
        float[] frequencies = new float[pairs];
        for (int i = 0; i < pairs; i++) {
            frequencies[i] = 1 / (factors.get(i).floatValue() * period(given.theta, i, pairs));
        }
        return frequencies;
    }

    private static double longRopeFactor(Given given) {
        double ratio = (double) given.extended / given.positions;
        double factor = given.settings.has("factor") ? given.settings.factor() : ratio;
        return factor <= 1 ? 1 : Math.sqrt(1 + StrictMath.log(factor) / StrictMath.log(given.positions));
    }

    /** YaRN (Peng et al., 2023): a linear ramp from frequencies that are kept to those that are divided, and larger scores. */
    static Scaled yarn(Given given) {
        Config settings = given.settings;
        float factor = (float) given.factor();
        double low = pairOf(settings.positive("beta_fast", 32), given);
        double high = pairOf(settings.positive("beta_slow", 1), given);
        if (settings.flagOrOff("truncate", true)) {
            low = Math.floor(low);
            high = Math.ceil(high);
        }
        low = Math.max(low, 0);
        high = Math.min(high, 2 * given.frequencies.length - 1);
        float width = (float) (low == high ? 0.001 : high - low);
        float[] frequencies = new float[given.frequencies.length];
        for (int i = 0; i < frequencies.length; i++) {
            float stay = 1 - Math.min(1, Math.max(0, (i - (float) low) / width));
            float slowed = 1 / (factor * period(given.theta, i, frequencies.length));
            frequencies[i] = slowed * (1 - stay) + given.frequencies[i] * stay;
        }
        return new Scaled(frequencies, sharpness(settings, given.factor()));
    }

    /** The index of the pair, a fraction, that completes {@code rotations} rotations within the trained context. */
    private static double pairOf(double rotations, Given given) {
        double channels = 2.0 * given.frequencies.length;
        return channels
                * StrictMath.log(given.positions / (rotations * 2 * Math.PI))
                / (2 * StrictMath.log(given.theta));
    }

    private static double sharpness(Config settings, double factor) {
        double scale = settings.nonNegative("mscale", 0);
        double all = settings.nonNegative("mscale_all_dim", 0);
        double usual = scale > 0 && all > 0 ? sharpness(factor, scale) / sharpness(factor, all) : sharpness(factor, 1);
        return settings.nonNegative("attention_factor", usual);
    }

    /** By how much longer contexts sharpen attention: {@code 0.1 scale ln(factor) + 1}. */
    static double sharpness(double factor, double scale) {
        return factor <= 1 ? 1 : 0.1 * scale * StrictMath.log(factor) + 1;
    }

    /** {@code theta^(2 i / R)}, of {@code pairs} pairs. */
    static float period(double theta, int i, int pairs) {
        return (float) StrictMath.pow((float) theta, (float) i / pairs);
    }
}
