package dev.touchstone.weights;

/**
 * Every {@code step}-th column of a matrix, from {@code from} on: gate and up projections that are stored in turn. (R, step C) -> (R, C)
 */
record EveryColumn(StoredTensor whole, int from, int step) implements PartOfTensor {
    @Override
    public int[] shape() {
        return new int[] {whole.shape()[0], whole.shape()[1] / step};
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
