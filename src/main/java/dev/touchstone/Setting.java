package dev.touchstone;

import java.util.Arrays;
import java.util.Locale;

/** A setting of {@link Sampling}. Most are fields of Hugging Face's {@code GenerationConfig}, under its names. */
enum Setting {
    DO_SAMPLE,
    TEMPERATURE,
    TOP_K,
    TOP_P,
    MIN_P,
    TYPICAL_P,
    REPETITION_PENALTY,
    ENCODER_REPETITION_PENALTY,
    NO_REPEAT_NGRAM_SIZE,
    SEQUENCE_BIAS,
    BAD_WORDS_IDS,
    SUPPRESS_TOKENS,
    BEGIN_SUPPRESS_TOKENS,
    FORCED_BOS_TOKEN_ID,
    FORCED_EOS_TOKEN_ID,
    EXPONENTIAL_DECAY_LENGTH_PENALTY,
    MIN_LENGTH,
    MIN_NEW_TOKENS,
    NUM_BEAMS,
    LENGTH_PENALTY,
    EARLY_STOPPING,
    MAX_LENGTH,
    MAX_NEW_TOKENS,
    STOP_STRINGS,
    EOS_TOKEN_ID,
    USE_CACHE,
    // The rest is not in Hugging Face's file.
    LOGIT_BIAS,
    PRESENCE_PENALTY,
    FREQUENCY_PENALTY,
    SEED,
    PROCESSORS,
    DRAFT,
    DEFAULT_NEW_TOKENS,
    WINDOW_STRIDE,
    MODEL_DEFAULTS;

    /** Whether it has an effect only if tokens are chosen at random. */
    boolean isForSampling() {
        return switch (this) {
            case TEMPERATURE, TOP_K, TOP_P, MIN_P, TYPICAL_P, SEED -> true;
            default -> false;
        };
    }

    /** The setting with a name in {@code generation_config.json}; null if there is none. */
    static Setting named(String name) {
        return Arrays.stream(values())
                .filter(setting -> setting.toString().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** The name in {@code generation_config.json}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
