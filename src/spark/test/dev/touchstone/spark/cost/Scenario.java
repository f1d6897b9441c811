package dev.touchstone.spark.cost;

/**
 * The included model on two kinds of clusters. A prompt has 16 new tokens, and an executor one core. The times are
 * those that ci/spark_speed.py measured. How often executors are lost is an assumption.
 */
enum Scenario {
    STEADY("steady", costs(0, 0, 1)),
    PREEMPTIBLE("preemptible", costs(1 / (3 * 3600.0), 0.1, 1.12));

    private static final int TASK_SECONDS = 300;
    private static final int TASKS_PER_EXECUTOR = 20;

    private final String machines;
    private final Costs costs;

    Scenario(String machines, Costs costs) {
        this.machines = machines;
        this.costs = costs;
    }

    private static Costs costs(double failures, double slow, double slowness) {
        return new Costs(17.4, 5.6, 0.00366, 14.1, 0.00316, 0.064, failures, slow, slowness);
    }

    String machines() {
        return machines;
    }

    Costs costs() {
        return costs;
    }

    /** Tasks of five minutes, or shorter ones if the executors would otherwise have fewer than 20 each. */
    Job job(long rows, int executors) {
        long most = Math.max(1, rows / executors / TASKS_PER_EXECUTOR);
        return new Job(rows, executors, (int) Math.min(most, Math.round(TASK_SECONDS / costs.row())));
    }
}
