package dev.touchstone.spark.cost;

import java.util.PriorityQueue;
import java.util.Random;

/**
 * Plays a job event by event: executors start, take the next task when they have ended one, fail at random times and
 * are replaced, and their unfinished tasks are computed again. The driver launches one task at a time. Times of tasks
 * have a log-normal distribution.
 */
final class Simulation {
    private final Job job;
    private final Costs costs;
    private final Random random;
    private final PriorityQueue<Executor> free = new PriorityQueue<>();
    /** The parameters of the logarithm of a task's time, so that its mean is 1. */
    private final double sigma;

    /** When each task that was lost could begin again. */
    private final PriorityQueue<Double> lost = new PriorityQueue<>();

    private double driverFree;

    private Simulation(Job job, Costs costs, long seed) {
        this.job = job;
        this.costs = costs;
        this.random = new Random(seed);
        this.sigma = Math.sqrt(Math.log1p(costs.spread() * costs.spread()));
    }

    /** An executor and the time at which it can take a task. */
    private record Executor(double ready, double failure, double slowness) implements Comparable<Executor> {
        @Override
        public int compareTo(Executor other) {
            return Double.compare(ready, other.ready);
        }
    }

    /** The time from the start of the executors to the end of the last task, in seconds. */
    static double seconds(Job job, Costs costs, long seed) {
        return new Simulation(job, costs, seed).run();
    }

    private double run() {
        for (int i = 0; i < job.executors(); i++) {
            boolean slow = i < Math.round(job.executors() * costs.slow());
            free.add(executor(0, slow ? costs.slowness() : 1));
        }
        long untried = job.tasks();
        double end = 0;
        while (untried > 0 || !lost.isEmpty()) {
            Executor executor = free.remove();
            double known = untried > 0 ? 0 : lost.remove();
            untried = Math.max(0, untried - 1);
            double begin = Math.max(known, Math.max(executor.ready, driverFree));
            double done = begin + task() * executor.slowness;
            driverFree = begin + costs.task();
            if (executor.failure < done) {
                double failed = Math.max(begin, executor.failure);
                lost.add(failed);
                free.add(executor(failed, executor.slowness));
            } else {
                free.add(new Executor(done, executor.failure, executor.slowness));
                end = Math.max(end, done);
            }
        }
        return end;
    }

    /** A new executor, which fails at a random time after it has started. */
    private Executor executor(double requested, double slowness) {
        double ready = requested + costs.restart();
        double life = costs.failures() == 0
                ? Double.POSITIVE_INFINITY
                : -Math.log(1 - random.nextDouble()) / costs.failures();
        return new Executor(ready, ready + life, slowness);
    }

    private double task() {
        return job.rowsPerTask() * costs.row() * Math.exp(sigma * random.nextGaussian() - sigma * sigma / 2);
    }
}
