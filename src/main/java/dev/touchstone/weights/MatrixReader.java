package dev.touchstone.weights;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Matrix.Type;
import dev.touchstone.util.TouchstoneException;

/**
 * Reads a tensor of two axes into the panels of a matrix. Each thread reads a share of the rows, a piece at a time: as many
 * rows as a panel has columns, which fit the processor's cache, or fewer if rows are very long. Memory holds the matrix and
 * one piece for each thread.
 */
final class MatrixReader {
    /** Elements in a piece, unless a single row has more. */
    private static final int LARGEST_PIECE = 1 << 22;

    private static final int LONGEST_ROW = 1 << 26;

    private final StoredTensor tensor;
    private final Type type;
    private final boolean shapesOnly;
    private final ReadingThreads threads;
    private final int rows;
    private final int columns;
    private final int rowsPerPiece;

    MatrixReader(StoredTensor tensor, ReadOptions options, ReadingThreads threads) {
        this.tensor = tensor;
        this.shapesOnly = options.shapesOnly();
        this.type = options.type() == WeightType.STORED ? tensor.matrixType() : Type.FLOAT32;
        this.threads = threads;
        this.rows = tensor.shape()[0];
        this.columns = tensor.shape()[1];
        if (columns > LONGEST_ROW) {
            throw new TouchstoneException(tensor.file() + ": " + tensor.name() + " has rows of " + columns
                    + " weights, at most " + LONGEST_ROW + " can be read");
        }
        this.rowsPerPiece = Math.max(1, Math.min(Matrix.PANEL, LARGEST_PIECE / columns));
    }

    /** Of a tensor with one row for each input. (I, O) */
    Matrix ofInputRows() {
        Matrix matrix = zeros(rows, columns);
        read(matrix::putInputRows, matrix::putInputRows);
        return matrix;
    }

    /** Of a tensor with one row for each output. (O, I) */
    Matrix ofOutputRows() {
        Matrix matrix = zeros(columns, rows);
        read(matrix::putOutputRows, matrix::putOutputRows);
        return matrix;
    }

    private Matrix zeros(int inputs, int outputs) {
        if (!Matrix.fits(inputs, outputs)) {
            throw new TouchstoneException(tensor.file() + ": " + tensor.name() + " is " + rows + " x " + columns
                    + ", more weights than an array of Java can hold");
        }
        return shapesOnly ? Matrix.withoutWeights(type, inputs, outputs) : Matrix.zeros(type, inputs, outputs);
    }

    /** Takes {@code count} rows of the tensor, from row {@code first} on. */
    private interface Rows<T> {
        void put(int first, int count, T rows);
    }

    private void read(Rows<float[]> floats, Rows<short[]> bits) {
        if (shapesOnly) {
            return;
        }
        int pieces = (rows + rowsPerPiece - 1) / rowsPerPiece;
        threads.run(pieces, (from, to) -> {
            int end = (int) Math.min(rows, (long) to * rowsPerPiece);
            if (type == Type.FLOAT32) {
                readFloats(from * rowsPerPiece, end, floats);
            } else {
                readBits(from * rowsPerPiece, end, bits);
            }
        });
    }

    private void readFloats(int from, int end, Rows<float[]> target) {
        StoredTensor.Reader reader = tensor.reader(rowsPerPiece * columns);
        float[] piece = new float[rowsPerPiece * columns];
        for (int row = from; row < end; row += rowsPerPiece) {
            int count = Math.min(rowsPerPiece, end - row);
            long first = (long) row * columns;
            reader.floats(first, count * columns, piece, 0);
            FiniteNumbers.check(tensor, piece, count * columns, first);
            target.put(row, count, piece);
        }
    }

    private void readBits(int from, int end, Rows<short[]> target) {
        StoredTensor.Reader reader = tensor.reader(rowsPerPiece * columns);
        short[] piece = new short[rowsPerPiece * columns];
        int exponent = type == Type.BFLOAT16 ? 0x7F80 : 0x7C00;
        for (int row = from; row < end; row += rowsPerPiece) {
            int count = Math.min(rowsPerPiece, end - row);
            long first = (long) row * columns;
            reader.bits(first, count * columns, piece, 0);
            if (!FiniteNumbers.areFinite(piece, count * columns, exponent)) {
                float[] floats = new float[count * columns];
                reader.floats(first, count * columns, floats, 0);
                FiniteNumbers.check(tensor, floats, count * columns, first); // throws, with the place
            }
            target.put(row, count, piece);
        }
    }
}
