package dev.touchstone.spark.cost;

/** The formula for the time of a job. */
final class Estimate {
    private Estimate() {}

    /**
     * The time from the start of the executors to the end of the last task.
     *
     * <pre>{@code
     * task    = rowsPerTask * row
     * attempt = (1 / failures + restart) * (exp(failures * task) - 1)      the mean time until a task is done
     * speed   = executors * (1 - slow + slow / slowness)
     * time    = restart + max(tasks * attempt / speed, tasks * schedule) + attempt * slowest / 2
     * }</pre>
     *
     * <p>The second term is that of a process that starts over after each failure, with failures at random times. The
     * last one is the wait for the last tasks, which end at different times: on average half of a task on the slowest
     * kind of executor.
     */
    static double seconds(Job job, Costs costs) {
        double task = job.rowsPerTask() * costs.row();
        double attempt = costs.failures() == 0
                ? task
                : (1 / costs.failures() + costs.restart()) * Math.expm1(costs.failures() * task);
        double speed = job.executors() * (1 - costs.slow() + costs.slow() / costs.slowness());
        double work = Math.max(job.tasks() * attempt / speed, job.tasks() * costs.task());
        double slowest = costs.slow() > 0 ? costs.slowness() : 1;
        return costs.restart() + work + attempt * slowest / 2;
    }
}
