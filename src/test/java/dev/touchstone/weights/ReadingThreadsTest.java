package dev.touchstone.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadingThreadsTest {
    @ParameterizedTest
    @CsvSource({"1, 0, 0", "1, 1, 1", "1, 7, 1", "3, 1, 1", "3, 2, 2", "3, 3, 3", "3, 257, 3", "8, 7, 7"})
    void eachPieceIsReadOnceByAtMostThisManyThreads(int threads, int pieces, int shares) {
        Collection<Integer> read = new ConcurrentLinkedQueue<>();
        Set<Thread> readers = ConcurrentHashMap.newKeySet();
        CountDownLatch all = new CountDownLatch(shares);

        try (ReadingThreads reading = new ReadingThreads(threads)) {
            reading.run(pieces, (from, to) -> {
                IntStream.range(from, to).forEach(read::add);
                readers.add(Thread.currentThread());
                all.countDown();
                await(all); // so that each share needs its own thread
            });
        }

        assertThat(read)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, pieces).boxed().toList());
        assertThat(readers).hasSize(Math.max(1, shares)).contains(Thread.currentThread());
        assertThat(readers)
                .allMatch(thread ->
                        thread == Thread.currentThread() || thread.getName().equals("touchstone-reader"));
    }

    @Test
    void theExceptionOfTheFirstFailedShareIsThrown() {
        try (ReadingThreads reading = new ReadingThreads(3)) {
            assertThatThrownBy(() -> reading.run(3, (from, to) -> {
                        if (from > 0) {
                            throw new IllegalStateException("share " + from);
                        }
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("share 1");
            assertThatThrownBy(() -> reading.run(3, (from, to) -> {
                        throw new AssertionError("share " + from);
                    }))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("share 0");
        }
    }

    @Test
    void theInterruptStatusIsPreserved() {
        try (ReadingThreads reading = new ReadingThreads(2)) {
            Thread.currentThread().interrupt();
            reading.run(2, (from, to) -> {});
        }

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void closingEndsTheThreads() throws InterruptedException {
        Set<Thread> readers = ConcurrentHashMap.newKeySet();

        try (ReadingThreads reading = new ReadingThreads(2)) {
            reading.run(2, (from, to) -> readers.add(Thread.currentThread()));
        }

        readers.remove(Thread.currentThread());
        for (Thread reader : readers) {
            reader.join(10_000);
            assertThat(reader.isAlive()).isFalse();
        }
        assertThat(readers).hasSize(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
