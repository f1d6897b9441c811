package dev.touchstone.bench;

import java.util.Arrays;
import java.util.List;

/**
 * The first work of several processes, one after the other. What the compiler makes of a method is decided anew in each,
 * and the median of one that runs long shows neither how it began nor that in another a vector may have stayed an object:
 * then a pass takes ten times the memory, whatever else the machine does.
 *
 * @param seconds for the first tokens after a prompt of 64, in each process
 * @param megabytes that a prefill takes after that, in 10^6 bytes
 */
record FreshProcesses(double[] seconds, double[] megabytes) {
    private static final int TOKENS = 60;
    private static final int PREFILL = 512;
    /** They compute with plain loops, in part. */
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
