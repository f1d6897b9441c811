package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * The kinds of loops that {@link WarmUp} warms one by one, those first that most of a model's time depends on. Each has a
 * little work that runs through all of its loops.
 */
enum LoopKind {
    TILE((loops, data) -> loops.addTile(data.x, 0, data.panel, 0, ScalarKernels.BLOCK, Matrix.PANEL, data.y, 0)),
    ROW((loops, data) -> loops.addRow(data.x, 0, data.panel, 0, ScalarKernels.BLOCK, data.y, 0)),
    WIDEN_BFLOAT16((loops, data) -> loops.widen(data.bfloat16, 0, Data.WIDTH, data.y)),
    WIDEN_FLOAT16((loops, data) -> loops.widen(data.float16, 0, Data.WIDTH, data.y)),
    WIDEN_QUANTIZED((loops, data) -> {
        for (Matrix weight : data.quantized) {
            loops.widen(weight, weight.index(0, 0), ScalarKernels.BLOCK * Matrix.PANEL, data.panel);
        }
    }),
    ROW_BFLOAT16((loops, data) -> data.row(loops, data.bfloat16)),
    ROW_FLOAT16((loops, data) -> data.row(loops, data.float16)),
    ROW_QUANTIZED((loops, data) -> {
        for (Matrix weight : data.quantized) {
            data.row(loops, weight);
        }
    }),
    ELEMENTS((loops, data) -> {
        loops.add(data.x, 0, data.x, 0, data.y, 0, Data.WIDTH);
        loops.multiply(data.x, 0, data.x, 0, data.y, 0, Data.WIDTH);
        loops.scale(data.x, 0, 1, data.y, 0, Data.WIDTH);
        loops.addScaled(1, data.x, 0, data.y, 0, Data.WIDTH);
    }),
    SOFTMAX((loops, data) -> loops.softmax(data.x, 0, data.y, 0, Data.WIDTH)),
    SOFT_CAP((loops, data) -> loops.softCap(data.x, 0, 1, data.y, 0, Data.WIDTH)),
    RELU((loops, data) -> loops.activate(Activation.RELU, data.x, 0, data.y, 0, Data.WIDTH)),
    GELU((loops, data) -> loops.activate(Activation.GELU, data.x, 0, data.y, 0, Data.WIDTH)),
    GELU_NEW((loops, data) -> loops.activate(Activation.GELU_NEW, data.x, 0, data.y, 0, Data.WIDTH)),
    SILU((loops, data) -> loops.activate(Activation.SILU, data.x, 0, data.y, 0, Data.WIDTH));

    private final BiConsumer<Loops, Data> work;

    LoopKind(BiConsumer<Loops, Data> work) {
        this.work = work;
    }

    /** The kind of an activation; empty if it is rare, and has plain loops only. */
    static Optional<LoopKind> of(Activation activation) {
        return switch (activation) {
            case RELU -> Optional.of(RELU);
            case GELU -> Optional.of(GELU);
            case GELU_NEW -> Optional.of(GELU_NEW);
            case SILU -> Optional.of(SILU);
            default -> Optional.empty();
        };
    }

    static LoopKind widening(Matrix.Type type) {
        return switch (type) {
            case BFLOAT16 -> WIDEN_BFLOAT16;
            case FLOAT16 -> WIDEN_FLOAT16;
            case QUANTIZED -> WIDEN_QUANTIZED;
            case FLOAT32 -> throw new IllegalArgumentException("the weights are float32");
        };
    }

    /** The product of one row with weights of this type. */
    static LoopKind row(Matrix.Type type) {
        return switch (type) {
            case FLOAT32 -> ROW;
            case BFLOAT16 -> ROW_BFLOAT16;
            case FLOAT16 -> ROW_FLOAT16;
            case QUANTIZED -> ROW_QUANTIZED;
        };
    }

    /** Whether it belongs to matrix products, which take nearly all of a model's time. */
    boolean isUrgent() {
        return compareTo(ELEMENTS) < 0;
    }

    void run(Loops loops, Data data) {
        work.accept(loops, data);
    }

    /** Operands for the work. */
    static final class Data {
        /**
         * C2 compiles a method that has been called 600 times with 15,000 calls and iterations together. This many elements
         * reach both numbers at once; more would only make each call longer.
         */
        static final int WIDTH = 24 * VectorKernels.bits() / Float.SIZE;

        private final float[] x = new float[VectorTiles.ROWS * Matrix.PANEL];
        private final float[] y = VectorTiles.totals(VectorTiles.ROWS + 2);
        private final float[] panel = new float[ScalarKernels.BLOCK * Matrix.PANEL];
        private final Matrix bfloat16 = Matrix.zeros(Matrix.Type.BFLOAT16, ScalarKernels.BLOCK, Matrix.PANEL);
        private final Matrix float16 = Matrix.zeros(Matrix.Type.FLOAT16, ScalarKernels.BLOCK, Matrix.PANEL);
        /** Together they have all planes, kinds of scales and minima. */
        private final List<Matrix> quantized = Stream.of(
                        Quantization.of(ScalarKernels.BLOCK, 32, 8, 0),
                        Quantization.of(ScalarKernels.BLOCK, 16, 4, 2).withGroupBits(8),
                        Quantization.of(ScalarKernels.BLOCK, 16, 2, 0)
                                .withMinima()
                                .withGroupBits(4))
                .map(quantization -> Matrix.zeros(quantization, ScalarKernels.BLOCK, Matrix.PANEL))
                .toList();

        private void row(Loops loops, Matrix weight) {
            loops.addRow(x, 0, weight, weight.index(0, 0), ScalarKernels.BLOCK, y, 0);
        }
    }
}
