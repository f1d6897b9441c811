package dev.touchstone.spark;

import dev.touchstone.util.TouchstoneException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** {@link Touchstone#generate} as a program for {@code spark-submit}. */
public final class GenerateJob {
    private static final List<String> FORMATS = List.of("json", "parquet");
    private static final List<String> OPTIONS = List.of(
            "--input", "--output", "--format", "--model", "--digest", "--settings", "--batch-size", "--partitions");
    private static final String USAGE = """
            usage: spark-submit touchstone-spark.jar --input PATH --output PATH [options]
              --input PATH       rows with id and prompt, prompt_ids or messages
              --output PATH      a folder, which must not exist
              --format FORMAT    json (default; one object in a line) or parquet, of input and output
              --model PATH       a folder or GGUF file that is at this path on every machine; default: the included model
              --digest SHA256    what the digest of the model must be; default: that of the copy on this machine
              --settings JSON    settings by the names of generation_config.json
              --batch-size N     rows in a forward pass; default: 8
              --partitions N     divide the rows into N partitions first; default: as they are read""";

    private GenerateJob() {}

    public static void main(String[] args) {
        Map<String, String> options;
        try {
            options = options(args);
        } catch (TouchstoneException e) {
            System.err.println("touchstone: " + e.getMessage() + "\n" + USAGE);
            System.exit(2);
            return;
        }
        SparkSession spark =
                SparkSession.builder().appName("touchstone generate").getOrCreate();
        try {
            System.out.println(run(spark, options));
        } catch (TouchstoneException e) {
            System.err.println("touchstone: " + e.getMessage());
            System.exit(1);
        } finally {
            spark.stop();
        }
    }

    private static Map<String, String> options(String[] args) {
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = 0; i < args.length; i += 2) {
            refuse(!OPTIONS.contains(args[i]), "unknown option " + args[i]);
            refuse(i + 1 == args.length, args[i] + " needs a value");
            refuse(options.put(args[i], args[i + 1]) != null, args[i] + " is given twice");
        }
        for (String needed : List.of("--input", "--output")) {
            refuse(!options.containsKey(needed), needed + " is missing");
        }
        options.putIfAbsent("--format", FORMATS.get(0));
        refuse(!FORMATS.contains(options.get("--format")), "--format must be one of " + FORMATS);
        for (String count : List.of("--batch-size", "--partitions")) {
            refuse(
                    !options.getOrDefault(count, "1").matches("[1-9][0-9]{0,8}"),
                    count + " must be a whole number of at least 1");
        }
        return options;
    }

    private static void refuse(boolean wrong, String why) {
        if (wrong) {
            throw new TouchstoneException(why);
        }
    }

    private static String run(SparkSession spark, Map<String, String> options) {
        String format = options.get("--format");
        Dataset<Row> rows = spark.read().format(format).load(options.get("--input"));
        if (options.containsKey("--partitions")) {
            rows = rows.repartition(Integer.parseInt(options.get("--partitions")));
        }
        Progress progress = Progress.of(spark.sparkContext());
        long begin = System.nanoTime();
        Touchstone.generate(rows, settings(options), progress)
                .write()
                .format(format)
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

    private static GenerateSettings settings(Map<String, String> options) {
        GenerateSettings settings = GenerateSettings.of(options.get("--model"));
        return settings.withDigest(options.get("--digest"))
                .withJson(options.getOrDefault("--settings", "{}"))
                .withBatchSize(Integer.parseInt(options.getOrDefault("--batch-size", "" + settings.batchSize())));
    }
}
