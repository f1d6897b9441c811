package dev.touchstone.kernels;

import dev.touchstone.tensor.Tensor;

/**
 * Activations in the order in which a product reads them: blocks of inputs, in them tiles of {@code height} rows, in them
 * {@code [input][row]}. Rows that are missing in the last tile are zeros. (T, I)
 */
record PackedRows(int rows, int inputs, int height, float[] data) {
    private static final int BLOCK = ScalarKernels.BLOCK;

    /** Space for the rows of {@code x}; {@link #fill} brings them in, tile by tile. A single row lies right as it is. */
    static PackedRows of(Tensor x, int height) {
        int rows = x.rows();
        int inputs = x.size(-1);
        if (rows == 1) {
            return new PackedRows(1, inputs, 1, x.data());
        }
        return new PackedRows(rows, inputs, height, new float[(rows + height - 1) / height * height * inputs]);
    }

    int tiles() {
        return (rows + height - 1) / height;
    }

    /** Where {@code tile} begins in the block that begins with input {@code block}. */
    int index(int tile, int block) {
        return (block * tiles() + tile * Math.min(BLOCK, inputs - block)) * height;
    }

    void fill(Tensor x, int tile) {
        int first = tile * height;
        int count = Math.min(height, rows - first);
        for (int block = 0; block < inputs; block += BLOCK) {
            int at = index(tile, block);
            int end = Math.min(block + BLOCK, inputs);
            for (int r = 0; r < count; r++) {
                int row = (first + r) * inputs;
                for (int i = block; i < end; i++) {
                    data[at + (i - block) * height + r] = x.data()[row + i];
                }
            }
        }
    }
}
