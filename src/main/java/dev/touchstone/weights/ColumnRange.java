package dev.touchstone.weights;

/**
 * Consecutive columns of a matrix: gate or up projections that are stored side by side. (R, W) -> (R, C)
 *
 * @param from the index of the first column
 * @param columns how many, C
 */
record ColumnRange(StoredTensor whole, int from, int columns) implements PartOfTensor {
    @Override
    public int[] shape() {
        return new int[] {whole.shape()[0], columns};
    }

    @Override
    public Reader reader(int largest) {
        Reader reader = whole.reader(largest);
        int width = whole.shape()[1];
        return new Reader() {
            @Override
            public void floats(long first, int count, float[] to, int at) {
                for (int done = 0, part; done < count; done += part) {
                    part = left(first + done, count - done);
                    reader.floats(index(first + done), part, to, at + done);
                }
            }

            @Override
            public void bits(long first, int count, short[] to, int at) {
                for (int done = 0, part; done < count; done += part) {
                    part = left(first + done, count - done);
                    reader.bits(index(first + done), part, to, at + done);
                }
            }

            /** How many of the next elements are in the same row. */
            private int left(long element, int count) {
                return (int) Math.min(columns - element % columns, count);
            }

            /** The index of an element in the whole matrix. */
            private long index(long element) {
                return element / columns * width + from + element % columns;
            }
        };
    }
}
