package dev.touchstone.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Measures a cluster whose executors have a processor each, for ci/spark_speed.py. Arguments: the number of rows, of tasks,
 * and of new tokens of a row, and the model, if it is not the included one. The executors continue the rows several times,
 * so that their code is compiled in the last rounds. The first line of JSON has the seconds from the start of the session to the first task,
 * of an empty task, and of a first row, with the loading of the model. A round prints another line.
 */
public final class SpeedRuns {
    private static final int ROUNDS = 4;

    private SpeedRuns() {}

    public static void main(String[] args) throws Exception {
        int rows = Integer.parseInt(args[0]);
        int tasks = Integer.parseInt(args[1]);
        GenerateSettings settings = GenerateSettings.of(args.length > 3 ? args[3] : null)
                .withJson("{\"max_new_tokens\": " + args[2] + ", \"min_new_tokens\": " + args[2] + "}");
        long begin = System.nanoTime();
        try (SparkSession spark = SparkSession.builder().appName("speed runs").getOrCreate()) {
            TaskTimes times = new TaskTimes();
            spark.sparkContext().addSparkListener(times);
            spark.range(1).count();
            double start = secondsSince(begin);
            Executors.pin();
            double empty = emptyTask(spark);
            begin = System.nanoTime();
            generate(spark, 1, 1, settings);
            System.out.printf(
                    Locale.ROOT,
                    "{\"first_task\": %.3f, \"empty_task\": %.6f, \"first_row\": %.3f}%n",
                    start,
                    empty,
                    secondsSince(begin));
            for (int round = 0; round < ROUNDS; round++) {
                times.reset();
                double cpu = cpuSeconds();
                generate(spark, rows, tasks, settings);
                spark.sparkContext().listenerBus().waitUntilEmpty();
                System.out.println(times.json(rows, cpuSeconds() - cpu));
            }
        }
    }

    private static double secondsSince(long nanoTime) {
        return (System.nanoTime() - nanoTime) / 1e9;
    }

    private static void generate(SparkSession spark, int rows, int tasks, GenerateSettings settings) {
        Dataset<Row> prompts =
                spark.range(0, rows, 1, tasks).toDF().withColumn("prompt", concat(lit("The king and "), col("id")));
        Touchstone.generate(prompts, settings)
                .write()
                .format("noop")
                .mode("overwrite")
                .save();
    }

    /** The seconds that the driver needs for a task without work, when it launches many. */
    private static double emptyTask(SparkSession spark) {
        int tasks = 2000;
        Dataset<Row> empty = spark.range(0, tasks, 1, tasks).toDF();
        empty.write().format("noop").mode("overwrite").save(); // for the compiler
        long begin = System.nanoTime();
        empty.write().format("noop").mode("overwrite").save();
        return secondsSince(begin) / tasks;
    }

    private static double cpuSeconds() {
        List<ProcessHandle> executors = Executors.all();
        return executors.stream()
                        .map(executor -> executor.info().totalCpuDuration())
                        .flatMap(Optional::stream)
                        .mapToLong(Duration::toNanos)
                        .sum()
                / 1e9;
    }
}
