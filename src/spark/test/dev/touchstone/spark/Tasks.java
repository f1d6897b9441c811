package dev.touchstone.spark;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/** What the tasks of the last stage did since {@link #reset}. Stages before it divide the rows and generate nothing. */
public final class Tasks extends SparkListener {
    private final Set<Long> running = new HashSet<>();
    private final Set<String> executors = new HashSet<>();
    private final Map<Integer, Integer> succeeded = new HashMap<>();
    private int stage = -1;
    private int lost;
    private int ended;
    private int secondAttempts;

    synchronized void reset() {
        running.clear();
        executors.clear();
        succeeded.clear();
        lost = 0;
        ended = 0;
        secondAttempts = 0;
        stage = -1;
    }

    @Override
    public synchronized void onStageSubmitted(SparkListenerStageSubmitted event) {
        if (event.stageInfo().shuffleDepId().isEmpty()) {
            stage = event.stageInfo().stageId();
        }
    }

    @Override
    public synchronized void onTaskStart(SparkListenerTaskStart event) {
        if (event.stageId() == stage) {
            running.add(event.taskInfo().taskId());
            secondAttempts += event.taskInfo().speculative() ? 1 : 0;
        }
        notifyAll();
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
        if (event.stageId() == stage) {
            running.remove(event.taskInfo().taskId());
            if (event.reason() instanceof Success$) {
                succeeded.merge(event.taskInfo().index(), 1, Integer::sum);
                executors.add(event.taskInfo().executorId());
                ended++;
            }
            lost += event.reason() instanceof ExecutorLostFailure ? 1 : 0;
        }
        notifyAll();
    }

    /**
     * Waits until two tasks run and each executor has ended one. Then no executor fetches the program or the input from
     * the other.
     */
    void awaitTwoRunning() throws InterruptedException {
        await(() -> executors.size() == 2 && running.size() == 2);
    }

    /** Waits until Spark has started a second attempt of a task that was too slow. */
    void awaitSecondAttempt() throws InterruptedException {
        await(() -> secondAttempts > 0);
    }

    private synchronized void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(100);
        while (!condition.getAsBoolean()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                throw new IllegalStateException("no such event in 100 s");
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    synchronized void write(Path file, Progress progress) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("executors", "" + executors.size());
        properties.setProperty("succeeded", "" + succeeded.size());
        properties.setProperty("repeated", "" + (ended - succeeded.size()));
        properties.setProperty("lost", "" + lost);
        properties.setProperty("rows", "" + progress.rows().sum());
        properties.setProperty("errors", "" + progress.errors().sum());
        properties.setProperty("second-attempts", "" + secondAttempts);
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
    }
}
