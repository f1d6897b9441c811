package dev.touchstone.kernels;

import static dev.touchstone.kernels.Hostile.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated // until it ends, tests of vector code would be some of plain loops
@Timeout(60)
class WarmUpTest {
    @Test
    void theBestKernelsHaveTheSameBitsBeforeAndAfterTheyAreWarm() throws ReflectiveOperationException {
        Field thread = WarmUp.class.getDeclaredField("thread");
        thread.setAccessible(true);
        thread.set(null, null); // as in a process of its own
        Random random = new Random(1);
        Tensor x = Hostile.ORDINARY.tensor(random, 7, 33);
        Matrix weight = Matrix.ofInputRows(Hostile.ORDINARY.tensor(random, 33, 65));
        Tensor expected = new ScalarKernels().linear(x, weight, null);
        List<String> hints = new ArrayList<>();

        try (VectorKernels best = (VectorKernels) KernelChoice.best(2, hints::add)) {
            assertThat(WarmUp.useVectors()).isFalse();
            assertThat((Thread) thread.get(null)).isNotSameAs(Thread.currentThread());
            assertThat(((Thread) thread.get(null)).isDaemon()).isTrue();
            assertSameBits(best.linear(x, weight, null), expected);
            while (!WarmUp.useVectors()) {
                Thread.onSpinWait();
            }
            assertSameBits(best.linear(x, weight, null), expected);
        }
        assertThat(hints).isEmpty();
    }
}
