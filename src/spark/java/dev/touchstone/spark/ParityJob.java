package dev.touchstone.spark;

import dev.touchstone.util.TouchstoneException;
import dev.touchstone.util.WholeFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@link ParitySweep} as a program for {@code spark-submit}. */
@Command(
        name = "parity",
        customSynopsis =
                "spark-submit --class dev.touchstone.spark.ParityJob touchstone-spark.jar --output PATH [options] [FIXTURE...]",
        footer = "All paths except for those of --rows and --output are on every machine.")
public final class ParityJob extends Program {
    private static final String ROW = "checkpoint STRING, fixture STRING, prompt STRING";

    @Option(
            names = "--output",
            paramLabel = "PATH",
            required = true,
            description = "a folder for the table in Parquet, with one row for each tap; it must not exist")
    private String output;

    @Option(names = "--html", paramLabel = "FILE", description = "write the report as a page")
    private Path page;

    @Option(
            names = "--rows",
            paramLabel = "PATH",
            description =
                    "compare these rows, in JSON Lines: fixture, a folder with goldens; checkpoint, a folder or GGUF file,"
                            + " by default the model of the fixture; prompt, by default all of the fixture")
    private String rows;

    @Parameters(paramLabel = "FIXTURE", description = "folders with a checkpoint and its goldens")
    private List<String> fixtures = List.of();

    public static void main(String[] args) {
        main(new ParityJob(), args);
    }

    @Override
    void check() {
        if (fixtures.isEmpty() && rows == null) {
            throw wrong("no fixture is given");
        }
    }

    @Override
    String run(SparkSession spark) {
        List<ParityCase> cases = new ArrayList<>();
        fixtures.forEach(folder -> cases.add(ParityCase.of(absolute(folder))));
        if (rows != null) {
            cases.addAll(read(spark, rows));
        }
        List<CheckedCase> results = ParitySweep.run(spark, cases);
        ParityTable.of(spark, results).coalesce(1).write().parquet(output);
        if (page != null) {
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
