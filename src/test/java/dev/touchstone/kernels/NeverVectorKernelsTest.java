package dev.touchstone.kernels;

class NeverVectorKernelsTest extends VectorKernelsContract {
    NeverVectorKernelsTest() {
        super(VectorUse.NEVER);
    }

    @Override
    void assertLoops(LoopCounts counts) {
        counts.assertOnlyPlain();
    }
}
