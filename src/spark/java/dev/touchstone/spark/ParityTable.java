package dev.touchstone.spark;

import dev.touchstone.parity.TapResult;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** The results of a sweep as a table: one row for each tap, and one with an error for each row that was not compared. */
public final class ParityTable {
    private static final StructType COLUMNS = StructType.fromDDL("checkpoint STRING, fixture STRING, prompt STRING,"
            + " tap STRING, shape ARRAY<INT>, verdict STRING, passes BOOLEAN, exempt BOOLEAN, ratio DOUBLE,"
            + " rms DOUBLE, pytorch_rms DOUBLE, max DOUBLE, pytorch_max DOUBLE, local_max DOUBLE, error STRING");

    private ParityTable() {}

    /** The rows of all results, in their order. */
    public static Dataset<Row> of(SparkSession spark, List<CheckedCase> results) {
        List<Row> rows = new ArrayList<>();
        for (CheckedCase one : results) {
            if (one.error() != null) {
                rows.add(error(one.row(), one.error()));
            } else {
                one.result().taps().forEach(tap -> rows.add(row(one.row(), tap)));
            }
        }
        return spark.createDataFrame(rows, COLUMNS);
    }

    private static Row error(ParityCase from, String message) {
        Object[] values = new Object[COLUMNS.length()];
        values[0] = from.checkpoint();
        values[1] = from.fixture();
        values[2] = from.prompt();
        values[values.length - 1] = message;
        return RowFactory.create(values);
    }

    private static Row row(ParityCase from, TapResult tap) {
        return RowFactory.create(
                from.checkpoint(),
                from.fixture(),
                from.prompt(),
                tap.name(),
                IntStream.of(tap.shape()).boxed().toArray(Integer[]::new),
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
}
