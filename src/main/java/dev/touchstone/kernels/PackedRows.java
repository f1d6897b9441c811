package dev.touchstone.kernels;

import dev.touchstone.tensor.Tensor;
import java.util.function.IntFunction;

/**
 * Activations in the order in which a product reads them: blocks of inputs, in each tiles of {@code height} rows, in each
 * {@code [row][input]}. The rows that are missing in the last tile have arbitrary values. (T, I)
 */
record PackedRows(int rows, int inputs, int height, float[] data) {
    private static final int BLOCK = ScalarKernels.BLOCK;

    /**
     * Memory for the rows of {@code x}, which {@link #fill} copies tile by tile. A single row needs no copy.
     *
     * @param space returns an array with at least the given number of floats
     */
    static PackedRows of(Tensor x, int height, IntFunction<float[]> space) {
        int rows = x.rows();
        int inputs = x.size(-1);
        if (rows == 1) {
            return new PackedRows(1, inputs, 1, x.data());
        }
        int tiles = (rows + height - 1) / height;
        int blocks = (inputs + BLOCK - 1) / BLOCK;
        return new PackedRows(rows, inputs, height, space.apply(tiles * height * blocks * BLOCK));
    }

    int tiles() {
        return (rows + height - 1) / height;
    }

    /** The index in {@link #data} of a tile in the block that begins with input {@code block}. */
    int index(int tile, int block) {
        return block * tiles() * height + tile * height * BLOCK;
    }

    /** Copies the rows of one tile. Several threads may fill different tiles. */
    void fill(Tensor x, int tile) {
        int first = tile * height;
        int count = Math.min(height, rows - first);
        for (int block = 0; block < inputs; block += BLOCK) {
            fill(
                    x.data(),
                    first * inputs + block,
                    inputs,
                    count,
                    Math.min(BLOCK, inputs - block),
                    data,
                    index(tile, block));
        }
    }

    /** Copies one block of one tile: {@code count} rows of {@code inputs}, {@code stride} floats from row to row in {@code x}. */
    static void fill(float[] x, int at, int stride, int count, int inputs, float[] packed, int to) {
        for (int r = 0; r < count; r++) {
            System.arraycopy(x, at + r * stride, packed, to + r * BLOCK, inputs);
        }
    }
}
