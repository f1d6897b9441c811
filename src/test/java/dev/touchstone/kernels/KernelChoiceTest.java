package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The tests run with the module of the vector kernels; a test of the jar runs without. */
class KernelChoiceTest {
    @Test
    void eachChoiceOpensItsKernels() {
        assertThat(KernelChoice.SCALAR.open(3)).isInstanceOf(ScalarKernels.class);
        VectorKernels vector = (VectorKernels) KernelChoice.VECTOR.open(3);
        vector.close();
    }

    @Test
    void vectorsHaveAWidth() {
        assertThat(KernelChoice.vectorBits()).isIn(128, 256, 512);
    }
}
