package dev.touchstone.checkpoint.gguf;

import dev.touchstone.weights.StoredTensor;

/**
 * Reads a matrix as its transpose. A row of the transpose takes one element of each row of the file, and elements are stored in blocks
 * along the rows of the file, so a stripe of columns as wide as one or more blocks is read at a time, and kept for the next rows.
 */
final class TransposedReader implements StoredTensor.Reader {
    /** Columns of a stripe, unless a block is longer. */
    private static final int WIDTH = 32;

    private final StoredTensor.Reader file;
    private final int rows;
    private final int columns;
    private final int width;
    private final float[] fileRow;
    private final short[] fileRowBits;
    private float[] stripe;
    private short[] stripeBits;
    private int stripeIndex = -1;
    private int stripeBitsIndex = -1;

    /**
     * @param matrix in the layout of the file
     * @param block the elements of a block
     */
    TransposedReader(StoredTensor matrix, int block) {
        this.rows = matrix.shape()[0];
        this.columns = matrix.shape()[1];
        this.width = Math.max(WIDTH, block);
        this.file = matrix.reader(width);
        this.fileRow = new float[width];
        this.fileRowBits = new short[width];
    }

    @Override
    public void floats(long first, int count, float[] to, int at) {
        for (int done = 0; done < count; ) {
            int column = (int) ((first + done) / rows);
            int from = (int) ((first + done) % rows);
            int length = Math.min(rows - from, count - done);
            loadFloats(column / width);
            System.arraycopy(stripe, column % width * rows + from, to, at + done, length);
            done += length;
        }
    }

    @Override
    public void bits(long first, int count, short[] to, int at) {
        for (int done = 0; done < count; ) {
            int column = (int) ((first + done) / rows);
            int from = (int) ((first + done) % rows);
            int length = Math.min(rows - from, count - done);
            loadBits(column / width);
            System.arraycopy(stripeBits, column % width * rows + from, to, at + done, length);
            done += length;
        }
    }

    private void loadFloats(int index) {
        if (index == stripeIndex) {
            return;
        }
        stripe = stripe == null ? new float[width * rows] : stripe;
        int length = Math.min(width, columns - index * width);
        for (int row = 0; row < rows; row++) {
            file.floats((long) row * columns + (long) index * width, length, fileRow, 0);
            for (int column = 0; column < length; column++) {
                stripe[column * rows + row] = fileRow[column];
            }
        }
        stripeIndex = index;
    }

    private void loadBits(int index) {
        if (index == stripeBitsIndex) {
            return;
        }
        stripeBits = stripeBits == null ? new short[width * rows] : stripeBits;
        int length = Math.min(width, columns - index * width);
        for (int row = 0; row < rows; row++) {
            file.bits((long) row * columns + (long) index * width, length, fileRowBits, 0);
            for (int column = 0; column < length; column++) {
                stripeBits[column * rows + row] = fileRowBits[column];
            }
        }
        stripeBitsIndex = index;
    }
}
