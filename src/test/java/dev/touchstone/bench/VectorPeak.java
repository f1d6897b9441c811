package dev.touchstone.bench;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntToDoubleFunction;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The machine's limits for code with the Vector API: multiply-adds in registers, and floats read from memory. The maximum of
 * several short samples, since other load can only reduce them.
 */
final class VectorPeak {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int CHAINS = 12;
    private static final int STEPS = 20_000;
    /** Calls per thread, which take about 20 ms in total. */
    private static final int CALLS = 120;
    /** Floats that one call reads: 256 KiB. */
    private static final int PIECE = 1 << 16;
    /** 384 MiB in total, more than the caches of the processor. */
    private static final int PIECES = 1536;

    static final double BYTES = (double) PIECES * PIECE * Float.BYTES;

    private static volatile double sink;

    private final int threads;
    private float[][] memory;

    VectorPeak(int threads) {
        this.threads = threads;
    }

    /** 10^9 floating-point operations a second; a multiply-add is two. */
    double gflops(int samples) {
        return best(samples, flops() * 1e-9, this::multiplyAdds);
    }

    /** 10^9 bytes a second. */
    double gigabytes(int samples) {
        return best(samples, BYTES * 1e-9, this::read);
    }

    /** The maximum of work per second. */
    private static double best(int samples, double work, Runnable run) {
        double best = 0;
        for (int i = 0; i < samples; i++) {
            long start = System.nanoTime();
            run.run();
            best = Math.max(best, work / ((System.nanoTime() - start) * 1e-9));
        }
        return best;
    }

    /** Floating-point operations of {@link #multiplyAdds}. */
    double flops() {
        return 2.0 * CALLS * threads * STEPS * CHAINS * LANES;
    }

    void multiplyAdds() {
        onAllThreads(CALLS * threads, VectorPeak::multiplyAdd);
    }

    /** Reads {@link #BYTES} bytes. */
    void read() {
        if (memory == null) {
            memory = new float[PIECES / 16][16 * PIECE];
            for (float[] array : memory) {
                Arrays.fill(array, 1); // the system maps untouched pages to one page of zeros
            }
        }
        onAllThreads(PIECES, call -> sum(memory[call / 16], call % 16 * PIECE));
    }

    private void onAllThreads(int calls, IntToDoubleFunction call) {
        AtomicInteger next = new AtomicInteger();
        Runnable share = () -> {
            double sum = 0;
            for (int i = next.getAndIncrement(); i < calls; i = next.getAndIncrement()) {
                sum += call.applyAsDouble(i);
            }
            sink = sum;
        };
        Thread[] others = new Thread[threads - 1];
        for (int i = 0; i < others.length; i++) {
            others[i] = new Thread(share);
            others[i].start();
        }
        share.run();
        for (Thread other : others) {
            try {
                other.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Twelve chains hide the latency; at two operations per cycle and four cycles of latency, eight are needed. */
    private static double multiplyAdd(int seed) {
        FloatVector a = FloatVector.broadcast(SPECIES, 1.0001f + seed);
        FloatVector b = FloatVector.broadcast(SPECIES, 0.9999f);
        FloatVector c0 = FloatVector.broadcast(SPECIES, 0);
        FloatVector c1 = FloatVector.broadcast(SPECIES, 1);
        FloatVector c2 = FloatVector.broadcast(SPECIES, 2);
        FloatVector c3 = FloatVector.broadcast(SPECIES, 3);
        FloatVector c4 = FloatVector.broadcast(SPECIES, 4);
        FloatVector c5 = FloatVector.broadcast(SPECIES, 5);
        FloatVector c6 = FloatVector.broadcast(SPECIES, 6);
        FloatVector c7 = FloatVector.broadcast(SPECIES, 7);
        FloatVector c8 = FloatVector.broadcast(SPECIES, 8);
        FloatVector c9 = FloatVector.broadcast(SPECIES, 9);
        FloatVector c10 = FloatVector.broadcast(SPECIES, 10);
        FloatVector c11 = FloatVector.broadcast(SPECIES, 11);
        for (int i = 0; i < STEPS; i++) {
            c0 = a.fma(b, c0);
            c1 = a.fma(b, c1);
            c2 = a.fma(b, c2);
            c3 = a.fma(b, c3);
            c4 = a.fma(b, c4);
            c5 = a.fma(b, c5);
            c6 = a.fma(b, c6);
            c7 = a.fma(b, c7);
            c8 = a.fma(b, c8);
            c9 = a.fma(b, c9);
            c10 = a.fma(b, c10);
            c11 = a.fma(b, c11);
        }
        FloatVector sum = c0.add(c1).add(c2).add(c3).add(c4).add(c5);
        return sum.add(c6).add(c7).add(c8).add(c9).add(c10).add(c11).reduceLanes(VectorOperators.ADD);
    }

    private static double sum(float[] x, int from) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = FloatVector.zero(SPECIES);
        FloatVector s2 = FloatVector.zero(SPECIES);
        FloatVector s3 = FloatVector.zero(SPECIES);
        for (int i = from; i < from + PIECE; i += 4 * LANES) {
            s0 = FloatVector.fromArray(SPECIES, x, i).add(s0);
            s1 = FloatVector.fromArray(SPECIES, x, i + LANES).add(s1);
            s2 = FloatVector.fromArray(SPECIES, x, i + 2 * LANES).add(s2);
            s3 = FloatVector.fromArray(SPECIES, x, i + 3 * LANES).add(s3);
        }
        return s0.add(s1).add(s2).add(s3).reduceLanes(VectorOperators.ADD);
    }
}
