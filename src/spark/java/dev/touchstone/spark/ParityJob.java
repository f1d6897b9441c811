package dev.touchstone.spark;

import dev.touchstone.util.TouchstoneException;
import dev.touchstone.util.WholeFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** {@link ParitySweep} as a program for {@code spark-submit}. */
public final class ParityJob {
    private static final List<String> OPTIONS = List.of("--output", "--html");
    private static final String USAGE = """
            usage: spark-submit --class dev.touchstone.spark.ParityJob touchstone-spark.jar --output PATH [--html FILE] FIXTURE...
              --output PATH   a folder for the table in Parquet, with one row for each tap; it must not exist
              --html FILE     write the report as a page
              FIXTURE         folders with a checkpoint and its goldens, at these paths on every machine""";

    private ParityJob() {}

    public static void main(String[] args) {
        Map<String, String> options = new LinkedHashMap<>();
        List<String> folders = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            if (OPTIONS.contains(args[i]) && i + 1 < args.length) {
                options.put(args[i], args[++i]);
            } else {
                folders.add(args[i]);
            }
        }
        if (folders.isEmpty()
                || !options.containsKey("--output")
                || folders.stream().anyMatch(it -> it.startsWith("--"))) {
            System.err.println(USAGE);
            System.exit(2);
        }
        SparkSession spark = SparkSession.builder().appName("touchstone parity").getOrCreate();
        try {
            System.out.println(run(spark, folders, options));
        } catch (TouchstoneException e) {
            System.err.println("touchstone: " + e.getMessage());
            System.exit(1);
        } finally {
            spark.stop();
        }
    }

    private static String run(SparkSession spark, List<String> folders, Map<String, String> options) {
        List<String> paths = folders.stream()
                .map(folder -> Path.of(folder).toAbsolutePath().normalize().toString())
                .toList();
        List<CheckedCase> cases = ParitySweep.run(spark, paths);
        ParitySweep.table(spark, cases).coalesce(1).write().parquet(options.get("--output"));
        if (options.containsKey("--html")) {
            WholeFile.write(
                    Path.of(options.get("--html")), ParitySweep.report(cases).html());
        }
        long wrong = cases.stream()
                .filter(one -> one.error() == null && !one.result().passes())
                .count();
        long unusable = cases.stream().filter(one -> one.error() != null).count();
        return cases.size() + " prompts of " + folders.size() + " fixtures compared, " + wrong + " wrong, " + unusable
                + " unusable";
    }
}
