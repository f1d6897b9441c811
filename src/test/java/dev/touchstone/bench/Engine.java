package dev.touchstone.bench;

/** An inference engine, in this process or in another ({@link Contestant}). */
interface Engine {
    /** Seconds to compute the logits of the last of {@code tokens} tokens, with an empty cache. */
    double prefill(int tokens);

    /** Seconds of each of {@code steps} decoding steps after {@code past} tokens. */
    double[] decode(int past, int steps);
}
