package dev.touchstone.kernels;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * Threads that share the parts of one job. A step of decoding has some fifty jobs of less than a millisecond each, so a
 * worker spins for a while before it sleeps, and the caller works too. Parts are handed out one by one: which thread does
 * a part must not matter.
 */
final class WorkerPool implements AutoCloseable {
    /** Looks at the next job before a worker goes to sleep: some 50 microseconds. */
    private static final int SPINS = 2_000;

    private final Thread[] workers;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile Job current;
    private volatile boolean closed;

    /** Parts not yet begun, parts not yet done, and what went wrong first. */
    private static final class Job {
        final int parts;
        final IntConsumer part;
        final AtomicInteger next = new AtomicInteger();
        final AtomicInteger done = new AtomicInteger();
        final AtomicReference<Throwable> failure = new AtomicReference<>();

        Job(int parts, IntConsumer part) {
            this.parts = parts;
            this.part = part;
        }

        void help() {
            for (int i = next.getAndIncrement(); i < parts; i = next.getAndIncrement()) {
                try {
                    if (failure.get() == null) {
                        part.accept(i);
                    }
                } catch (Throwable thrown) {
                    failure.compareAndSet(null, thrown);
                } finally {
                    done.incrementAndGet();
                }
            }
        }
    }

    /** The caller of {@link #run} is one of the {@code threads}; the others do not keep the JVM alive. */
    WorkerPool(int threads) {
        workers = new Thread[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Thread(this::work, "touchstone-worker-" + (i + 1));
            workers[i].setDaemon(true);
            workers[i].start();
        }
    }

    /** How many threads share a job, the caller included. */
    int threads() {
        return workers.length + 1;
    }

    /** Calls {@code part} with 0 until {@code parts}, on all threads, and returns when all are done. */
    void run(int parts, IntConsumer part) {
        if (parts <= 1 || workers.length == 0 || !busy.compareAndSet(false, true)) {
            for (int i = 0; i < parts; i++) { // alone, also if another caller or a part of a job keeps the workers busy
                part.accept(i);
            }
            return;
        }
        Job job = new Job(parts, part);
        try {
            current = job;
            for (Thread worker : workers) {
                LockSupport.unpark(worker);
            }
            job.help();
            for (int spins = 0; job.done.get() < parts; spins++) {
                pause(spins);
            }
        } finally {
            current = null;
            busy.set(false);
        }
        rethrow(job.failure.get());
    }

    @Override
    public void close() {
        closed = true;
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
    }

    private void work() {
        Job last = null;
        int spins = 0;
        while (!closed) {
            Job job = current;
            if (job != null && job != last) {
                job.help();
                last = job;
                spins = 0;
            } else if (spins++ < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this); // an unpark in the meantime makes this return at once
            }
        }
    }

    private static void pause(int spins) {
        if (spins < SPINS) {
            Thread.onSpinWait();
        } else {
            Thread.yield(); // more threads than processors: the last part waits for one
        }
    }

    private static void rethrow(Throwable failure) {
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        if (failure instanceof Error error) {
            throw error;
        }
    }
}
