package dev.touchstone.tokenizer.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LongHeapTest {
    @Test
    void theOrderEqualsThatOfJavasPriorityQueue() {
        Random random = new Random(1);
        LongHeap heap = new LongHeap(0);
        PriorityQueue<Long> expected = new PriorityQueue<>();
        for (int i = 0; i < 3000; i++) {
            if (expected.isEmpty() || random.nextInt(5) < 3) {
                long value = random.nextInt(-500, 500);
                heap.add(value);
                expected.add(value);
            } else {
                assertThat(heap.removeSmallest()).isEqualTo(expected.remove());
            }
            assertThat(heap.isEmpty()).isEqualTo(expected.isEmpty());
        }
        while (!expected.isEmpty()) {
            assertThat(heap.removeSmallest()).isEqualTo(expected.remove());
        }
        assertThat(heap.isEmpty()).isTrue();
    }
}
