package dev.touchstone.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs {@link OperationBenchmark} in rounds: each measures the machine's limits and every operation once. */
final class Operations {
    private final Map<Operation, List<Double>> seconds = new EnumMap<>(Operation.class);

    void run(int rounds) {
        for (int round = 0; round < rounds; round++) {
            System.err.printf("operations, round %d of %d%n", round + 1, rounds);
            for (RunResult result : jmh()) {
                Operation operation = Operation.valueOf(result.getParams().getParam("operation"));
                double median = result.getPrimaryResult().getStatistics().getPercentile(50);
                seconds.computeIfAbsent(operation, any -> new ArrayList<>()).add(median);
            }
        }
    }

    private static Collection<RunResult> jmh() {
        try {
            return new Runner(new OptionsBuilder()
                            .include(OperationBenchmark.class.getSimpleName())
                            .verbosity(VerboseMode.SILENT)
                            .build())
                    .run();
        } catch (RunnerException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The median of the medians of all rounds. */
    double seconds(Operation operation) {
        return Workload.median(
                seconds.get(operation).stream().mapToDouble(s -> s).toArray());
    }

    /** Work per second as a share of the limit in the same round: the median of all rounds. */
    double share(Operation operation) {
        boolean compute = operation.bytes == 0;
        Operation limit = compute ? Operation.MULTIPLY_ADDS : Operation.READ;
        double work = compute ? operation.flops / limit.flops : operation.bytes / limit.bytes;
        List<Double> ours = seconds.get(operation);
        List<Double> best = seconds.get(limit);
        double[] shares = new double[ours.size()];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = work * best.get(i) / ours.get(i);
        }
        return Workload.median(shares);
    }

    /** How many times as fast as another an operation is in the same round: the median of all rounds. */
    double ratio(Operation operation, Operation other) {
        List<Double> ours = seconds.get(operation);
        List<Double> base = seconds.get(other);
        double[] ratios = new double[ours.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = base.get(i) / ours.get(i);
        }
        return Workload.median(ratios);
    }
}
