package dev.touchstone.spark.cost;

/**
 * What a job is made of. All times are in seconds. src/spark/README.md says how they were measured.
 *
 * @param start from the request for an executor to its first task
 * @param load reading the model and its SHA-256 on an executor
 * @param row continuing one row on one core, with compiled code
 * @param warmUp what an executor loses in its first tasks, until its code is compiled
 * @param task scheduling one task by the driver, which launches tasks one after the other
 * @param spread the standard deviation of the time of a task, as a share of its mean
 * @param failures per executor and second
 * @param slow the share of executors that are slow
 * @param slowness how many times longer a slow executor takes
 */
record Costs(
        double start,
        double load,
        double row,
        double warmUp,
        double task,
        double spread,
        double failures,
        double slow,
        double slowness) {
    /** From the loss of an executor to the first row of its replacement. */
    double restart() {
        return start + load + warmUp;
    }
}
