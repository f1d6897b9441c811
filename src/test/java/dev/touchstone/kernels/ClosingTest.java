package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated // it looks for new threads in the process
class ClosingTest {
    @Test
    void closingEndsWorkersAndWarmUp() throws InterruptedException {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        VectorKernels kernels = new VectorKernels(3, VectorUse.ONCE_COMPILED);
        List<Thread> threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread) && thread.getName().startsWith("touchstone-"))
                .toList();

        kernels.forBlocks().close(); // shares the threads and ends none
        Thread.sleep(50);
        assertThat(threads).allMatch(Thread::isAlive).allMatch(Thread::isDaemon);
        kernels.close();

        assertThat(threads.stream().map(Thread::getName))
                .containsExactlyInAnyOrder("touchstone-worker-1", "touchstone-worker-2", "touchstone-warm-up");
        for (Thread thread : threads) {
            thread.join(5_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }
}
