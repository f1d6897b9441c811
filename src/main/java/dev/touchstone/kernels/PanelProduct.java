package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;

/** The product of activations with one panel of a weight matrix. Several threads may call an instance. */
final class PanelProduct {
    private static final int PANEL = Matrix.PANEL;
    private static final int BLOCK = ScalarKernels.BLOCK;
    /**
     * Tiles that are multiplied with a block of weights before the next block, those of 516 rows. Their totals, 132 KiB, stay in the
     * second-level cache. With 12 tiles, whose totals stay in the first-level cache, float32 weights are no faster, and to widen others again
     * for each group of tiles takes 10 to 20 % of the time.
     */
    private static final int TILES = 86;

    private final LoopSelector selector;
    /** Scratch arrays per thread, which are reused: new arrays for each panel take 10 % of the time of a product of 64 rows. */
    private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

    /** Arrays of one thread. */
    private static final class Scratch {
        private final float[] totals = VectorTiles.totals(TILES * VectorTiles.ROWS);
        private final float[] weights = new float[BLOCK * PANEL];
    }

    PanelProduct(LoopSelector selector) {
        this.selector = selector;
    }

    /** Computes the columns of {@code y} of one panel. (T, I) -> (T, O) */
    void multiply(PackedRows x, Matrix weight, int panel, float[] bias, Tensor y) {
        boolean wide = weight.type() == Matrix.Type.FLOAT32;
        if (x.height() == 1 && !wide && (weight.type() != Matrix.Type.FLOAT16 || weight.isFiniteFloat16())) {
            multiplyRow(x, weight, panel, bias, y);
        } else {
            multiplyTiles(x, weight, panel, bias, y);
        }
    }

    /** One row, with weights that are widened in registers. */
    private void multiplyRow(PackedRows x, Matrix weight, int panel, float[] bias, Tensor y) {
        float[] totals = scratch.get().totals;
        Arrays.fill(totals, 0, PANEL, 0);
        loops(LoopKind.row(weight), PANEL)
                .addRow(x.data(), 0, weight, weight.index(0, panel * PANEL), weight.inputs(), totals, 0);
        addBias(totals, bias, panel * PANEL, y, 0, 1);
    }

    /**
     * A block of the panel is multiplied with all tiles of a group, then the next block. Weights of 16 bits or quantised ones are widened
     * into a scratch array of 8 KiB, which stays in the first-level cache. Weights of 32 bits are copied to that array if they are read
     * only once.
     */
    private void multiplyTiles(PackedRows x, Matrix weight, int panel, float[] bias, Tensor y) {
        int height = x.height();
        boolean wide = weight.type() == Matrix.Type.FLOAT32;
        Scratch own = scratch.get();
        // Tiles read a block column by column, which takes up to 1.4 times as long if its lines come from memory.
        boolean copied = wide && height > 1 && x.tiles() <= TILES;
        float[] weights = wide && !copied ? weight.floats() : own.weights;
        float[] totals = own.totals;
        int columns = Math.min(PANEL, weight.outputs() - panel * PANEL);
        for (int first = 0; first < x.tiles(); first += TILES) {
            int end = Math.min(first + TILES, x.tiles());
            Arrays.fill(totals, 0, (end - first) * height * PANEL, 0);
            for (int i = 0; i < weight.inputs(); i += BLOCK) {
                int inputs = Math.min(BLOCK, weight.inputs() - i);
                int w = weight.index(i, panel * PANEL);
                if (copied) {
                    System.arraycopy(weight.floats(), w, weights, 0, inputs * PANEL);
                    w = 0;
                } else if (!wide) {
                    loops(LoopKind.widening(weight), inputs * PANEL).widen(weight, w, inputs * PANEL, weights);
                    w = 0;
                }
                Loops loops = loops(height == 1 ? LoopKind.ROW : LoopKind.TILE, (end - first) * height * PANEL);
                for (int tile = first; tile < end; tile++) {
                    int at = (tile - first) * height * PANEL;
                    if (height == 1) {
                        loops.addRow(x.data(), x.index(tile, i), weights, w, inputs, totals, at);
                    } else {
                        loops.addTile(x.data(), x.index(tile, i), weights, w, inputs, columns, totals, at);
                    }
                }
            }
            addBias(totals, bias, panel * PANEL, y, first * height, Math.min(end * height, y.rows()));
        }
    }

    /** Totals of a panel, plus the bias, into rows {@code from} until {@code to} of {@code y}. */
    private void addBias(float[] totals, float[] bias, int column, Tensor y, int from, int to) {
        int width = Math.min(PANEL, y.size(-1) - column);
        for (int row = from; row < to; row++) {
            int total = (row - from) * PANEL;
            int at = row * y.size(-1) + column;
            if (bias == null) {
                System.arraycopy(totals, total, y.data(), at, width);
            } else {
                loops(LoopKind.ELEMENTS, width).add(totals, total, bias, column, y.data(), at, width);
            }
        }
    }

    private Loops loops(LoopKind kind, int elements) {
        return selector.loops(kind, elements);
    }
}
