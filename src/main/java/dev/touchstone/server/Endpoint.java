package dev.touchstone.server;

import dev.touchstone.server.api.ApiException;

/** Answers the requests of a route. */
@FunctionalInterface
interface Endpoint {
    /** Runs on a worker; what it throws is the answer, see {@link ApiException#of}. */
    void answer(Exchange exchange);
}
