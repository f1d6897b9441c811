package dev.touchstone.spark;

import dev.touchstone.LanguageModel;
import dev.touchstone.LoadOptions;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.parity.Fixture;
import dev.touchstone.parity.Goldens;
import dev.touchstone.parity.Parity;
import dev.touchstone.parity.Report;
import dev.touchstone.util.TouchstoneException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The command {@code parity} for many checkpoints, such as those of a training run: compares every tap with its golden
 * value. All rows with the same checkpoint are in one task, which loads it once.
 */
public final class ParitySweep {
    private ParitySweep() {}

    /** The results of all prompts. A row that cannot be used has an error, and the others go on. */
    public static List<CheckedCase> run(SparkSession spark, List<ParityCase> rows) {
        Map<String, List<ParityCase>> byCheckpoint = rows.stream()
                .collect(Collectors.groupingBy(ParityCase::checkpoint, LinkedHashMap::new, Collectors.toList()));
        List<List<ParityCase>> tasks =
                byCheckpoint.values().stream().map(List::copyOf).toList();
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        return context.parallelize(tasks, Math.max(1, tasks.size()))
                .flatMap(ParitySweep::check)
                .collect();
    }

    /** The results of rows that have the same checkpoint. */
    private static Iterator<CheckedCase> check(List<ParityCase> rows) {
        List<CheckedCase> results = new ArrayList<>();
        LoadOptions options = LoadOptions.defaults().threads(TaskContext.get().cpus());
        try (LanguageModel model = LanguageModel.load(Path.of(rows.get(0).checkpoint()), options)) {
            for (ParityCase row : rows) {
                check(row, model, results);
            }
        } catch (TouchstoneException e) {
            rows.forEach(row -> results.add(new CheckedCase(row, null, e.getMessage())));
        }
        return results.iterator();
    }

    private static void check(ParityCase row, LanguageModel model, List<CheckedCase> results) {
        try {
            List<Path> goldens = new Fixture(Path.of(row.fixture())).cases();
            if (row.prompt() == null) {
                goldens.forEach(golden -> results.add(check(row.withPrompt(golden), golden, model)));
            } else {
                Path golden = Path.of(row.fixture(), "goldens", row.prompt() + ".safetensors");
                results.add(check(row, golden, model));
            }
        } catch (TouchstoneException e) {
            results.add(new CheckedCase(row, null, e.getMessage()));
        }
    }

    private static CheckedCase check(ParityCase row, Path golden, LanguageModel model) {
        try (Goldens goldens = new Goldens(golden)) {
            TapMap map = TapMap.of(model.transformer());
            return new CheckedCase(row, Parity.check(model::trace, map, goldens), null);
        } catch (TouchstoneException e) {
            return new CheckedCase(row, null, e.getMessage());
        }
    }

    /** The page that the command writes, of all rows that were compared. The driver reads how each fixture was made. */
    public static Report report(List<CheckedCase> results) {
        Report report = new Report(Map.of(
                "Java",
                Runtime.version().toString(),
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                "engine",
                "Touchstone on Spark"));
        for (CheckedCase one : results) {
            if (one.error() == null) {
                ParityCase row = one.row();
                report.add(row.title(), new Fixture(Path.of(row.fixture())), row.prompt(), one.result());
            }
        }
        return report;
    }
}
