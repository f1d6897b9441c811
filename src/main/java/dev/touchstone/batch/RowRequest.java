package dev.touchstone.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.Sampling;
import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.generation.Settings;
import dev.touchstone.util.JsonObject;
import dev.touchstone.util.Sha256;
import dev.touchstone.util.TouchstoneException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A row with all its settings, ready to be computed.
 *
 * @param sampling the settings of the row, as they are written to the answer
 * @param settings the same for the engine
 * @param seed the seed of the row; null if tokens are not sampled
 * @param json all settings that have an effect, those of the model included
 */
public record RowRequest(BatchRow row, Sampling sampling, Settings settings, Long seed, ObjectNode json) {
    private static final String SEED = "seed";

    /**
     * Combines the settings of the run with those of the row.
     *
     * @throws TouchstoneException if a setting of the row is unknown or invalid, or if the prompt does not fit into
     *     the context
     */
    public static RowRequest of(BatchRow row, LoadedModel model, Sampling run) {
        try {
            ObjectNode changes = row.settings().deepCopy();
            if (!changes.hasNonNull(SEED)) {
                long seed = run.givenSeed().orElse(0);
                changes.put(SEED, row.id() == null ? seed : seed(seed, row.id()));
            }
            Sampling sampling = run.with(model, new JsonObject("settings", changes));
            Settings settings = sampling.engineSettings(model, row.ids());
            settings.window().check(row.ids().length, settings.maxNewTokens());
            Long seed = sampling.isRandom(model) ? (Long) changes.get(SEED).longValue() : null;
            return new RowRequest(row, sampling, settings, seed, json(sampling.json(model), settings));
        } catch (TouchstoneException e) {
            throw new TouchstoneException(row.where() + ": " + e.getMessage(), e);
        }
    }

    /** With the number of new tokens that the settings of lengths mean for this row, instead of these settings. */
    private static ObjectNode json(ObjectNode json, Settings settings) {
        json.remove(List.of("default_new_tokens", "max_length", "max_new_tokens"));
        return json.put("max_new_tokens", settings.maxNewTokens());
    }

    /** The seed of a row: the first 64 bits of the SHA-256 of the run's seed, a line break and the row's id. */
    static long seed(long run, String id) {
        return ByteBuffer.wrap(Sha256.of(run + "\n" + id)).getLong();
    }

    /** The largest number of tokens that the model reads at a time for this row. */
    int context() {
        long tokens = (long) row.ids().length + settings.maxNewTokens();
        return (int) Math.min(tokens, settings.window().positions());
    }
}
