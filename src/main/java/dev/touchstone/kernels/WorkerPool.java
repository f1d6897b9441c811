package dev.touchstone.kernels;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * Threads that share the parts of one job. A decoding step consists of some fifty jobs of less than a millisecond each, so a
 * worker spins for a while before it sleeps, and the caller works as well. Parts are assigned one by one to the threads that are
 * free, so a result must not depend on which thread computes a part.
 */
final class WorkerPool implements AutoCloseable {
    /** How often a worker looks for the next job before it sleeps: some 50 microseconds. */
    private static final int SPINS = 2_000;

    private final Thread[] workers;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile Job current;
    private volatile boolean closed;

    /** Counts the parts that were begun and done, and keeps the first failure. */
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

        /** Runs parts until all are begun. */
        void run() {
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

    /** @param threads how many threads share a job; the caller of {@link #run} is one of them, the others are daemons */
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

    /**
     * Calls {@code part} with 0 to {@code parts} (exclusive) on all threads, and returns when all calls have returned. The calling
     * thread does all of it if the workers are busy with another job. Rethrows the first exception or error of a part.
     */
    void run(int parts, IntConsumer part) {
        if (parts <= 1 || workers.length == 0 || !busy.compareAndSet(false, true)) {
            for (int i = 0; i < parts; i++) {
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
            job.run();
            await(job);
        } finally {
            current = null;
            busy.set(false);
        }
        rethrow(job.failure.get());
    }

    /** Ends the workers. Later jobs run on the calling thread. */
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
                job.run();
                last = job;
                spins = 0;
            } else if (spins++ < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this); // returns at once if unparked since the last look
            }
        }
    }

    /**
     * Returns when all parts are done. This is not part of {@link #run}, because the compiler C2 counts spins: it would compile that method
     * and all that it calls during the first jobs of a process.
     */
    private static void await(Job job) {
        for (int spins = 0; job.done.get() < job.parts; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield(); // with more threads than processors the last part may wait for one
            }
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
