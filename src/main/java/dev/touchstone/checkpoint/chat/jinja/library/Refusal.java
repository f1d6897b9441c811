package dev.touchstone.checkpoint.chat.jinja.library;

/** What {@code raise_exception} throws: the template refuses what it is given. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refusal(String message) {
        super(message);
    }
}
