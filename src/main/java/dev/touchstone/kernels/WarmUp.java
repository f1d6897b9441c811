package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.PriorityBlockingQueue;

/**
 * The first seconds of a process. Until the JVM's compiler C2 has turned it into machine code, an operation of the Vector
 * API makes objects and is a hundred times slower than a plain loop, which is compiled at once. So at first plain loops
 * compute, while a thread of its own calls the vector code, part by part and round by round, until that is the faster one.
 * The bits are the same, and nobody can tell which it was.
 *
 * <p>Its rounds take time from a processor that a model needs as well. So what products are made of comes first and
 * without a break. Another part gets a round for what plain loops have done in its place: warming never takes much longer
 * than they did, and what a model hardly needs hardly costs it anything.
 */
final class WarmUp extends Thread {
    private static final List<VectorPart> FOR_EVERY_MODEL = List.of(VectorPart.TILES, VectorPart.STREAM);
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
    private static final long LONGEST_NANOS = 10_000_000_000L;

    /** Null until it begins. */
    private static volatile WarmUp only;

    /** A round for each. */
    private final BlockingQueue<VectorPart> wishes = new PriorityBlockingQueue<>();

    private final int[] fasterRounds = new int[VectorPart.values().length];
    private final long[] vectorNanos = new long[VectorPart.values().length];
    private final Room room = new Room();
    private boolean vectors;

    /** What the work needs. */
    static final class Room {
        /**
         * Elements of a row: C2 compiles a method when it has been called 600 times, with 15,000 calls and iterations
         * together. This many make both true at once, and with more a call would take longer in vain.
         */
        static final int WIDTH = 24 * VectorKernels.bits() / Float.SIZE;

        final VectorKernels kernels = new VectorKernels(1);
        final float[] x = new float[VectorTiles.ROWS * Matrix.PANEL];
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
            only = new WarmUp();
            VectorPart.setAllWarm(false);
            FOR_EVERY_MODEL.forEach(VectorPart::wish);
            only.start();
        }
    }

    /** Whether this thread warms the vector code, and not just measures the plain loops. */
    static boolean usesColdVectors() {
        return Thread.currentThread() instanceof WarmUp warmUp && warmUp.vectors;
    }

    /** A round for {@code part}, when those have had theirs that a model waits for more. */
    static void wish(VectorPart part) {
        if (only != null) {
            only.wishes.add(part);
        }
    }

    @Override
    public void run() {
        try {
            while (true) {
                VectorPart part = wishes.take();
                if (!part.hasBeenWarmed()) {
                    round(part);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does
        } finally {
            VectorPart.setAllWarm(true);
        }
    }

    private void round(VectorPart part) throws InterruptedException {
        int i = part.ordinal();
        long slow = nanos(part, true);
        fasterRounds[i] = slow < nanos(part, false) ? fasterRounds[i] + 1 : 0;
        vectorNanos[i] += slow;
        if (fasterRounds[i] == FASTER_ROUNDS || vectorNanos[i] > LONGEST_NANOS) {
            part.setWarm();
        } else if (fasterRounds[i] > 0) {
            wish(part);
        } else if (part.isUrgent()) {
            Thread.sleep(Math.min(slow / 1_000_000, LONGEST_PAUSE_MILLIS));
            wish(part);
        }
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
