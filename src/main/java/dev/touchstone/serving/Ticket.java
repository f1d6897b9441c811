package dev.touchstone.serving;

/** An accepted request. */
public interface Ticket {
    /**
     * Ends the request before the next step, from any thread. Its listener then gets {@link End.Outcome#CANCELLED}. Does nothing
     * if the request has ended.
     */
    void cancel();
}
