package dev.touchstone.server;

import dev.touchstone.LanguageModel;
import dev.touchstone.server.api.ApiException;
import dev.touchstone.server.api.Context;
import dev.touchstone.serving.Engine;
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

    /** The fingerprint, once it is known. */
    String awaitFingerprint() {
        try {
            return fingerprint.join();
        } catch (CompletionException e) {
            throw ApiException.of(e.getCause());
        }
    }
}
