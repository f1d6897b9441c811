package dev.touchstone.server;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that read requests and write answers. */
final class Workers implements AutoCloseable {
    /** How long the end of a task is waited for. */
    private static final Duration CLOSING = Duration.ofSeconds(2);

    private final ExecutorService pool;

    Workers(int threads) {
        AtomicInteger number = new AtomicInteger();
        pool = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "touchstone-server-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Runs tasks one after the other, in the order of the calls, on any of the threads. */
    Executor serial() {
        return new Serial(pool);
    }

    /** Discards the tasks of each {@link #serial} but the next, and waits for these, but not long for one that does not end. */
    @Override
    public void close() {
        pool.shutdown();
        try {
            if (pool.awaitTermination(CLOSING.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pool.shutdownNow();
    }

    private static final class Serial implements Executor {
        private final Executor pool;
        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private boolean active;

        Serial(Executor pool) {
            this.pool = pool;
        }

        @Override
        public synchronized void execute(Runnable task) {
            tasks.add(task);
            if (!active) {
                active = true;
                start();
            }
        }

        private void start() {
            try {
                pool.execute(this::runOne);
            } catch (RejectedExecutionException e) {
                tasks.clear(); // the server is closed
            }
        }

        private void runOne() {
            try {
                next().run();
            } finally {
                synchronized (this) {
                    active = !tasks.isEmpty();
                    if (active) {
                        start(); // behind the tasks of others
                    }
                }
            }
        }

        private synchronized Runnable next() {
            return tasks.remove();
        }
    }
}
