package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The first seconds of a process. Until the JVM's compiler C2 has turned it into machine code, an operation of the Vector
 * API makes objects and is a hundred times slower than a plain loop, which is compiled at once. So at first plain loops
 * compute, while a thread of its own calls the vector code, part by part, until that is the faster one. The bits are the
 * same, and nobody can tell which it was. What every model needs comes first, the rest when a model first asks for it: what
 * nobody needs would keep the compiler from what somebody waits for.
 */
final class WarmUp extends Thread {
    private static final List<VectorPart> FOR_EVERY_MODEL =
            List.of(VectorPart.TILES, VectorPart.ELEMENTS, VectorPart.STREAM, VectorPart.SOFTMAX);
    /** In a row: a single one may be luck. */
    private static final int FASTER_ROUNDS = 3;
    /** In a round. */
    private static final int CALLS = 16;
    /**
     * After a slow round, as long as it took but no longer: the processors are needed to load a model and to compile, and more
     * calls do not make the compiler faster.
     */
    private static final int LONGEST_PAUSE_MILLIS = 20;
    /** Where the vector code is never the faster one, as on a machine without vectors, it runs after this all the same. */
    private static final long LONGEST_NANOS = 20_000_000_000L;

    /** Null until it begins. */
    private static volatile WarmUp only;

    private final BlockingQueue<VectorPart> wishes = new LinkedBlockingQueue<>();
    private final Room room = new Room();
    private boolean vectors;

    /** What the work needs. */
    static final class Room {
        /** Elements of a row. */
        static final int WIDTH = 8 * Matrix.PANEL;

        final VectorKernels kernels = new VectorKernels(1);
        final float[] x = new float[WIDTH];
        final float[] y = VectorTiles.totals(VectorTiles.ROWS + 2);
        final float[] panel = new float[ScalarKernels.BLOCK * Matrix.PANEL];
        final Tensor tensor = Tensor.zeros(1, WIDTH);
        final Tensor result = Tensor.zeros(1, WIDTH);
        final Tensor row = Tensor.zeros(1, ScalarKernels.BLOCK);
        final Matrix bfloat16 = Matrix.zeros(Matrix.Type.BFLOAT16, ScalarKernels.BLOCK, Matrix.PANEL);
        final Matrix float16 = Matrix.zeros(Matrix.Type.FLOAT16, ScalarKernels.BLOCK, Matrix.PANEL);

        void activate(Activation activation) {
            VectorElements.activate(activation, tensor, result, 0, WIDTH);
        }
    }

    private WarmUp() {
        super("touchstone-warm-up");
        setDaemon(true);
    }

    /** Begins, if that has not happened in this process. */
    static synchronized void begin() {
        if (only == null) {
            WarmUp warmUp = new WarmUp();
            FOR_EVERY_MODEL.forEach(warmUp::wish);
            only = warmUp;
            VectorPart.setAllWarm(false);
            warmUp.start();
        }
    }

    /** Of a part that is not warm yet: true for the thread that warms it, at times; to others it is a wish. */
    static boolean usesColdVectors(VectorPart part) {
        if (Thread.currentThread() instanceof WarmUp warmUp) {
            return warmUp.vectors;
        }
        if (only != null) {
            only.wish(part);
        }
        return false;
    }

    private void wish(VectorPart part) {
        if (part.isNewWish()) {
            wishes.add(part);
        }
    }

    @Override
    public void run() {
        try {
            while (true) {
                warm(wishes.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does
        } finally {
            VectorPart.setAllWarm(true);
        }
    }

    private void warm(VectorPart part) throws InterruptedException {
        long start = System.nanoTime();
        int faster = 0;
        while (faster < FASTER_ROUNDS && System.nanoTime() - start < LONGEST_NANOS) {
            long nanos = nanos(part, true);
            faster = nanos < nanos(part, false) ? faster + 1 : 0;
            if (faster == 0) {
                Thread.sleep(Math.min(nanos / 1_000_000, LONGEST_PAUSE_MILLIS));
            }
        }
        part.setWarm();
    }

    private long nanos(VectorPart part, boolean withVectors) {
        vectors = withVectors;
        long start = System.nanoTime();
        for (int i = 0; i < CALLS; i++) {
            part.work(room);
        }
        return System.nanoTime() - start;
    }
}
