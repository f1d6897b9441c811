package dev.touchstone.spark;

import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Accumulators, which Spark's web interface shows for each stage. They count a row again if a task that had ended is
 * repeated, because its output was lost; the output itself has each row once.
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
}
