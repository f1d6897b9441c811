package dev.touchstone.kernels;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The same with the plain loops that compute until the vector code is warm. */
class ColdKernelsTest extends SmallKernelsTest {
    @BeforeAll
    static void takePlainLoops() {
        VectorPart.setAllWarm(false);
    }

    @AfterAll
    static void takeVectorsAgain() {
        VectorPart.setAllWarm(true);
    }
}
