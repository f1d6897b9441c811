package dev.touchstone.serving;

import java.time.Duration;

/** A request was not accepted, but may be if it is submitted again later, or to another engine. */
public final class BusyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why the request was not accepted. */
    public enum Reason {
        QUEUE_FULL,
        DRAINING
    }

    private final Reason reason;
    private final Duration retryAfter;

    BusyException(Reason reason, String message, Duration retryAfter) {
        super(message);
        this.reason = reason;
        this.retryAfter = retryAfter;
    }

    public Reason reason() {
        return reason;
    }

    /** After how long it makes sense to try again; an estimate. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
