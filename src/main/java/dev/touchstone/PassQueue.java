package dev.touchstone;

import dev.touchstone.generation.Executor;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Lets one forward pass run at a time, in the order in which they were asked for, and none after it is closed. */
final class PassQueue {
    private final ReentrantLock turn = new ReentrantLock(true);
    private boolean closed;

    /** Runs a forward pass when it is its turn. */
    <T> T run(Supplier<T> pass) {
        turn.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the model is closed");
            }
            return pass.get();
        } finally {
            turn.unlock();
        }
    }

    /** The same executor, whose passes wait for their turn. */
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
        turn.lock();
        closed = true;
        turn.unlock();
    }
}
