package dev.touchstone.spark.cost;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table of src/spark/README.md: the time of jobs by the formula, and by the simulation. The program prints it. */
public final class CostTable {
    private static final List<Long> ROWS = List.of(1_000_000L, 1_000_000_000L);
    private static final List<Integer> EXECUTORS = List.of(10, 100, 1000);
    private static final long SEED = 1;
    private static final String HEAD =
            "| machines | prompts | executors | prompts of a task | time by the formula | by the simulation |";

    private CostTable() {}

    public static void main(String[] args) {
        lines().forEach(System.out::println);
    }

    static List<String> lines() {
        List<String> lines = new ArrayList<>(List.of(HEAD, "|---|---|---|---|---|---|"));
        for (Scenario scenario : Scenario.values()) {
            for (long rows : ROWS) {
                for (int executors : EXECUTORS) {
                    lines.add(line(scenario, scenario.job(rows, executors)));
                }
            }
        }
        return lines;
    }

    private static String line(Scenario scenario, Job job) {
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %,d | %,d | %s | %s |",
                scenario.machines(),
                job.rows(),
                job.executors(),
                job.rowsPerTask(),
                time(Estimate.seconds(job, scenario.costs())),
                time(Simulation.seconds(job, scenario.costs(), SEED)));
    }

    /** With three digits, in the largest unit that gives at least 2. */
    private static String time(double seconds) {
        if (seconds >= 2 * 86_400) {
            return digits(seconds / 86_400) + " days";
        }
        if (seconds >= 2 * 3600) {
            return digits(seconds / 3600) + " h";
        }
        return seconds >= 2 * 60 ? digits(seconds / 60) + " min" : digits(seconds) + " s";
    }

    private static String digits(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f", value);
    }
}
