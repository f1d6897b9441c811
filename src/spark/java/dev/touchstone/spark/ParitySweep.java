package dev.touchstone.spark;

import dev.touchstone.LanguageModel;
import dev.touchstone.LoadOptions;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.parity.Fixture;
import dev.touchstone.parity.Goldens;
import dev.touchstone.parity.Parity;
import dev.touchstone.parity.Report;
import dev.touchstone.parity.TapResult;
import dev.touchstone.util.TouchstoneException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * The command {@code parity} for many checkpoints, such as those of a training run: compares every tap of each with its goldens.
 * A checkpoint is a fixture, which has the same path on all machines. It is loaded by one task.
 */
public final class ParitySweep {
    private static final StructType COLUMNS =
            StructType.fromDDL("fixture STRING, prompt STRING, tap STRING, shape ARRAY<INT>,"
                    + " verdict STRING, passes BOOLEAN, exempt BOOLEAN, ratio DOUBLE, rms DOUBLE, pytorch_rms DOUBLE, max DOUBLE,"
                    + " pytorch_max DOUBLE, local_max DOUBLE, error STRING");

    private ParitySweep() {}

    /** The comparisons of all prompts, in the order of the folders. A fixture or prompt that cannot be used has an error. */
    public static List<CheckedCase> run(SparkSession spark, List<String> folders) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        return context.parallelize(folders, folders.size())
                .flatMap(ParitySweep::check)
                .collect();
    }

    private static Iterator<CheckedCase> check(String folder) {
        List<CheckedCase> cases = new ArrayList<>();
        Fixture fixture = new Fixture(Path.of(folder));
        LoadOptions options = LoadOptions.defaults().threads(TaskContext.get().cpus());
        try (LanguageModel model = LanguageModel.load(fixture.folder(), options)) {
            for (Path file : fixture.cases()) {
                cases.add(check(folder, file, model));
            }
        } catch (TouchstoneException e) {
            cases.add(new CheckedCase(folder, null, null, e.getMessage()));
        }
        return cases.iterator();
    }

    private static CheckedCase check(String folder, Path file, LanguageModel model) {
        String name = file.getFileName().toString().replace(".safetensors", "");
        try (Goldens goldens = new Goldens(file)) {
            TapMap map = TapMap.of(model.transformer());
            return new CheckedCase(folder, name, Parity.check(model::trace, map, goldens), null);
        } catch (TouchstoneException e) {
            return new CheckedCase(folder, name, null, e.getMessage());
        }
    }

    /** One row for each tap, and one for each case that cannot be compared. */
    public static Dataset<Row> table(SparkSession spark, List<CheckedCase> cases) {
        List<Row> rows = new ArrayList<>();
        for (CheckedCase one : cases) {
            if (one.error() != null) {
                Object[] values = new Object[COLUMNS.length()];
                values[0] = one.fixture();
                values[1] = one.name();
                values[values.length - 1] = one.error();
                rows.add(RowFactory.create(values));
            } else {
                one.result().taps().forEach(tap -> rows.add(row(one, tap)));
            }
        }
        return spark.createDataFrame(rows, COLUMNS);
    }

    private static Row row(CheckedCase one, TapResult tap) {
        Integer[] shape = new Integer[tap.shape().length];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = tap.shape()[i];
        }
        return RowFactory.create(
                one.fixture(),
                one.name(),
                tap.name(),
                shape,
                tap.verdict(),
                tap.passes(),
                tap.isExempt(),
                tap.ratio(),
                tap.inherited().rms(),
                tap.pytorch().rms(),
                tap.inherited().max(),
                tap.pytorch().max(),
                tap.local().max(),
                null);
    }

    /** The report of all cases that were compared, as the command writes it. The driver reads how each fixture was made. */
    public static Report report(List<CheckedCase> cases) {
        Report report = new Report(Map.of(
                "Java",
                Runtime.version().toString(),
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                "engine",
                "Touchstone on Spark"));
        for (CheckedCase one : cases) {
            if (one.error() == null) {
                report.add(new Fixture(Path.of(one.fixture())), one.name(), one.result());
            }
        }
        return report;
    }
}
