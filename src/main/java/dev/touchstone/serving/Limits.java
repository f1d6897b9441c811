package dev.touchstone.serving;

import dev.touchstone.model.Transformer;

/**
 * The limits of an engine. Start from {@link #defaults} and change single ones.
 *
 * @param pageBytes the memory for keys and values, in bytes
 * @param stepTokens the largest number of tokens that one forward pass computes
 * @param chunkTokens the largest part of a prompt that one forward pass computes while other requests run
 * @param running the largest number of requests that are computed at the same time
 * @param queued how many requests are accepted in addition to those; they wait
 */
public record Limits(long pageBytes, int stepTokens, int chunkTokens, int running, int queued) {
    public Limits {
        atLeastOne("bytes of keys and values", pageBytes);
        atLeastOne("tokens of a prompt in a step", chunkTokens);
        atLeastOne("requests that run", running);
        if (queued < 0) {
            throw new IllegalArgumentException("the limit on waiting requests must be at least 0, got " + queued);
        }
        if (stepTokens < running) {
            throw new IllegalArgumentException("each of " + running + " running requests needs a token in a step, got "
                    + stepTokens + " tokens for a step");
        }
    }

    /** A quarter of the memory that Java may use, 512 tokens in a step, 128 of a prompt, 32 running requests, 1,024 waiting. */
    public static Limits defaults() {
        return new Limits(Runtime.getRuntime().maxMemory() / 4, 512, 128, 32, 1024);
    }

    public Limits withPageBytes(long bytes) {
        return new Limits(bytes, stepTokens, chunkTokens, running, queued);
    }

    /** With at least the memory for the keys and values of one request of {@code tokens} tokens. */
    public Limits withRoomFor(int tokens, Transformer model) {
        long needed =
                model.caches().mostPages(tokens, stepTokens) * model.caches().pageBytes();
        return withPageBytes(Math.max(pageBytes, needed));
    }

    public Limits withStepTokens(int tokens) {
        return new Limits(pageBytes, tokens, chunkTokens, running, queued);
    }

    public Limits withChunkTokens(int tokens) {
        return new Limits(pageBytes, stepTokens, tokens, running, queued);
    }

    public Limits withRunning(int requests) {
        return new Limits(pageBytes, stepTokens, chunkTokens, requests, queued);
    }

    public Limits withQueued(int requests) {
        return new Limits(pageBytes, stepTokens, chunkTokens, running, requests);
    }

    private static void atLeastOne(String what, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("the limit on " + what + " must be at least 1, got " + value);
        }
    }
}
