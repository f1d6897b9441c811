package dev.touchstone.kernels;

class AlwaysVectorKernelsTest extends VectorKernelsContract {
    AlwaysVectorKernelsTest() {
        super(VectorUse.ALWAYS);
    }

    @Override
    void assertLoops(LoopCounts counts) {
        counts.assertOnlyVector();
    }
}
