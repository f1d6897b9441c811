package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The kinds of loops that {@link WarmUp} warms one by one. Each has a little work that runs through all of its loops.
 */
enum LoopKind {
    TILE((loops, data) -> loops.addTile(data.x, 0, data.panel, 0, ScalarKernels.BLOCK, Matrix.PANEL, data.y, 0)),
    ROW((loops, data) -> loops.addRow(data.x, 0, data.panel, 0, ScalarKernels.BLOCK, data.y, 0)),
    WIDEN_BFLOAT16((loops, data) -> loops.widen(data.bfloat16, 0, Data.WIDTH, data.y)),
    WIDEN_FLOAT16((loops, data) -> loops.widen(data.float16, 0, Data.WIDTH, data.y)),
    WIDEN_SIGNED((loops, data) -> data.widen(loops, data.bytes)),
    WIDEN_SHIFTED((loops, data) -> data.widen(loops, data.shifted)),
    WIDEN_TWO_PLANES((loops, data) -> data.widen(loops, data.twoPlanes)),
    WIDEN_TWO_PLANES_SHIFTED((loops, data) -> data.widen(loops, data.twoPlanesShifted)),
    WIDEN_TABLE((loops, data) -> data.widen(loops, data.table)),
    WIDEN_FLOAT4((loops, data) -> data.widen(loops, data.float4)),
    ROW_BFLOAT16((loops, data) -> data.row(loops, data.bfloat16)),
    ROW_FLOAT16((loops, data) -> data.row(loops, data.float16)),
    ROW_BYTES((loops, data) -> data.row(loops, data.bytes)),
    ROW_NIBBLES((loops, data) -> data.row(loops, data.nibbles)),
    ROW_SHIFTED((loops, data) -> data.row(loops, data.shifted)),
    ROW_PAIRS((loops, data) -> data.row(loops, data.pairs)),
    ROW_TWO_PLANES((loops, data) -> data.row(loops, data.twoPlanes)),
    ROW_TWO_PLANES_SHIFTED((loops, data) -> data.row(loops, data.twoPlanesShifted)),
    ROW_TABLE((loops, data) -> data.row(loops, data.table)),
    ROW_FLOAT4((loops, data) -> data.row(loops, data.float4)),
    ELEMENTS((loops, data) -> {
        loops.add(data.x, 0, data.x, 0, data.y, 0, Data.WIDTH);
        loops.multiply(data.x, 0, data.x, 0, data.y, 0, Data.WIDTH);
        loops.scale(data.x, 0, 1, data.y, 0, Data.WIDTH);
        loops.scaleRows(data.x, 0, 1, data.y, 0, Matrix.PANEL, VectorTiles.ROWS);
        loops.addScaled(1, data.x, 0, data.y, 0, Data.WIDTH);
    }),
    SOFTMAX((loops, data) -> {
        loops.softmax(data.x, 0, data.y, 0, Data.WIDTH);
        loops.softmaxToBlocks(data.y, 0, data.panel, 0, ScalarKernels.BLOCK, Data.WIDTH);
    }),
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

    /** The conversion of these weights to float. */
    static LoopKind widening(Matrix weight) {
        return switch (weight.type()) {
            case BFLOAT16 -> WIDEN_BFLOAT16;
            case FLOAT16 -> WIDEN_FLOAT16;
            case QUANTIZED -> widening(weight.quantized().quantization());
            case FLOAT32 -> throw new IllegalArgumentException("the weights are float32");
        };
    }

    /** The product of one row with these weights. */
    static LoopKind row(Matrix weight) {
        return switch (weight.type()) {
            case FLOAT32 -> ROW;
            case BFLOAT16 -> ROW_BFLOAT16;
            case FLOAT16 -> ROW_FLOAT16;
            case QUANTIZED -> row(weight.quantized().quantization());
        };
    }

    private static LoopKind widening(Quantization quantization) {
        if (quantization.table() != null) {
            return quantization.table() == Quantization.Table.FLOAT4 ? WIDEN_FLOAT4 : WIDEN_TABLE;
        }
        if (quantization.highBits() > 0) {
            return quantization.hasMinima() ? WIDEN_TWO_PLANES_SHIFTED : WIDEN_TWO_PLANES;
        }
        return quantization.hasMinima() ? WIDEN_SHIFTED : WIDEN_SIGNED;
    }

    private static LoopKind row(Quantization quantization) {
        if (quantization.table() != null) {
            return quantization.table() == Quantization.Table.FLOAT4 ? ROW_FLOAT4 : ROW_TABLE;
        }
        if (quantization.highBits() > 0) {
            return quantization.hasMinima() ? ROW_TWO_PLANES_SHIFTED : ROW_TWO_PLANES;
        }
        if (quantization.hasMinima()) {
            return quantization.lowBits() == 2 ? ROW_PAIRS : ROW_SHIFTED;
        }
        return quantization.lowBits() == Byte.SIZE ? ROW_BYTES : ROW_NIBBLES;
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
        private final Matrix bytes = zeros(Quantization.of(ScalarKernels.BLOCK, 32, 8, 0));
        private final Matrix nibbles = zeros(Quantization.of(ScalarKernels.BLOCK, 32, 4, 0));
        private final Matrix shifted = zeros(
                Quantization.of(ScalarKernels.BLOCK, 32, 4, 0).withMinima().withGroupBits(8));
        private final Matrix pairs = zeros(
                Quantization.of(ScalarKernels.BLOCK, 16, 2, 0).withMinima().withGroupBits(4));
        private final Matrix twoPlanes =
                zeros(Quantization.of(ScalarKernels.BLOCK, 16, 4, 2).withGroupBits(8));
        private final Matrix twoPlanesShifted = zeros(
                Quantization.of(ScalarKernels.BLOCK, 32, 4, 1).withMinima().withGroupBits(8));
        private final Matrix table = zeros(Quantization.of(ScalarKernels.BLOCK, 32, 4, 0)
                .with(Quantization.Table.NORMAL)
                .withGroupBits(8));
        private final Matrix float4 = zeros(Quantization.of(ScalarKernels.BLOCK, 32, 4, 0)
                .with(Quantization.Table.FLOAT4)
                .withGroupBits(8));

        private static Matrix zeros(Quantization quantization) {
            return Matrix.zeros(quantization, ScalarKernels.BLOCK, Matrix.PANEL);
        }

        private void widen(Loops loops, Matrix weight) {
            loops.widen(weight, weight.index(0, 0), ScalarKernels.BLOCK * Matrix.PANEL, panel);
        }

        private void row(Loops loops, Matrix weight) {
            loops.addRow(x, 0, weight, weight.index(0, 0), ScalarKernels.BLOCK, y, 0);
        }
    }
}
