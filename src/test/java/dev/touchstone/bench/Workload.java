package dev.touchstone.bench;

import java.util.Arrays;

/** A task of the benchmark of whole models. */
enum Workload {
    PREFILL_64(64, true),
    PREFILL_512(512, true),
    PREFILL_1000(1000, true),
    DECODE_64(64, false),
    DECODE_900(900, false);

    private static final int STEPS = 24;

    private final int tokens;
    private final boolean prefill;

    Workload(int tokens, boolean prefill) {
        this.tokens = tokens;
        this.prefill = prefill;
    }

    String title() {
        return prefill ? "prefill of " + tokens : "decode after " + tokens;
    }

    double tokensPerSecond(Engine engine) {
        return prefill ? tokens / engine.prefill(tokens) : 1 / median(engine.decode(tokens, STEPS));
    }

    /** Floating-point operations per token, two for a multiply-add: matrices, attention, and the token's share of the head. */
    double flopsPerToken(RandomGpt2 shape) {
        double channels = shape.channels();
        double matrices = 12 * channels * channels * shape.layers();
        double head = channels * RandomGpt2.VOCABULARY / (prefill ? tokens : 1);
        double attention = 2 * channels * shape.layers() * (prefill ? tokens / 2.0 : tokens);
        return 2 * (matrices + attention + head);
    }

    /** Bytes that a step reads from memory: all weights, and the keys and values of all previous tokens. */
    double bytesPerStep(RandomGpt2 shape, int bytesOfAWeight) {
        return bytesPerStep(shape, bytesOfAWeight, tokens + STEPS / 2);
    }

    static double bytesPerStep(RandomGpt2 shape, int bytesOfAWeight, int past) {
        double channels = shape.channels();
        double weights = 12 * channels * channels * shape.layers() + channels * RandomGpt2.VOCABULARY;
        return weights * bytesOfAWeight + 2 * channels * shape.layers() * past * Float.BYTES;
    }

    static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted.length == 0 ? Double.NaN : (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
