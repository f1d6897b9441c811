package dev.touchstone.util;

/** Threads that are waited for. */
public final class Threads {
    private Threads() {}

    /** Waits until a thread has ended. If the caller is interrupted, it still waits, and stays interrupted. */
    public static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
