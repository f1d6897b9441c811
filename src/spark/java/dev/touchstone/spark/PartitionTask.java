package dev.touchstone.spark;

import dev.touchstone.Sampling;
import dev.touchstone.batch.BatchAnswer;
import dev.touchstone.batch.BatchRun;
import dev.touchstone.batch.PromptEncoder;
import dev.touchstone.batch.RowReader;
import dev.touchstone.batch.RowRequest;
import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.serving.Engine;
import dev.touchstone.serving.Limits;
import dev.touchstone.serving.Passes;
import dev.touchstone.util.Json;
import dev.touchstone.util.TouchstoneException;
import java.util.Iterator;
import java.util.function.Supplier;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Continues the rows of a partition in one continuous batch. The last column of a row is its JSON text.
 *
 * @param settings with the digest that the model must have
 */
record PartitionTask(Columns columns, GenerateSettings settings, Progress progress)
        implements MapPartitionsFunction<Row, Row> {
    private static final int NEW_TOKENS = 100;

    /** A task has its own kernels, so its passes do not wait for those of others. */
    private static final class AtOnce implements Passes {
        @Override
        public <T> T run(Supplier<T> pass) {
            return pass.get();
        }
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        TaskContext task = TaskContext.get();
        ExecutorModel shared = ExecutorModel.of(settings, task.cpus());
        LoadedModel model = shared.model();
        Kernels kernels = shared.take(task.cpus());
        BatchRun run = new BatchRun(
                model.transformer(),
                limits -> new Engine(model.transformer(), kernels, model.tokenizer(), new AtOnce(), limits),
                settings.batchSize(),
                pageBytes(task.cpus()));
        task.addTaskCompletionListener((TaskCompletionListener) ended -> {
            run.close();
            shared.release(ended.cpus(), kernels);
        });
        RowReader reader = new RowReader(new PromptEncoder(model.text(), null));
        Sampling sampling = defaults().with(model, Json.object("settings", settings.json()));
        return run.inOrder(
                rows,
                row -> begin(row, task, () -> {
                    String where = "row " + columns.id(row);
                    String json = row.getString(row.length() - 1);
                    return run.submit(RowRequest.of(reader.read(where, json), model, sampling));
                }));
    }

    /** The settings that apply where neither the run nor the model has one. */
    private static Sampling defaults() {
        return Sampling.ofModel().seed(0).defaultNewTokens(NEW_TOKENS);
    }

    /** A quarter of the memory of this JVM, divided among the tasks that run in it at the same time. */
    private static long pageBytes(int cpus) {
        int cores = SparkEnv.get()
                .conf()
                .getInt("spark.executor.cores", Runtime.getRuntime().availableProcessors());
        return Limits.defaults().pageBytes() / Math.max(1, cores / cpus);
    }

    /** Begins with a row. Returns what waits for its answer or its error. */
    private Supplier<Row> begin(Row row, TaskContext task, Supplier<Supplier<BatchAnswer>> submit) {
        Supplier<BatchAnswer> answer;
        try {
            check(row);
            answer = submit.get();
        } catch (TouchstoneException e) {
            return () -> error(row, e);
        }
        return () -> {
            if (task.isInterrupted()) {
                throw new TaskKilledException("another attempt has ended");
            }
            try {
                return count(row, answer.get());
            } catch (TouchstoneException e) {
                return error(row, e);
            }
        };
    }

    private void check(Row row) {
        if (columns.isUnreadable(row)) {
            throw new TouchstoneException("the line is no JSON object with the types of the others");
        }
        if (columns.id(row) == null) {
            throw new TouchstoneException("the row has no id, which its seed depends on");
        }
    }

    private Row count(Row row, BatchAnswer answer) {
        progress.addAnswer(answer.made());
        return columns.answer(row, answer);
    }

    private Row error(Row row, TouchstoneException why) {
        progress.addError();
        return columns.error(row, why.getMessage());
    }
}
