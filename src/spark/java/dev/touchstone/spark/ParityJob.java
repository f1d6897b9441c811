package dev.touchstone.spark;

import dev.touchstone.util.TouchstoneException;
import dev.touchstone.util.WholeFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** {@link ParitySweep} as a program for {@code spark-submit}. */
public final class ParityJob {
    private static final List<String> OPTIONS = List.of("--rows", "--output", "--html");
    private static final String ROW = "checkpoint STRING, fixture STRING, prompt STRING";
    private static final String USAGE = """
            usage: spark-submit --class dev.touchstone.spark.ParityJob touchstone-spark.jar --output PATH [options] [FIXTURE...]
              --output PATH   a folder for the table in Parquet, with one row for each tap; it must not exist
              --html FILE     write the report as a page
              --rows PATH     compare these rows, in JSON Lines: fixture, a folder with goldens; checkpoint, a folder or
                              GGUF file, by default the model of the fixture; prompt, by default all of the fixture
              FIXTURE         folders with a checkpoint and its goldens
            All paths except for those of --rows and --output are on every machine.""";

    private ParityJob() {}

    public static void main(String[] args) {
        new Program("touchstone parity", USAGE).run(() -> options(args), ParityJob::run);
    }

    static Options options(String... args) {
        Options options = Options.parse(OPTIONS, args);
        Options.refuse(!options.has("--output"), "--output is missing");
        Options.refuse(options.others().isEmpty() && !options.has("--rows"), "no fixture is given");
        return options;
    }

    static String run(SparkSession spark, Options options) {
        List<ParityCase> rows = new ArrayList<>();
        options.others().forEach(folder -> rows.add(ParityCase.of(absolute(folder))));
        if (options.has("--rows")) {
            rows.addAll(read(spark, options.get("--rows")));
        }
        List<CheckedCase> results = ParitySweep.run(spark, rows);
        ParityTable.of(spark, results).coalesce(1).write().parquet(options.get("--output"));
        if (options.has("--html")) {
            Path page = Path.of(options.get("--html"));
            WholeFile.write(page, ParitySweep.report(results).html());
        }
        long unusable = results.stream().filter(one -> one.error() != null).count();
        long wrong = results.stream()
                .filter(one -> one.error() == null && !one.result().passes())
                .count();
        return results.size() - unusable + " prompts compared, " + wrong + " wrong, " + unusable + " unusable";
    }

    private static List<ParityCase> read(SparkSession spark, String path) {
        Dataset<Row> rows = spark.read().schema(ROW).option("mode", "FAILFAST").json(path);
        return rows.collectAsList().stream().map(ParityJob::row).toList();
    }

    private static ParityCase row(Row row) {
        String fixture = row.getAs("fixture");
        if (fixture == null) {
            throw new TouchstoneException("a row of the sweep has no fixture: " + row);
        }
        String checkpoint = row.getAs("checkpoint");
        return new ParityCase(
                absolute(checkpoint == null ? fixture : checkpoint), absolute(fixture), row.getAs("prompt"));
    }

    private static String absolute(String path) {
        return Path.of(path).toAbsolutePath().normalize().toString();
    }
}
