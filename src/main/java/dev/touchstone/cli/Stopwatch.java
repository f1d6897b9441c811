package dev.touchstone.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** Measures the time of a generation, and the time to its first token. */
final class Stopwatch {
    private final long start = System.nanoTime();
    private long first;
    private long last = start;
    private int tokens;

    /** To be called when a token has been generated. */
    void token() {
        last = System.nanoTime();
        if (tokens++ == 0) {
            first = last;
        }
    }

    /** To be called when the generation has ended, with its number of tokens. */
    void end(int generated) {
        last = System.nanoTime();
        first = tokens == 0 ? last : first;
        tokens = generated;
    }

    double seconds() {
        return (last - start) / 1e9;
    }

    double tokensPerSecond() {
        return tokens == 0 ? 0 : tokens / seconds();
    }

    /** In seconds; 0 if there is no token. */
    double timeToFirstToken() {
        return tokens == 0 ? 0 : (first - start) / 1e9;
    }

    void describe(ObjectNode json) {
        json.put("seconds", seconds())
                .put("tokens_per_second", tokensPerSecond())
                .put("time_to_first_token", timeToFirstToken());
    }

    /** Such as {@code 100 tokens in 1.25 s, 80.0 tokens/s}. */
    String total() {
        return String.format(
                Locale.ROOT,
                "%d %s in %.2f s, %.1f tokens/s",
                tokens,
                tokens == 1 ? "token" : "tokens",
                seconds(),
                tokensPerSecond());
    }

    /** The same, and the time to the first token. */
    @Override
    public String toString() {
        return total() + String.format(Locale.ROOT, ", the first after %.2f s", timeToFirstToken());
    }
}
