package dev.touchstone.checkpoint;

import dev.touchstone.util.Threads;
import java.util.function.Supplier;

/** A computation on a thread of its own. */
final class Background<T> {
    private final Thread thread;
    private T result;
    private Throwable failure;

    private Background(String name, Supplier<T> computation) {
        this.thread = new Thread(() -> run(computation), name);
        thread.setDaemon(true);
    }

    static <T> Background<T> start(String name, Supplier<T> computation) {
        Background<T> background = new Background<>(name, computation);
        background.thread.start();
        return background;
    }

    private void run(Supplier<T> computation) {
        try {
            result = computation.get();
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    /** Waits for the result. Throws what the computation threw. If the caller is interrupted, it still waits, and stays interrupted. */
    T join() {
        Threads.join(thread);
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
        return result;
    }
}
