package dev.touchstone.spark;

import dev.touchstone.batch.BatchAnswer;
import dev.touchstone.generation.Generation;
import dev.touchstone.util.TouchstoneException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns before and after. All columns of the input are kept. Those of the answer replace input columns of the
 * same name, or follow after them, in the order of the fields that the command line writes.
 */
final class Columns implements Serializable {
    private static final long serialVersionUID = 1;

    private static final String ID = "id";
    private static final String PROMPT = "prompt";
    private static final String PROMPT_IDS = "prompt_ids";
    private static final String ERROR = "error";
    /** Where Spark's JSON reader puts a line that is no JSON object. */
    private static final String UNREADABLE = "_corrupt_record";

    /** The columns that a row is read from; at least one of {@link #PROMPTS} must be among them. */
    private static final List<String> READ = List.of(ID, "messages", "tools", PROMPT, PROMPT_IDS, "settings");

    private static final List<String> PROMPTS = List.of("messages", PROMPT, PROMPT_IDS);

    /** The columns of the answer, in their order. */
    private static final Map<String, DataType> ANSWER = answer();

    private final StructType input;
    private final StructType output;

    private static Map<String, DataType> answer() {
        Map<String, DataType> columns = new LinkedHashMap<>();
        columns.put(PROMPT, DataTypes.StringType);
        columns.put(PROMPT_IDS, DataTypes.createArrayType(DataTypes.IntegerType));
        columns.put("ids", DataTypes.createArrayType(DataTypes.IntegerType));
        columns.put("text", DataTypes.StringType);
        columns.put("finish_reason", DataTypes.StringType);
        columns.put("log_probability", DataTypes.DoubleType);
        columns.put("seed", DataTypes.LongType);
        columns.put("digest", DataTypes.StringType);
        columns.put(ERROR, DataTypes.StringType);
        return columns;
    }

    /** Throws a {@link TouchstoneException} if a column is missing or has the wrong type. */
    Columns(StructType input) {
        this.input = input;
        if (!has(ID)) {
            throw new TouchstoneException(
                    "the dataset has no column id, which the seeds of its rows depend on; its columns are "
                            + String.join(", ", input.fieldNames()));
        }
        if (PROMPTS.stream().noneMatch(this::has)) {
            throw new TouchstoneException(
                    "the dataset has no column with prompts: expected prompt, prompt_ids or messages, found "
                            + String.join(", ", input.fieldNames()));
        }
        check(PROMPT, List.of(DataTypes.StringType));
        check(
                PROMPT_IDS,
                Stream.of(DataTypes.IntegerType, DataTypes.LongType)
                        .map(DataTypes::createArrayType)
                        .toList());
        this.output = output(input);
    }

    private boolean has(String name) {
        return Arrays.asList(input.fieldNames()).contains(name);
    }

    private void check(String name, List<? extends DataType> types) {
        if (has(name) && types.stream().noneMatch(type -> DataType.equalsStructurally(type, type(name), true))) {
            throw new TouchstoneException("the column " + name + " has the type "
                    + type(name).catalogString() + ", expected " + types.get(0).catalogString());
        }
    }

    private DataType type(String name) {
        return input.fields()[input.fieldIndex(name)].dataType();
    }

    private static StructType output(StructType input) {
        Map<String, DataType> all = new LinkedHashMap<>();
        for (StructField field : input.fields()) {
            boolean keeps = field.name().equals(PROMPT_IDS) || !ANSWER.containsKey(field.name());
            all.put(field.name(), keeps ? field.dataType() : ANSWER.get(field.name()));
        }
        ANSWER.forEach(all::putIfAbsent);
        List<StructField> fields = new ArrayList<>();
        all.forEach((name, type) -> fields.add(DataTypes.createStructField(name, type, true)));
        return DataTypes.createStructType(fields);
    }

    StructType output() {
        return output;
    }

    /** The columns that a row is read from. */
    List<String> read() {
        return READ.stream().filter(this::has).toList();
    }

    /** The text of the row's id; null if it has none. */
    String id(Row row) {
        Object id = row.get(input.fieldIndex(ID));
        return id == null ? null : id.toString();
    }

    /** Whether the row is a line that Spark could not read. */
    boolean isUnreadable(Row row) {
        return has(UNREADABLE) && !row.isNullAt(input.fieldIndex(UNREADABLE));
    }

    /** The row with its answer. */
    Row answer(Row row, BatchAnswer answer) {
        Generation made = answer.made();
        Object[] values = kept(row);
        set(values, PROMPT, answer.request().row().prompt());
        boolean isLong = output.apply(PROMPT_IDS).dataType() instanceof ArrayType ids
                && ids.elementType().equals(DataTypes.LongType);
        set(values, PROMPT_IDS, isLong ? longs(made.promptIds()) : integers(made.promptIds()));
        set(values, "ids", integers(made.ids()));
        set(values, "text", made.text());
        set(values, "finish_reason", made.finishReason().toString());
        set(values, "log_probability", answer.logProbability());
        set(values, "seed", answer.request().seed());
        set(values, "digest", answer.digest());
        return RowFactory.create(values);
    }

    /** The row with the reason why it has no answer. */
    Row error(Row row, String message) {
        Object[] values = kept(row);
        if (has(PROMPT)) {
            set(values, PROMPT, row.get(input.fieldIndex(PROMPT)));
        }
        if (has(PROMPT_IDS)) {
            set(values, PROMPT_IDS, row.get(input.fieldIndex(PROMPT_IDS)));
        }
        set(values, ERROR, message);
        return RowFactory.create(values);
    }

    /** The values of the columns that are not those of the answer. */
    private Object[] kept(Row row) {
        Object[] values = new Object[output.length()];
        for (String name : input.fieldNames()) {
            if (!ANSWER.containsKey(name)) {
                set(values, name, row.get(input.fieldIndex(name)));
            }
        }
        return values;
    }

    private void set(Object[] values, String name, Object value) {
        values[output.fieldIndex(name)] = value;
    }

    private static Integer[] integers(int[] ids) {
        return IntStream.of(ids).boxed().toArray(Integer[]::new);
    }

    private static Long[] longs(int[] ids) {
        return IntStream.of(ids).asLongStream().boxed().toArray(Long[]::new);
    }
}
