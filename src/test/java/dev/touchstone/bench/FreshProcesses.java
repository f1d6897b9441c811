package dev.touchstone.bench;

import java.util.Arrays;
import java.util.List;

/**
 * Measurements of several new processes, one after another. The JIT compiler may compile a method differently in each process. In
 * some processes vectors remain objects, so that a pass allocates ten times as much memory. The median of one long process
 * shows neither this nor the slower start.
 *
 * @param seconds for the first tokens after a prompt of 64, in each process
 * @param megabytes allocated by a prefill after that, in 10^6 bytes
 */
record FreshProcesses(double[] seconds, double[] megabytes) {
    private static final int TOKENS = 60;
    private static final int PREFILL = 512;
    /** Passes before the measurement, some of which run plain loops. */
    private static final int PASSES_BEFORE = 4;

    static FreshProcesses run(String name, List<String> command, int processes) {
        FreshProcesses fresh = new FreshProcesses(new double[processes], new double[processes]);
        for (int i = 0; i < processes; i++) {
            try (Contestant one = new Contestant(name, command)) {
                fresh.seconds[i] = Arrays.stream(one.decode(64, TOKENS)).sum();
                for (int pass = 0; pass < PASSES_BEFORE; pass++) {
                    one.prefill(PREFILL);
                }
                double before = one.allocatedMegabytes();
                one.prefill(PREFILL);
                fresh.megabytes[i] = one.allocatedMegabytes() - before;
            }
            System.err.printf(
                    "%s, process %d: %.2f s for %d tokens, %.0f MB for a prefill of %d%n",
                    name, i + 1, fresh.seconds[i], TOKENS, fresh.megabytes[i], PREFILL);
        }
        return fresh;
    }

    double medianSeconds() {
        return Workload.median(seconds);
    }

    double mostMegabytes() {
        return Arrays.stream(megabytes).max().orElseThrow();
    }
}
