package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** With the module of the vector kernels; a test of the jar runs without it. */
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
    void vectorsHaveAWidth() {
        assertThat(KernelChoice.vectorBits()).isIn(128, 256, 512);
    }
}
