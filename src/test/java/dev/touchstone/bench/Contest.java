package dev.touchstone.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares engines: in each round every engine runs every workload once, in turns, so that other load on the machine affects all
 * of them. The machine's limits are measured before each workload.
 */
final class Contest {
    /** The scalar kernels take half a minute where others take a second. */
    private static final int SCALAR_ROUNDS = 1;

    private final List<Contestant> contestants;
    private final Contestant limits;
    private final Map<Workload, Map<String, List<Double>>> rates = new EnumMap<>(Workload.class);
    private final Map<Workload, List<double[]>> peaks = new EnumMap<>(Workload.class);

    /** @param limits the process that measures the limits of the machine */
    Contest(List<Contestant> contestants, Contestant limits) {
        this.contestants = contestants;
        this.limits = limits;
        for (Workload workload : Workload.values()) {
            peaks.put(workload, new ArrayList<>());
            rates.put(workload, new LinkedHashMap<>());
            contestants.forEach(one -> rates.get(workload).put(one.name(), new ArrayList<>()));
        }
    }

    void run(int rounds) {
        warmUp();
        for (int round = 0; round < rounds; round++) {
            for (Workload workload : Workload.values()) {
                peaks.get(workload).add(limits.peaks(3));
                for (Contestant contestant : contestants) {
                    if (!contestant.name().equals(Benchmarks.SCALAR) || round < SCALAR_ROUNDS) {
                        double rate = workload.tokensPerSecond(contestant);
                        rates.get(workload).get(contestant.name()).add(rate);
                        System.err.printf(
                                "round %d of %d, %s, %s: %.1f tokens/s%n",
                                round + 1, rounds, workload.title(), contestant.name(), rate);
                    }
                }
            }
        }
    }

    private void warmUp() {
        for (Contestant contestant : contestants) {
            if (!contestant.name().equals(Benchmarks.SCALAR)) {
                for (int i = 0; i < 3; i++) {
                    contestant.prefill(64);
                    contestant.prefill(512);
                    contestant.decode(64, 16);
                }
            }
        }
        limits.peaks(5);
    }

    List<String> names() {
        return contestants.stream().map(Contestant::name).toList();
    }

    /** Tokens per second in each round. */
    double[] rates(Workload workload, String contestant) {
        return rates.get(workload).getOrDefault(contestant, List.of()).stream()
                .mapToDouble(rate -> rate)
                .toArray();
    }

    double median(Workload workload, String contestant) {
        return Workload.median(rates(workload, contestant));
    }

    /** How many times as fast as the fastest of the others; NaN if none was measured. */
    double ratioToFastest(Workload workload, String contestant, List<String> others) {
        return others.stream()
                .mapToDouble(other -> ratio(workload, contestant, other))
                .filter(ratio -> !Double.isNaN(ratio))
                .min()
                .orElse(Double.NaN);
    }

    /** How many times as fast as another: the median of the ratios of all rounds. */
    double ratio(Workload workload, String contestant, String other) {
        double[] ours = rates(workload, contestant);
        double[] theirs = rates(workload, other);
        double[] ratios = new double[Math.min(ours.length, theirs.length)];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = ours[i] / theirs[i];
        }
        return Workload.median(ratios);
    }

    /** Share of the machine's peak of multiply-adds. */
    double shareOfPeak(Workload workload, String contestant) {
        return share(workload, contestant, 0, workload.flopsPerToken(RandomGpt2.SMALL) * 1e-9);
    }

    /** Share of the machine's read bandwidth. */
    double shareOfBandwidth(Workload workload, String contestant, int bytesOfAWeight) {
        return share(workload, contestant, 1, workload.bytesPerStep(RandomGpt2.SMALL, bytesOfAWeight) * 1e-9);
    }

    private double share(Workload workload, String contestant, int limit, double work) {
        double[] ours = rates(workload, contestant);
        double[] shares = new double[ours.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = ours[i] * work / peaks.get(workload).get(i)[limit];
        }
        return Workload.median(shares);
    }

    /** Medians of all measurements: GFLOP/s and GB/s. */
    double[] peaks() {
        return new double[] {peak(0), peak(1)};
    }

    private double peak(int limit) {
        return Workload.median(peaks.values().stream()
                .flatMap(List::stream)
                .mapToDouble(both -> both[limit])
                .toArray());
    }
}
