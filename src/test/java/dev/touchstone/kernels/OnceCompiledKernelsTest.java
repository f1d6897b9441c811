package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class OnceCompiledKernelsTest extends VectorKernelsContract {
    OnceCompiledKernelsTest() {
        super(VectorUse.ONCE_COMPILED);
    }

    /** The number of each kind depends on when the loops are compiled. */
    @Override
    void assertLoops(LoopCounts counts) {
        assertThat(counts.plain() + counts.vector()).isPositive();
    }

    /** Uses a simulated clock, because in a JVM that has already compiled the vector loops they are faster from the start. */
    @Test
    @Timeout(60)
    void plainLoopsRunUntilVectorLoopsAreFaster() throws InterruptedException {
        LoopCounts counts = new LoopCounts();
        Clock clock = new Clock();
        Tensor x = Tensor.zeros(6, 32);
        Matrix weight = Matrix.zeros(Matrix.Type.FLOAT32, 32, 64);
        try (VectorKernels kernels = counts.open(1, (plain, vector) -> WarmUp.start(plain, vector, clock))) {
            kernels.linear(x, weight, null);
            Thread.sleep(20);
            kernels.linear(x, weight, null);
            assertThat(counts.vector()).isZero();

            clock.vectorIsFaster = true;
            while (counts.vector() == 0) {
                kernels.linear(x, weight, null);
                Thread.sleep(1);
            }
            long plain = counts.plain();

            kernels.linear(x, weight, null);

            assertThat(plain).isPositive();
            assertThat(counts.plain()).isEqualTo(plain);
            assertThat(counts.vector()).isEqualTo(2);
        }
    }

    /** A clock that is read at the start and the end of alternating measurements of vector loops and plain loops. */
    private static final class Clock implements LongSupplier {
        private volatile boolean vectorIsFaster;
        private long nanos;
        private int reads;

        @Override
        public synchronized long getAsLong() {
            boolean endOfVector = reads % 4 == 1;
            reads++;
            nanos += endOfVector && !vectorIsFaster ? 100 : endOfVector ? 1 : 10;
            return nanos;
        }
    }
}
