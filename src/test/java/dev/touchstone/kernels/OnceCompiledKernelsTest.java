package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class OnceCompiledKernelsTest extends VectorKernelsContract {
    OnceCompiledKernelsTest() {
        super(VectorUse.ONCE_COMPILED);
    }

    /** How many of each depends on when the loops are compiled. */
    @Override
    void assertLoops(LoopCounts counts) {
        assertThat(counts.plain() + counts.vector()).isPositive();
    }

    @Test
    @Timeout(60)
    void plainLoopsRunUntilVectorLoopsAreFaster() throws InterruptedException {
        LoopCounts counts = new LoopCounts();
        Tensor x = Tensor.zeros(6, 32);
        Matrix weight = Matrix.zeros(Matrix.Type.FLOAT32, 32, 64);
        try (VectorKernels kernels = counts.open(1, VectorUse.ONCE_COMPILED)) {
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
}
