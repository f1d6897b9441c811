package dev.touchstone.kernels;

import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;

/**
 * The first seconds of a process. Until the JVM's compiler C2 has turned it into machine code, an operation of the Vector
 * API makes objects and is a hundred times slower than a plain loop, which is compiled at once. So at first plain loops
 * compute, while a thread of its own calls the vector code until that is the faster one. The bits are the same, and
 * nobody can tell which it was.
 */
final class WarmUp {
    private static final int ROWS = 2 * VectorTiles.ROWS;
    private static final int CHANNELS = 2 * Matrix.PANEL;
    /** In a row: a single one may be luck. */
    private static final int FASTER_ROUNDS = 3;
    /** Where the vector code is never the faster one, as on a machine without vectors, it runs after this all the same. */
    private static final long LONGEST_NANOS = 20_000_000_000L;

    private static volatile boolean over = true;
    private static Thread thread;

    private final VectorKernels kernels = new VectorKernels(1);
    private final KeyValuePages cache = new KeyValuePages(2, Matrix.PANEL);
    private final Tensor many = Tensor.zeros(ROWS, CHANNELS);
    private final Tensor one = Tensor.zeros(1, CHANNELS);
    private final Matrix matrix = Matrix.zeros(Matrix.Type.FLOAT32, CHANNELS, CHANNELS);
    private final Matrix halves = Matrix.zeros(Matrix.Type.BFLOAT16, CHANNELS, CHANNELS);
    private boolean vectors;

    private WarmUp() {
        cache.append(many, many, 0, ROWS);
    }

    /** Begins, if that has not happened in this process. */
    static synchronized void begin() {
        if (thread == null) {
            over = false;
            WarmUp warmUp = new WarmUp();
            thread = new Warming(warmUp);
            thread.start();
        }
    }

    /** Whether the vector code is to be used: always, but in the first seconds. */
    static boolean useVectors() {
        return over || Thread.currentThread() instanceof Warming warming && warming.warmUp.vectors;
    }

    private static final class Warming extends Thread {
        private final WarmUp warmUp;

        Warming(WarmUp warmUp) {
            super("touchstone-warm-up");
            this.warmUp = warmUp;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                warmUp.run();
            } finally {
                over = true;
            }
        }
    }

    private void run() {
        long start = System.nanoTime();
        int faster = 0;
        while (faster < FASTER_ROUNDS && System.nanoTime() - start < LONGEST_NANOS) {
            faster = nanos(true) < nanos(false) ? faster + 1 : 0;
        }
    }

    /** A round of everything that a pass of a model is made of. */
    private long nanos(boolean withVectors) {
        vectors = withVectors;
        long start = System.nanoTime();
        Scoring scoring = new Scoring(1);
        for (int i = 0; i < 8; i++) {
            kernels.linear(many, matrix, null);
            kernels.linear(one, matrix, null);
            kernels.linear(one, halves, null);
            kernels.attend(many, cache, scoring);
            kernels.attend(one, cache, scoring);
            kernels.add(many, many);
            for (Activation activation : Activation.values()) {
                kernels.activate(one, activation);
            }
        }
        return System.nanoTime() - start;
    }
}
