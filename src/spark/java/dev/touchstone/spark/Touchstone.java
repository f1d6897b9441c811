package dev.touchstone.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import dev.touchstone.Sampling;
import dev.touchstone.util.Json;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/**
 * Continues the prompts of a dataset with a language model.
 *
 * <pre>{@code
 * Dataset<Row> answers = Touchstone.generate(
 *         spark.read().parquet("prompts"),
 *         GenerateSettings.of("/models/SmolLM2-135M-Instruct").withJson("{\"max_new_tokens\": 50}"));
 * answers.write().parquet("answers"); }</pre>
 */
public final class Touchstone {
    /** The column of a row's JSON text, between the input and the answer. */
    private static final String JSON_TEXT = "__touchstone_row";

    private Touchstone() {}

    /**
     * Continues the prompt of each row, when the result is used. A row has an {@code id}, a string or a number, and a
     * prompt: the column {@code messages}, a conversation, with {@code tools} if there are any; or {@code prompt}, a
     * text; or {@code prompt_ids}, token ids. {@code settings} may override those of the run. {@code messages},
     * {@code tools} and {@code settings} may also be JSON in a string.
     *
     * <p>The result has all columns, and {@code prompt}, {@code prompt_ids}, {@code ids}, {@code text},
     * {@code finish_reason}, {@code log_probability}, {@code seed} if tokens are sampled, {@code digest}, and
     * {@code error} for a row that has no answer. The seed of a row depends on the seed of the run and on the row's
     * id, so ids should be unique.
     *
     * @throws dev.touchstone.util.TouchstoneException if a column is missing, if the settings are invalid, or if the
     *     driver has no copy of the model and the settings no digest of it
     */
    public static Dataset<Row> generate(Dataset<Row> rows, GenerateSettings settings) {
        return generate(rows, settings, Progress.of(rows.sparkSession().sparkContext()));
    }

    /** As {@link #generate(Dataset, GenerateSettings)}, with accumulators of the caller. */
    public static Dataset<Row> generate(Dataset<Row> rows, GenerateSettings settings, Progress progress) {
        Columns columns = new Columns(rows.schema());
        Sampling.ofJson(Json.object("settings", settings.json())); // refuses invalid ones before the job begins
        GenerateSettings known = settings.digest() != null
                ? settings
                : settings.withDigest(ModelDigest.of(settings.model().here()));
        Column[] read =
                columns.read().stream().map(name -> col("`" + name + "`")).toArray(Column[]::new);
        return rows.withColumn(JSON_TEXT, to_json(struct(read)))
                .mapPartitions(new PartitionTask(columns, known, progress), Encoders.row(columns.output()));
    }
}
