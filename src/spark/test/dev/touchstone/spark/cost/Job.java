package dev.touchstone.spark.cost;

/**
 * A job on a cluster.
 *
 * @param rows the number of prompts
 * @param executors each with one core
 * @param rowsPerTask the rows of a partition
 */
record Job(long rows, int executors, int rowsPerTask) {
    long tasks() {
        return (rows + rowsPerTask - 1) / rowsPerTask;
    }
}
