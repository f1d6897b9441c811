package dev.touchstone.server;

import dev.touchstone.LanguageModel;
import dev.touchstone.server.api.ApiException;
import dev.touchstone.server.api.Context;
import dev.touchstone.serving.BusyException;
import dev.touchstone.serving.Engine;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A loaded model that answers requests.
 *
 * @param engine computes the answers
 * @param fingerprint of the weights, the tokenizer and the engine; may still be computed
 * @param since when it was loaded, in seconds since 1970
 */
record Service(Context context, Engine engine, CompletableFuture<String> fingerprint, long since) {
    LanguageModel model() {
        return context.model();
    }

    /** The unit of fairness: the user that the request names, else the address that it comes from. */
    static String client(Exchange exchange, String user) {
        return user == null ? exchange.request().remoteAddress().hostAddress() : "user " + user;
    }

    /** The answer to a request that the engine does not take. */
    static ApiException busy(BusyException why) {
        return why.reason() == BusyException.Reason.QUEUE_FULL
                ? ApiException.queueFull(why.getMessage(), why.retryAfter())
                : ApiException.unavailable("draining", why.getMessage(), why.retryAfter());
    }

    /** The answer to a request that was in progress when the grace period ended. */
    static ApiException drained() {
        return ApiException.unavailable(
                "draining", "the server stopped before the answer was complete; send it again", Duration.ofSeconds(5));
    }

    /** The fingerprint, once it is known. */
    String awaitFingerprint() {
        try {
            return fingerprint.join();
        } catch (CompletionException e) {
            throw ApiException.of(e.getCause());
        }
    }
}
