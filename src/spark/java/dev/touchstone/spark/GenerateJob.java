package dev.touchstone.spark;

import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** {@link Touchstone#generate} as a program for {@code spark-submit}. */
public final class GenerateJob {
    private static final List<String> FORMATS = List.of("json", "parquet");
    private static final List<String> OPTIONS = List.of(
            "--input",
            "--output",
            "--format",
            "--model",
            "--distributed-model",
            "--digest",
            "--settings",
            "--batch-size",
            "--partitions");
    private static final String USAGE = """
            usage: spark-submit touchstone-spark.jar --input PATH --output PATH [options]
              --input PATH       rows with id and prompt, prompt_ids or messages
              --output PATH      a folder, which must not exist
              --format FORMAT    json (default; one object in a line) or parquet, of input and output
              --model PATH       a folder or GGUF file that is at this path on every machine; default: the included model
              --distributed-model NAME
                                 a GGUF file of spark-submit's --files, or the name after # in its --archives
              --digest SHA256    what the digest of the model must be; default: that of the copy on this machine
              --settings JSON    settings by the names of generation_config.json
              --batch-size N     rows in a forward pass; default: 8
              --partitions N     divide the rows into N partitions first; default: as they are read""";

    private GenerateJob() {}

    public static void main(String[] args) {
        new Program("touchstone generate", USAGE).run(() -> options(args), GenerateJob::run);
    }

    static Options options(String... args) {
        Options options = Options.parse(OPTIONS, args);
        Options.refuse(!options.others().isEmpty(), "unexpected arguments: " + options.others());
        for (String needed : List.of("--input", "--output")) {
            Options.refuse(!options.has(needed), needed + " is missing");
        }
        Options.refuse(
                options.has("--model") && options.has("--distributed-model"),
                "--model and --distributed-model exclude each other");
        Options.refuse(!FORMATS.contains(format(options)), "--format must be one of " + FORMATS);
        for (String count : List.of("--batch-size", "--partitions")) {
            Options.refuse(
                    !options.get(count, "1").matches("[1-9][0-9]{0,8}"),
                    count + " must be a whole number of at least 1");
        }
        return options;
    }

    private static String format(Options options) {
        return options.get("--format", FORMATS.get(0));
    }

    static String run(SparkSession spark, Options options) {
        Dataset<Row> rows = spark.read().format(format(options)).load(options.get("--input"));
        if (options.has("--partitions")) {
            rows = rows.repartition(Integer.parseInt(options.get("--partitions")));
        }
        Progress progress = Progress.of(spark.sparkContext());
        long begin = System.nanoTime();
        Touchstone.generate(rows, settings(options), progress)
                .write()
                .format(format(options))
                .save(options.get("--output"));
        return String.format(
                Locale.ROOT,
                "%d rows with an answer, %d with an error; %d prompt tokens, %d new tokens in %.2f s",
                progress.rows().sum(),
                progress.errors().sum(),
                progress.promptTokens().sum(),
                progress.newTokens().sum(),
                (System.nanoTime() - begin) / 1e9);
    }

    private static GenerateSettings settings(Options options) {
        GenerateSettings settings = options.has("--distributed-model")
                ? GenerateSettings.ofDistributed(options.get("--distributed-model"))
                : GenerateSettings.of(options.get("--model"));
        return settings.withDigest(options.get("--digest"))
                .withJson(options.get("--settings", "{}"))
                .withBatchSize(Integer.parseInt(options.get("--batch-size", "" + settings.batchSize())));
    }
}
