package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;

/** Opens vector kernels and counts their calls of vector loops and plain loops, so that a test can check which ran. */
public final class LoopCounts {
    private final AtomicLong vector = new AtomicLong();
    private final AtomicLong plain = new AtomicLong();

    /** Opens kernels whose calls of loops are counted. The caller closes them. */
    public VectorKernels open(int threads, VectorUse use) {
        return open(threads, (plainLoops, vectorLoops) -> VectorKernels.selector(plainLoops, vectorLoops, use));
    }

    /** Opens kernels with a selector that is created from plain and vector loops. */
    VectorKernels open(int threads, BiFunction<Loops, Loops, LoopSelector> selectors) {
        Loops plainLoops = new PlainLoops();
        Loops countedPlain = counted(plainLoops, plain);
        Loops countedVector = counted(new VectorLoops(), vector);
        LoopSelector selector = selectors.apply(plainLoops, new VectorLoops());
        return new VectorKernels(threads, new LoopSelector() {
            @Override
            public Loops loops(LoopKind kind, int elements) {
                return selector.loops(kind, elements) == plainLoops ? countedPlain : countedVector;
            }

            @Override
            public void close() {
                selector.close();
            }
        });
    }

    private static Loops counted(Loops loops, AtomicLong calls) {
        return (Loops) Proxy.newProxyInstance(
                Loops.class.getClassLoader(), new Class<?>[] {Loops.class}, (proxy, method, arguments) -> {
                    calls.incrementAndGet();
                    try {
                        return method.invoke(loops, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** The number of calls of vector loops. */
    public long vector() {
        return vector.get();
    }

    /** The number of calls of plain loops. */
    public long plain() {
        return plain.get();
    }

    /** Fails unless only vector loops ran, and at least one. */
    public void assertOnlyVector() {
        assertThat(vector()).as("calls of vector loops").isPositive();
        assertThat(plain()).as("calls of plain loops").isZero();
    }

    /** Fails unless only plain loops ran, and at least one. */
    public void assertOnlyPlain() {
        assertThat(plain()).as("calls of plain loops").isPositive();
        assertThat(vector()).as("calls of vector loops").isZero();
    }
}
