package dev.touchstone;

import dev.touchstone.generation.Executor;
import dev.touchstone.serving.Passes;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Runs one forward pass at a time, in the order of the calls, and none after it is closed. */
final class PassQueue implements Passes {
    private final ReentrantLock lock = new ReentrantLock(true);
    private boolean closed;

    /** Runs a forward pass after those of earlier calls. */
    @Override
    public <T> T run(Supplier<T> pass) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the model is closed");
            }
            return pass.get();
        } finally {
            lock.unlock();
        }
    }

    /** An executor whose forward passes go through this queue. */
    Executor share(Executor executor) {
        return new Executor() {
            @Override
            public Tensor next(List<int[]> sequences) {
                return run(() -> executor.next(sequences));
            }

            @Override
            public Tensor last(int[] ids, int count) {
                return run(() -> executor.last(ids, count));
            }
        };
    }

    void close() {
        lock.lock();
        closed = true;
        lock.unlock();
    }
}
