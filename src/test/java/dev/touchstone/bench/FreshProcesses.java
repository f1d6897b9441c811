package dev.touchstone.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Measurements of several new processes, one after another. The JIT compiler may compile a method differently in each process. In
 * some processes vectors remain objects, so that a pass takes several times as long and allocates ten times as much memory. The
 * median of one long process shows neither this nor the slower start. Each list has an element for each process; times are in seconds.
 *
 * @param firstTokens of the tokens after a prompt of 64, as the first work of the process
 * @param step of a decoding step after that
 * @param firstPrefill of a prefill of 512, as the first work of another process
 * @param prefill of a prefill after several
 * @param megabytes allocated by a prefill after several, in 10^6 bytes
 */
record FreshProcesses(
        List<Double> firstTokens,
        List<Double> step,
        List<Double> firstPrefill,
        List<Double> prefill,
        List<Double> megabytes) {
    private static final int TOKENS = 60;
    private static final int PREFILL = 512;
    /** Passes before a measurement. The first two run plain loops for softmax and activations. */
    private static final int PASSES_BEFORE = 8;

    private static final int PASSES = 3;

    FreshProcesses() {
        this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    static FreshProcesses run(String name, List<String> command, int processes) {
        FreshProcesses fresh = new FreshProcesses();
        for (int i = 0; i < processes; i++) {
            try (Contestant one = new Contestant(name, command)) {
                fresh.decode(one);
            }
            try (Contestant one = new Contestant(name, command)) {
                fresh.prefill(one);
            }
            System.err.printf(
                    "%s, process %d: %d tokens %.2f s, then a step %.1f ms; first prefill of %d %.2f s, later %.2f s, %.0f MB%n",
                    name,
                    i + 1,
                    TOKENS,
                    fresh.firstTokens.get(i),
                    fresh.step.get(i) * 1e3,
                    PREFILL,
                    fresh.firstPrefill.get(i),
                    fresh.prefill.get(i),
                    fresh.megabytes.get(i));
        }
        return fresh;
    }

    private void decode(Contestant one) {
        firstTokens.add(Arrays.stream(one.decode(64, TOKENS)).sum());
        one.decode(64, TOKENS);
        step.add(Workload.median(one.decode(64, TOKENS)));
    }

    private void prefill(Contestant one) {
        firstPrefill.add(one.prefill(PREFILL));
        for (int pass = 1; pass < PASSES_BEFORE; pass++) {
            one.prefill(PREFILL);
        }
        double before = one.allocatedMegabytes();
        double[] passes = new double[PASSES];
        Arrays.setAll(passes, pass -> one.prefill(PREFILL));
        prefill.add(Workload.median(passes));
        megabytes.add((one.allocatedMegabytes() - before) / PASSES);
    }

    static double median(List<Double> all) {
        return Workload.median(all.stream().mapToDouble(Double::doubleValue).toArray());
    }

    static double largest(List<Double> all) {
        return all.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }
}
