package dev.touchstone.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The program that {@link ClusterTest} submits. Each run writes a folder of answers, and what the cluster did to the
 * file {@code <run>.properties}. Arguments: the folder for the results, which has the prompts and the models, and the
 * settings as JSON.
 */
public final class ClusterRuns {
    private final SparkSession spark;
    private final Tasks tasks = new Tasks();
    private final Path folder;
    private final GenerateSettings settings;

    private ClusterRuns(SparkSession spark, Path folder, String json) {
        this.spark = spark;
        this.folder = folder;
        this.settings = GenerateSettings.storyteller().withJson(json).withBatchSize(32);
        spark.sparkContext().addSparkListener(tasks);
    }

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        try (SparkSession spark = SparkSession.builder().appName("cluster runs").getOrCreate()) {
            ClusterRuns runs = new ClusterRuns(spark, folder, args[1]);
            runs.divide();
            runs.kill();
            runs.mixed();
            runs.refuse();
            runs.sweep();
        }
        try (TwoHosts hosts = new TwoHosts(folder.toString());
                SparkSession spark = SparkSession.builder()
                        .master(hosts.url())
                        .appName("second attempts")
                        .config("spark.speculation", true)
                        .config("spark.speculation.minTaskRuntime", "100ms")
                        .getOrCreate()) {
            new ClusterRuns(spark, folder, args[1]).freeze();
        }
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private Dataset<Row> prompts() {
        return spark.read().json(file("all.jsonl"));
    }

    /** Parts of the file, without a shuffle, whose data would be lost with an executor and be computed again. */
    private Dataset<Row> parts() throws IOException {
        long part = Files.size(folder.resolve("all.jsonl")) / 12 + 1;
        spark.conf().set("spark.sql.files.maxPartitionBytes", "" + part);
        return prompts();
    }

    private void divide() throws Exception {
        for (int partitions : List.of(1, 2, 7, 64)) {
            write("partitions-" + partitions, prompts().repartition(partitions), none -> null);
        }
    }

    private void kill() throws Exception {
        write("killed", parts(), Executors::killOne);
    }

    private void freeze() throws Exception {
        write("frozen", parts(), Executors::freezeOne);
    }

    /** Writes the answers, while another thread disturbs the executors; it may be null. */
    private void write(String run, Dataset<Row> rows, Function<Tasks, Thread> disturb) throws Exception {
        spark.sparkContext().listenerBus().waitUntilEmpty(); // tasks that read the types of the columns
        tasks.reset();
        Progress progress = Progress.of(spark.sparkContext());
        Thread disturbance = disturb.apply(tasks);
        Touchstone.generate(rows, settings, progress).write().json(file(run));
        if (disturbance != null) {
            disturbance.join();
        }
        spark.sparkContext().listenerBus().waitUntilEmpty();
        tasks.write(folder.resolve(run + ".properties"), progress);
    }

    /** All kinds of rows, with a model on each machine, and with models that spark-submit distributes. */
    private void mixed() {
        String prompts = file("mixed-input");
        String model = file("chat-model");
        spark.read().json(file("mixed.jsonl")).write().parquet(prompts);
        Dataset<Row> answers = Touchstone.generate(
                spark.read().parquet(prompts), GenerateSettings.of(model).withJson("{\"max_new_tokens\": 4}"));
        answers.write().json(file("mixed"));

        String output = file("mixed-output");
        String options = "--input " + prompts + " --output " + output
                + " --format parquet --distributed-model chat --settings {\"max_new_tokens\":4}";
        System.out.println(Program.parse(new GenerateJob(), options.split(" ")).run(spark));
        spark.read().parquet(output).write().json(file("mixed-parquet"));

        Touchstone.generate(
                        spark.read().json(file("gguf.jsonl")),
                        GenerateSettings.ofDistributed("model.gguf").withJson("{\"max_new_tokens\": 4}"))
                .write()
                .json(file("gguf"));
    }

    /** Runs that must fail: with another model than expected, and with one that only the driver has. */
    private void refuse() throws IOException {
        refuse("other-model", settings.withDigest("0".repeat(64)));
        refuse("no-model", GenerateSettings.ofDistributed("chat-model")); // in the working directory of the driver
    }

    /** Writes the message of the failure. */
    private void refuse(String run, GenerateSettings wrong) throws IOException {
        try {
            Touchstone.generate(prompts(), wrong).write().json(file(run));
        } catch (Exception e) {
            Files.writeString(folder.resolve(run + ".txt"), String.valueOf(e) + e.getCause());
        }
    }

    private void sweep() {
        ParityJob job = Program.parse(
                new ParityJob(),
                "--rows",
                file("sweep.jsonl"),
                "--output",
                file("sweep-output"),
                "--html",
                file("sweep.html"));
        System.out.println(job.run(spark));
        spark.read().parquet(file("sweep-output")).write().json(file("sweep"));
    }
}
