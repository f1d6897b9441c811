package dev.touchstone.weights;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The threads that read a checkpoint: the caller of {@link #run}, and others that end with {@link #close}. */
final class ReadingThreads implements AutoCloseable {
    private final int count;
    private final ExecutorService others;

    /** Reads the pieces {@code from} (inclusive) to {@code to} (exclusive). */
    @FunctionalInterface
    interface Share {
        void read(int from, int to);
    }

    /** @param count of all threads, 1 or more; those other than the caller start when they are first needed */
    ReadingThreads(int count) {
        this.count = count;
        this.others = Executors.newFixedThreadPool(Math.max(1, count - 1), task -> {
            Thread thread = new Thread(task, "touchstone-reader");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Gives each thread an equal share of {@code pieces} pieces, and returns when all are read. If shares fail, the exception of
     * the first of them is thrown after the last has ended.
     */
    void run(int pieces, Share share) {
        int shares = Math.min(pieces, count);
        List<Future<?>> pending = new ArrayList<>();
        for (int i = 1; i < shares; i++) {
            int from = part(pieces, i, shares);
            int to = part(pieces, i + 1, shares);
            pending.add(others.submit(() -> share.read(from, to)));
        }
        Throwable failure = null;
        try {
            share.read(0, shares == 0 ? 0 : part(pieces, 1, shares));
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        for (Future<?> other : pending) {
            Throwable thrown = join(other);
            failure = failure == null ? thrown : failure;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }

    private static int part(int pieces, int i, int shares) {
        return (int) ((long) pieces * i / shares);
    }

    /** Waits for a share, and returns what it threw; null if it threw nothing. */
    private static Throwable join(Future<?> share) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    share.get();
                    return null;
                } catch (ExecutionException e) {
                    return e.getCause();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        others.shutdown();
    }
}
