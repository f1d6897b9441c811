package dev.touchstone.spark;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** The times of the tasks since {@link #reset}. */
final class TaskTimes extends SparkListener {
    private final List<Long> milliseconds = new ArrayList<>();
    private final Set<String> executors = new HashSet<>();
    private long begin = Long.MAX_VALUE;
    private long end;

    synchronized void reset() {
        milliseconds.clear();
        executors.clear();
        begin = Long.MAX_VALUE;
        end = 0;
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
        milliseconds.add(event.taskInfo().duration());
        executors.add(event.taskInfo().executorId());
        begin = Math.min(begin, event.taskInfo().launchTime());
        end = Math.max(end, event.taskInfo().finishTime());
    }

    /** Seconds from the first task's start to the last one's end, and of each task. */
    synchronized String json(int rows, double cpuSeconds) {
        double mean = milliseconds.stream().mapToLong(Long::longValue).average().orElseThrow();
        double variance = milliseconds.stream()
                .mapToDouble(one -> (one - mean) * (one - mean))
                .average()
                .orElseThrow();
        long longest = milliseconds.stream().mapToLong(Long::longValue).max().orElseThrow();
        double seconds = (end - begin) / 1e3;
        return String.format(
                Locale.ROOT,
                "{\"executors\": %d, \"tasks\": %d, \"rows\": %d, \"seconds\": %.3f, \"rows_per_second\": %.2f,"
                        + " \"cpu_seconds\": %.2f, \"task_mean\": %.3f, \"task_deviation\": %.3f, \"task_longest\": %.3f}",
                executors.size(),
                milliseconds.size(),
                rows,
                seconds,
                rows / seconds,
                cpuSeconds,
                mean / 1e3,
                Math.sqrt(variance) / 1e3,
                longest / 1e3);
    }
}
