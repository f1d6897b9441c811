package dev.touchstone.bench;

/** Whoever can continue a text: what the benchmarks ask of an engine, in this process or behind {@link Contestant}. */
interface Engine {
    /** Seconds from a prompt of so many tokens to the logits of its last, from an empty cache. */
    double prefill(int tokens);

    /** Seconds of each of {@code steps} steps of one token, after {@code past} tokens. */
    double[] decode(int past, int steps);
}
