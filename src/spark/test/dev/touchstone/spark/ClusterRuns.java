package dev.touchstone.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The program that {@link ClusterTest} submits. Each run writes a folder of answers, and what the cluster did to the
 * file {@code <run>.properties}. Arguments: the file of prompts, a folder of mixed rows, a folder with a model, the
 * settings as JSON, and the folder for the results.
 */
public final class ClusterRuns {
    private final SparkSession spark;
    private final Tasks tasks = new Tasks();
    private final Path results;

    private ClusterRuns(SparkSession spark, Path results) {
        this.spark = spark;
        this.results = results;
        spark.sparkContext().addSparkListener(tasks);
    }

    public static void main(String[] args) throws Exception {
        SparkSession spark = SparkSession.builder().appName("cluster runs").getOrCreate();
        try {
            ClusterRuns runs = new ClusterRuns(spark, Path.of(args[4]));
            runs.generate(args[0], args[1], args[2], args[3]);
            runs.sweep(List.of(args).subList(5, args.length));
        } finally {
            spark.stop();
        }
    }

    private void generate(String prompts, String mixed, String model, String json) throws Exception {
        Dataset<Row> rows = spark.read().json(prompts);
        GenerateSettings settings = GenerateSettings.storyteller().withJson(json);
        for (int partitions : List.of(1, 2, 7, 64)) {
            write("partitions-" + partitions, Touchstone.generate(rows.repartition(partitions), settings));
        }
        // Parts of the file, without a shuffle, whose data would be lost with an executor and be computed again.
        long part = Files.size(Path.of(prompts)) / 12 + 1;
        spark.conf().set("spark.sql.files.maxPartitionBytes", "" + part);
        Dataset<Row> parts = spark.read().schema(rows.schema()).json(prompts);
        Thread killing = Executors.killOne(tasks);
        write("killed", Touchstone.generate(parts, settings));
        killing.join();

        String parquet = results.resolve("mixed-input").toString();
        spark.read().json(mixed).write().parquet(parquet);
        write("mixed", answers(parquet, model));
        fail("other-model", Touchstone.generate(rows, settings.withDigest("0".repeat(64))));
    }

    private void sweep(List<String> fixtures) throws IOException {
        List<CheckedCase> cases = ParitySweep.run(spark, fixtures);
        ParitySweep.table(spark, cases).write().json(results.resolve("sweep").toString());
        Files.writeString(
                results.resolve("sweep.html"), ParitySweep.report(cases).html());
    }

    private Dataset<Row> answers(String prompts, String model) {
        Dataset<Row> answers = Touchstone.generate(
                spark.read().parquet(prompts), GenerateSettings.of(model).withJson("{\"max_new_tokens\": 4}"));
        return answers;
    }

    private void write(String run, Dataset<Row> answers) throws Exception {
        tasks.reset();
        answers.write().json(results.resolve(run).toString());
        spark.sparkContext().listenerBus().waitUntilEmpty();
        tasks.write(results.resolve(run + ".properties"));
    }

    /** Writes the message of a run that must fail. */
    private void fail(String run, Dataset<Row> answers) throws IOException {
        try {
            answers.write().json(results.resolve(run).toString());
        } catch (Exception e) {
            Files.writeString(results.resolve(run + ".txt"), String.valueOf(e) + e.getCause());
        }
    }
}
