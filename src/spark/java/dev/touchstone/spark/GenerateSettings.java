package dev.touchstone.spark;

import dev.touchstone.util.TouchstoneException;
import java.io.Serializable;

/**
 * How to continue the rows of a dataset. Start from {@link #of} or {@link #storyteller}. Immutable: each method
 * returns a changed copy.
 *
 * @param model a folder or a GGUF file at the same path on the driver and on every executor; null for the included
 *     model
 * @param digest what {@link ModelDigest} must be on every executor; null to take that of the driver's copy
 * @param json settings of the run: a JSON object with the names of {@code generation_config.json}
 * @param batchSize the largest number of rows in a forward pass
 */
public record GenerateSettings(String model, String digest, String json, int batchSize) implements Serializable {
    private static final int BATCH_SIZE = 8;

    public GenerateSettings {
        if (batchSize < 1) {
            throw new TouchstoneException("the size of a batch must be at least 1, got " + batchSize);
        }
    }

    /** A folder or a GGUF file at the same path on the driver and on every executor, with the model's own settings. */
    public static GenerateSettings of(String model) {
        return new GenerateSettings(model, null, "{}", BATCH_SIZE);
    }

    /** The model that is part of the library. */
    public static GenerateSettings storyteller() {
        return of(null);
    }

    /**
     * Settings that apply to all rows, such as
     * {@code {"do_sample": true, "temperature": 0.8, "seed": 7, "max_new_tokens": 50}}. The model's own apply where
     * they have none. By default a text has at most 100 new tokens, and the seed is 0.
     */
    public GenerateSettings withJson(String settings) {
        return new GenerateSettings(model, digest, settings, batchSize);
    }

    /** The {@link ModelDigest} that every executor must find, for a driver that does not have the model. */
    public GenerateSettings withDigest(String expected) {
        return new GenerateSettings(model, expected, json, batchSize);
    }

    public GenerateSettings withBatchSize(int rows) {
        return new GenerateSettings(model, digest, json, rows);
    }
}
