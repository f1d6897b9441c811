package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.tensor.Matrix;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The loops are stubs that advance a simulated clock, so that the test determines their time. */
@Timeout(30)
class WarmUpTest {
    private static final long PLAIN_NANOS = 100;

    private final AtomicLong clock = new AtomicLong();
    private final AtomicLong vectorNanos = new AtomicLong();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    /** Of the weights that vector loops widened. */
    private final List<Matrix.Type> widened = new CopyOnWriteArrayList<>();

    private final Loops plain = loops(new AtomicLong(PLAIN_NANOS), null);
    private final Loops vector = loops(vectorNanos, calls);
    private WarmUp warmUp;

    @AfterEach
    void close() {
        warmUp.close();
    }

    private void start(long nanosOfVectorLoops) {
        vectorNanos.set(nanosOfVectorLoops);
        warmUp = WarmUp.start(plain, vector, clock::get);
    }

    private Loops loops(AtomicLong nanos, List<String> names) {
        return (Loops) Proxy.newProxyInstance(
                Loops.class.getClassLoader(), new Class<?>[] {Loops.class}, (proxy, method, arguments) -> {
                    clock.addAndGet(nanos.get());
                    if (names != null) {
                        names.add(method.getName());
                        if (arguments[0] instanceof Matrix weight) {
                            widened.add(weight.type());
                        }
                    }
                    return null;
                });
    }

    private void awaitVector(LoopKind kind) throws InterruptedException {
        while (warmUp.loops(kind, 0) != vector) {
            Thread.sleep(1);
        }
    }

    private void awaitCalls(int count) throws InterruptedException {
        while (calls.size() < count) {
            Thread.sleep(1);
        }
    }

    @Test
    void loopsThatAllModelsUseAreWarmedAtTheStart() throws InterruptedException {
        start(PLAIN_NANOS - 1);

        awaitVector(LoopKind.TILE);
        awaitVector(LoopKind.ROW);

        int rounds = WarmUp.FASTER_ROUNDS * WarmUp.CALLS;
        assertThat(calls.subList(0, rounds)).containsOnly("addTile");
        assertThat(calls.subList(rounds, 2 * rounds)).containsOnly("addRow");
    }

    @Test
    void slowerVectorLoopsAreNotUsed() throws InterruptedException {
        start(PLAIN_NANOS);

        awaitCalls(5 * WarmUp.CALLS);
        assertThat(warmUp.loops(LoopKind.TILE, 0)).isSameAs(plain);

        vectorNanos.set(PLAIN_NANOS - 1);
        awaitVector(LoopKind.TILE);
    }

    @Test
    void vectorLoopsThatAreNeverFasterAreUsedAfterATimeLimit() throws InterruptedException {
        start(1 + WarmUp.LONGEST_NANOS / WarmUp.CALLS);

        awaitVector(LoopKind.TILE);

        assertThat(calls.subList(0, WarmUp.CALLS)).containsOnly("addTile");
    }

    @Test
    void otherLoopsAreWarmedOnRequest() throws InterruptedException {
        start(PLAIN_NANOS - 1);
        awaitVector(LoopKind.ROW);
        int before = calls.size();

        assertThat(warmUp.loops(LoopKind.WIDEN_BFLOAT16, 0)).isSameAs(plain);
        awaitVector(LoopKind.WIDEN_BFLOAT16);

        assertThat(calls.subList(before, calls.size()))
                .hasSize(WarmUp.FASTER_ROUNDS * WarmUp.CALLS)
                .containsOnly("widen");
    }

    @Test
    void loopsOfWeightsAreWarmedBeforeTheirFirstUse() throws InterruptedException {
        start(PLAIN_NANOS - 1);
        try (Kernels kernels = new VectorKernels(1, warmUp)) {
            awaitVector(LoopKind.ROW);
            int before = calls.size();

            kernels.expect(Matrix.zeros(Matrix.Type.FLOAT32, 1, 1));
            kernels.expect(Matrix.zeros(Matrix.Type.BFLOAT16, 1, 1));

            awaitCalls(before + 2 * WarmUp.FASTER_ROUNDS * WarmUp.CALLS);
            assertThat(calls.subList(before, calls.size())).containsOnly("widen", "addRow");
        }
    }

    @Test
    void loopsOfTheTypeThatMostWeightsHaveAreWarmedFirst() throws InterruptedException {
        start(PLAIN_NANOS);
        try (Kernels kernels = new VectorKernels(1, warmUp)) {
            kernels.expect(Matrix.zeros(Matrix.Type.BFLOAT16, 8, 64));
            kernels.expect(Matrix.zeros(Matrix.Type.FLOAT16, 8, 128));
            kernels.expect(Matrix.zeros(Matrix.Type.BFLOAT16, 8, 32));

            vectorNanos.set(PLAIN_NANOS - 1);
            awaitVector(LoopKind.WIDEN_BFLOAT16);

            assertThat(widened.subList(0, WarmUp.FASTER_ROUNDS * WarmUp.CALLS)).containsOnly(Matrix.Type.FLOAT16);
            assertThat(widened).contains(Matrix.Type.BFLOAT16);
        }
    }

    /** For loops other than those of matrix products, a round is repeated only after a number of elements. */
    @Test
    void aRoundRunsAfterANumberOfElements() throws InterruptedException {
        start(PLAIN_NANOS - 1);
        awaitVector(LoopKind.ROW);
        int before = calls.size();
        vectorNanos.set(PLAIN_NANOS);

        warmUp.loops(LoopKind.SOFT_CAP, WarmUp.ELEMENTS_BEFORE - 1);
        Thread.sleep(50);
        assertThat(calls).hasSize(before);

        warmUp.loops(LoopKind.SOFT_CAP, 1);
        awaitCalls(before + WarmUp.CALLS);
        Thread.sleep(50);
        assertThat(calls).hasSize(before + WarmUp.CALLS);
        assertThat(warmUp.loops(LoopKind.SOFT_CAP, 1)).isSameAs(plain);

        vectorNanos.set(PLAIN_NANOS - 1);
        warmUp.loops(LoopKind.SOFT_CAP, WarmUp.ELEMENTS);
        awaitVector(LoopKind.SOFT_CAP);
    }

    @Test
    void aClosedWarmUpKeepsUsingPlainLoops() throws InterruptedException {
        start(PLAIN_NANOS);
        awaitCalls(1);

        warmUp.close();

        Thread.sleep(100);
        int after = calls.size();
        vectorNanos.set(PLAIN_NANOS - 1);
        Thread.sleep(50);
        assertThat(calls).hasSize(after);
        assertThat(warmUp.loops(LoopKind.TILE, 1)).isSameAs(plain);
    }
}
