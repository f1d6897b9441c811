package dev.touchstone.spark;

import dev.touchstone.util.TouchstoneException;
import java.io.Serializable;

/**
 * How to continue the rows of a dataset. Start from {@link #of}, {@link #ofDistributed} or {@link #storyteller}.
 * Immutable: each method returns a changed copy.
 *
 * @param model the model, which is the same on every executor
 * @param digest what {@link ModelDigest} must be on every executor; null to take that of the driver's copy
 * @param json settings of the run: a JSON object with the names of {@code generation_config.json}
 * @param batchSize the largest number of rows in a forward pass
 */
public record GenerateSettings(ModelPlace model, String digest, String json, int batchSize) implements Serializable {
    private static final int BATCH_SIZE = 8;

    public GenerateSettings {
        if (batchSize < 1) {
            throw new TouchstoneException("the size of a batch must be at least 1, got " + batchSize);
        }
    }

    private static GenerateSettings of(ModelPlace model) {
        return new GenerateSettings(model, null, "{}", BATCH_SIZE);
    }

    /** A folder or a GGUF file that has the same path on the driver and on every executor. */
    public static GenerateSettings of(String path) {
        return of(new ModelPlace(path, false));
    }

    /**
     * A model that Spark copies to every executor.
     *
     * @param name for {@code SparkContext.addFile}, the name of a GGUF file; for {@code addArchive}, the text after
     *     {@code #}, and the path of the model's folder in the archive if it is not at the top, such as
     *     {@code models/gpt2}
     */
    public static GenerateSettings ofDistributed(String name) {
        return of(new ModelPlace(name, true));
    }

    /** The model that is part of the library. */
    public static GenerateSettings storyteller() {
        return of(ModelPlace.INCLUDED);
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
