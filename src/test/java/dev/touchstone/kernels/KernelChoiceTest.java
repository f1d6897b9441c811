package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Runs with the module of the vector kernels. {@code VectorModuleTest} runs the jar without it. */
class KernelChoiceTest {
    @Test
    void eachChoiceOpensItsKernels() {
        try (Kernels scalar = KernelChoice.SCALAR.open(3);
                Kernels vector = KernelChoice.VECTOR.open(3)) {
            assertThat(scalar).isInstanceOf(ScalarKernels.class);
            assertThat(vector).isInstanceOf(VectorKernels.class);
        }
    }

    @Test
    void theVectorWidthIsReported() {
        assertThat(KernelChoice.vectorBits()).isIn(128, 256, 512);
    }
}
