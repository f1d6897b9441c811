package dev.touchstone.spark;

import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@link Touchstone#generate} as a program for {@code spark-submit}. */
@Command(name = "generate", customSynopsis = "spark-submit touchstone-spark.jar --input PATH --output PATH [options]")
public final class GenerateJob extends Program {
    /** The format of rows. */
    enum Format {
        JSON,
        PARQUET
    }

    /** Which model; at most one option. */
    static final class Model {
        @Option(
                names = "--model",
                paramLabel = "PATH",
                description =
                        "a folder or GGUF file that is at this path on every machine; default: the included model")
        private String path;

        @Option(
                names = "--distributed-model",
                paramLabel = "NAME",
                description = "a GGUF file of spark-submit's --files, or the name after # in its --archives")
        private String name;

        private GenerateSettings settings() {
            return name != null ? GenerateSettings.ofDistributed(name) : GenerateSettings.of(path);
        }
    }

    @Option(
            names = "--input",
            paramLabel = "PATH",
            required = true,
            description = "rows with id and prompt, prompt_ids or messages")
    private String input;

    @Option(names = "--output", paramLabel = "PATH", required = true, description = "a folder, which must not exist")
    private String output;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "json (default; one object in a line) or parquet, of input and output")
    private Format format = Format.JSON;

    @ArgGroup
    private Model model = new Model();

    @Option(
            names = "--digest",
            paramLabel = "SHA256",
            description = "what the digest of the model must be; default: that of the copy on this machine")
    private String digest;

    @Option(names = "--settings", paramLabel = "JSON", description = "settings by the names of generation_config.json")
    private String settings = "{}";

    @Option(names = "--batch-size", paramLabel = "N", description = "rows in a forward pass; default: 8")
    private Integer batchSize;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "divide the rows into N partitions first; default: as they are read")
    private Integer partitions;

    public static void main(String[] args) {
        main(new GenerateJob(), args);
    }

    @Override
    void check() {
        positive("--batch-size", batchSize);
        positive("--partitions", partitions);
    }

    private void positive(String option, Integer value) {
        if (value != null && value < 1) {
            throw wrong(option + " must be at least 1, got " + value);
        }
    }

    @Override
    String run(SparkSession spark) {
        String source = format.name().toLowerCase(Locale.ROOT);
        Dataset<Row> rows = spark.read().format(source).load(input);
        if (partitions != null) {
            rows = rows.repartition(partitions);
        }
        Progress progress = Progress.of(spark.sparkContext());
        long begin = System.nanoTime();
        Touchstone.generate(rows, settings(), progress).write().format(source).save(output);
        return String.format(
                Locale.ROOT,
                "%d rows with an answer, %d with an error; %d prompt tokens, %d new tokens in %.2f s",
                progress.rows().sum(),
                progress.errors().sum(),
                progress.promptTokens().sum(),
                progress.newTokens().sum(),
                (System.nanoTime() - begin) / 1e9);
    }

    private GenerateSettings settings() {
        GenerateSettings all = model.settings().withDigest(digest).withJson(settings);
        return batchSize == null ? all : all.withBatchSize(batchSize);
    }
}
