package dev.touchstone.families;

/**
 * How the frequencies of a longer context are made of those that were trained, in the steps of Hugging Face's
 * {@code modeling_rope_utils.py}, each rounded to float as PyTorch rounds it.
 */
@FunctionalInterface
interface RotaryScaling {
    /**
     * @param frequencies radians a position, one a pair of channels. (R / 2)
     * @param factor what cosines and sines are multiplied by
     */
    record Scaled(float[] frequencies, double factor) {}

    /**
     * What is known where frequencies are made.
     *
     * @param settings {@code rope_parameters}
     * @param theta the base: pair {@code i} turns by {@code theta^(-2 i / R)} a position
     * @param positions those that were trained
     */
    record Given(Config settings, double theta, float[] frequencies, int positions) {}

    Scaled of(Given given);

    /**
     * As trained. For {@code dynamic} too: there frequencies change once a sequence outgrows {@code max_position_embeddings},
     * which is where the context ends here; they would change under the keys that a cache holds.
     */
    static Scaled none(Given given) {
        return new Scaled(given.frequencies, 1);
    }

    /** All turns slower by {@code factor}. */
    static Scaled linear(Given given) {
        float factor = (float) given.settings.factor();
        float[] frequencies = given.frequencies.clone();
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] /= factor;
        }
        return new Scaled(frequencies, 1);
    }

    /** Fast turns stay, slow ones are slowed by {@code factor}, and those between are a mean of the two. */
    static Scaled llama3(Given given) {
        float factor = (float) given.settings.factor();
        double low = given.settings.nonNegative("low_freq_factor", 1);
        double high = given.settings.nonNegative("high_freq_factor", 4);
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

    /** YaRN (Peng et al., 2023): a ramp from pairs that stay to pairs that are slowed, and scores a little sharper. */
    static Scaled yarn(Given given) {
        Config settings = given.settings;
        float factor = (float) settings.factor();
        double low = pairOf(settings.positive("beta_fast", 32), given);
        double high = pairOf(settings.positive("beta_slow", 1), given);
        if (settings.flag("truncate", true)) {
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
        return new Scaled(frequencies, sharpness(settings));
    }

    /** The pair, not a whole number, that turns {@code rotations} times within the trained positions. */
    private static double pairOf(double rotations, Given given) {
        double channels = 2.0 * given.frequencies.length;
        return channels
                * StrictMath.log(given.positions / (rotations * 2 * Math.PI))
                / (2 * StrictMath.log(given.theta));
    }

    private static double sharpness(Config settings) {
        double scale = settings.nonNegative("mscale", 0);
        double all = settings.nonNegative("mscale_all_dim", 0);
        double factor = settings.factor();
        double usual = scale > 0 && all > 0 ? sharpness(factor, scale) / sharpness(factor, all) : sharpness(factor, 1);
        return settings.nonNegative("attention_factor", usual);
    }

    private static double sharpness(double factor, double scale) {
        return factor <= 1 ? 1 : 0.1 * scale * StrictMath.log(factor) + 1;
    }

    /** {@code theta^(2 i / R)}, of {@code pairs} pairs. */
    static float period(double theta, int i, int pairs) {
        return (float) StrictMath.pow((float) theta, (float) i / pairs);
    }
}
