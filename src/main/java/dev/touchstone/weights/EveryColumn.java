package dev.touchstone.weights;

import dev.touchstone.tensor.Matrix;

/**
 * Every {@code step}-th column of a matrix, from {@code from} on: gate and up projections that are stored in turn. (R, step C) -> (R, C)
 */
record EveryColumn(StoredTensor whole, int from, int step) implements PartOfTensor {
    @Override
    public int[] shape() {
        return new int[] {whole.shape()[0], whole.shape()[1] / step};
    }

    /** Quantised weights become float32, because their blocks are not whole here. */
    @Override
    public Matrix.Type matrixType() {
        Matrix.Type type = whole.matrixType();
        return type == Matrix.Type.QUANTIZED ? Matrix.Type.FLOAT32 : type;
    }

    @Override
    public Reader reader(int largest) {
        Reader reader = whole.reader(largest * step);
        return new Reader() {
            @Override
            public void floats(long first, int count, float[] to, int at) {
                float[] all = new float[count * step];
                reader.floats(first * step, all.length, all, 0);
                for (int i = 0; i < count; i++) {
                    to[at + i] = all[step * i + from];
                }
            }

            @Override
            public void bits(long first, int count, short[] to, int at) {
                short[] all = new short[count * step];
                reader.bits(first * step, all.length, all, 0);
                for (int i = 0; i < count; i++) {
                    to[at + i] = all[step * i + from];
                }
            }
        };
    }
}
