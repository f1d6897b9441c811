package dev.touchstone.serving;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.model.Transformer;
import dev.touchstone.serving.BusyException.Reason;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Serves many requests at once, on a thread of its own. What a request gets is the same, bit for bit, as alone. Safe to use from
 * several threads.
 */
public final class Engine implements AutoCloseable {
    private final Tokenizer tokenizer;
    private final Limits limits;
    private final Batcher batcher;
    private final Thread thread;
    /** Accepted requests that the engine's thread has not taken yet. */
    private final List<Task> arrivals = new ArrayList<>();

    private long accepted;
    private Statistics statistics;
    private boolean draining;
    private boolean stopping;
    private boolean closed;

    /**
     * @param kernels compute the operations of {@code model}; the engine does not close them
     * @param passes run the forward passes, on the engine's thread
     */
    public Engine(Transformer model, Kernels kernels, Tokenizer tokenizer, Passes passes, Limits limits) {
        this.tokenizer = tokenizer;
        this.limits = limits;
        this.batcher = new Batcher(model, kernels, passes, limits);
        this.statistics = batcher.statistics();
        this.thread = new Thread(this::work, "touchstone-engine");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Accepts a request. Its listener is called on the engine's thread, from now on.
     *
     * @throws BusyException if the queue is full, or after {@link #drain}
     * @throws dev.touchstone.util.TouchstoneException if the request can never be computed: the prompt is empty, has an unknown id,
     *     or does not fit into the context or the memory for keys and values
     */
    public Ticket submit(Request request, Listener listener) {
        Task task = new Task(request, listener, tokenizer);
        batcher.check(request);
        synchronized (this) {
            if (draining) {
                throw new BusyException(
                        Reason.DRAINING, "no new requests are accepted: the engine stops", Duration.ofSeconds(10));
            }
            long pending = accepted - statistics.ended();
            if (pending >= (long) limits.running() + limits.queued()) {
                throw new BusyException(
                        Reason.QUEUE_FULL, pending + " requests run or wait already", Duration.ofSeconds(1));
            }
            arrivals.add(task);
            accepted++;
            notifyAll();
        }
        return task;
    }

    /** The state after the last step; requests that were accepted since count as queued. */
    public synchronized Statistics statistics() {
        return statistics.withQueued(queued());
    }

    /**
     * Accepts no more requests, and waits for the end of those that were accepted. After the grace period those that are left end
     * with {@link End.Outcome#DRAINED}. Returns when all have ended. A listener must not call this.
     */
    public void drain(Duration grace) throws InterruptedException {
        long end = System.nanoTime() + grace.toNanos();
        synchronized (this) {
            draining = true;
            for (long left = grace.toNanos(); left > 0 && hasWork(); left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
            stopping = true;
            notifyAll();
            while (hasWork()) {
                wait();
            }
        }
    }

    /** Drains without a grace period, and ends the thread. */
    @Override
    public void close() {
        synchronized (this) {
            draining = true;
            stopping = true;
            closed = true;
            notifyAll();
        }
        Threads.join(thread);
    }

    /** Requests that wait, after the last step or later. */
    private int queued() {
        return Math.toIntExact(accepted - statistics.ended() - statistics.running());
    }

    private boolean hasWork() {
        return accepted > statistics.ended();
    }

    private void work() {
        while (awaitWork()) {
            try {
                takeArrivals().forEach(batcher::add);
                if (mustStop()) {
                    batcher.endAll(End::drained);
                }
                batcher.step();
            } catch (Throwable e) {
                batcher.endAll(text -> End.failed(text, e)); // a bug, or no memory for anything at all
            }
            publish();
        }
    }

    /** Waits for requests. Returns false if the engine is closed and all have ended. */
    private synchronized boolean awaitWork() {
        while (!hasWork() && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                // Only close() ends this thread, which nothing else refers to.
            }
        }
        return hasWork();
    }

    private synchronized List<Task> takeArrivals() {
        List<Task> taken = List.copyOf(arrivals);
        arrivals.clear();
        return taken;
    }

    private synchronized boolean mustStop() {
        return stopping;
    }

    private synchronized void publish() {
        statistics = batcher.statistics();
        notifyAll();
    }
}
