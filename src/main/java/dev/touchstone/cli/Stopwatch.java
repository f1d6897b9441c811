package dev.touchstone.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** How long a generation takes, and until its first token. */
final class Stopwatch {
    private final long start = System.nanoTime();
    private long first;
    private long last = start;
    private int tokens;

    /** A token was made. */
    void token() {
        last = System.nanoTime();
        if (tokens++ == 0) {
            first = last;
        }
    }

    /** The generation is over and made this many tokens, seen or not. */
    void end(int made) {
        last = System.nanoTime();
        first = tokens == 0 ? last : first;
        tokens = made;
    }

    double seconds() {
        return (last - start) / 1e9;
    }

    double tokensPerSecond() {
        return tokens == 0 ? 0 : tokens / seconds();
    }

    /** Seconds; 0 if there was none. */
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

    /** The same and when the first came. */
    @Override
    public String toString() {
        return total() + String.format(Locale.ROOT, ", the first after %.2f s", timeToFirstToken());
    }
}
