package dev.touchstone.spark;

import dev.touchstone.generation.Generation;
import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Accumulators, which Spark's web interface shows for each stage. They count each row of the output once, unless the
 * output of a task that had ended was lost and is computed again.
 *
 * @param rows rows with an answer
 * @param errors rows with an error
 * @param promptTokens tokens of prompts of the rows with an answer
 * @param newTokens generated tokens
 */
public record Progress(
        LongAccumulator rows, LongAccumulator errors, LongAccumulator promptTokens, LongAccumulator newTokens)
        implements Serializable {
    /** New accumulators of an application. */
    public static Progress of(SparkContext context) {
        return new Progress(
                context.longAccumulator("touchstone rows"),
                context.longAccumulator("touchstone errors"),
                context.longAccumulator("touchstone prompt tokens"),
                context.longAccumulator("touchstone new tokens"));
    }

    void addAnswer(Generation made) {
        rows.add(1);
        promptTokens.add(made.promptIds().length);
        newTokens.add(made.ids().length);
        ExecutorWork.addAnswer(made);
    }

    void addError() {
        errors.add(1);
        ExecutorWork.addError();
    }
}
