package dev.touchstone.server.api;

/**
 * The limits on one request.
 *
 * @param choices the largest number of texts, which is that of the prompts times {@code n}
 * @param inputs the largest number of texts to embed
 */
public record RequestLimits(int choices, int inputs) {
    /** 128 choices and 2,048 inputs, OpenAI's own limits. */
    public static RequestLimits defaults() {
        return new RequestLimits(128, 2048);
    }
}
