package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkerPoolTest {
    private final WorkerPool pool = new WorkerPool(4);

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void everyTaskRunsOnce() {
        for (int job = 0; job < 20_000; job++) {
            AtomicIntegerArray done = new AtomicIntegerArray(job % 9);

            pool.run(done.length(), done::incrementAndGet);

            for (int i = 0; i < done.length(); i++) {
                assertThat(done.get(i)).isEqualTo(1);
            }
        }
    }

    @Test
    void anExceptionInATaskReachesTheCaller() {
        for (int job = 0; job < 1_000; job++) {
            int bad = job % 16;
            assertThatThrownBy(() -> pool.run(16, task -> {
                        if (task == bad) {
                            throw new IllegalStateException("task " + task);
                        }
                    }))
                    .hasMessage("task " + bad);
        }
    }

    @Test
    void anErrorInATaskReachesTheCaller() {
        assertThatThrownBy(() -> pool.run(16, task -> {
                    throw new AssertionError("task");
                }))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void sleepingWorkersWakeUp() throws InterruptedException {
        for (int job = 0; job < 20; job++) {
            Thread.sleep(5);
            AtomicInteger done = new AtomicInteger();

            pool.run(100, task -> done.incrementAndGet());

            assertThat(done.get()).isEqualTo(100);
        }
    }

    @Test
    void aTaskMayRunAnotherJob() {
        AtomicInteger done = new AtomicInteger();

        pool.run(8, task -> pool.run(8, inner -> done.incrementAndGet()));

        assertThat(done.get()).isEqualTo(64);
    }

    @Test
    void severalThreadsMayShareAPool() {
        AtomicInteger done = new AtomicInteger();

        IntStream.range(0, 1_000).parallel().forEach(job -> pool.run(7, task -> done.incrementAndGet()));

        assertThat(done.get()).isEqualTo(7_000);
    }

    @Test
    void jobsOfAClosedPoolRunOnTheCaller() {
        AtomicInteger done = new AtomicInteger();

        pool.close();
        pool.run(5, task -> done.incrementAndGet());

        assertThat(done.get()).isEqualTo(5);
    }

    /** Each task waits for all others, so there must be one thread per task, also after the workers have slept. */
    @Test
    void allThreadsWorkAtTheSameTime() throws InterruptedException {
        for (int job = 0; job < 3; job++) {
            assertThat(threadsOfAJob()).hasSize(pool.threads()).contains(Thread.currentThread());
            Thread.sleep(20);
        }
        assertThat(pool.threads()).isEqualTo(4);
    }

    @Test
    void thePoolIsUsableAfterAFailedJob() {
        for (int job = 0; job < 3; job++) {
            assertThatThrownBy(() -> pool.run(4, task -> {
                        throw new IllegalStateException("task");
                    }))
                    .hasMessage("task");
            assertThat(threadsOfAJob()).hasSize(4);
        }
    }

    @Test
    void workersAreDaemonsWithANameAndEndWhenThePoolIsClosed() throws InterruptedException {
        List<Thread> workers = new ArrayList<>(threadsOfAJob());
        workers.remove(Thread.currentThread());
        Thread.sleep(20); // until the workers sleep

        pool.close();

        for (Thread worker : workers) {
            worker.join(5_000);
            assertThat(worker.isAlive()).isFalse();
            assertThat(worker.isDaemon()).isTrue();
        }
        assertThat(workers.stream().map(Thread::getName))
                .containsExactlyInAnyOrder("touchstone-worker-1", "touchstone-worker-2", "touchstone-worker-3");
    }

    @Test
    void aPoolOfOneThreadRunsTasksOnTheCaller() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();

        try (WorkerPool alone = new WorkerPool(1)) {
            alone.run(9, task -> threads.add(Thread.currentThread()));

            assertThat(alone.threads()).isEqualTo(1);
        }
        assertThat(threads).containsExactly(Thread.currentThread());
    }

    private Set<Thread> threadsOfAJob() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        CyclicBarrier all = new CyclicBarrier(4);
        pool.run(4, task -> {
            threads.add(Thread.currentThread());
            try {
                all.await(5, TimeUnit.SECONDS);
            } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                throw new IllegalStateException(e);
            }
        });
        return threads;
    }
}
