package dev.touchstone.weights;

import dev.touchstone.tensor.HalfPrecision;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Matrix.Type;
import dev.touchstone.tensor.Quantization;
import dev.touchstone.tensor.QuantizedBlock;
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
    /** As many rows as a panel has columns are read at once, into one buffer. */
    private static final int LONGEST_QUANTIZED_ROW = 1 << 24;

    private final StoredTensor tensor;
    private final Type type;
    private final ReadOptions options;
    private final ReadingThreads threads;
    private final int rows;
    private final int columns;
    private final int rowsPerPiece;

    MatrixReader(StoredTensor tensor, ReadOptions options, ReadingThreads threads) {
        this(tensor, options.type() == WeightType.STORED ? tensor.matrixType() : Type.FLOAT32, options, threads);
    }

    private MatrixReader(StoredTensor tensor, Type type, ReadOptions options, ReadingThreads threads) {
        this.tensor = tensor;
        this.type = type;
        this.options = options;
        this.threads = threads;
        this.rows = tensor.shape()[0];
        this.columns = tensor.shape()[1];
        int longest = type == Type.QUANTIZED ? LONGEST_QUANTIZED_ROW : LONGEST_ROW;
        if (columns > longest) {
            throw new TouchstoneException(tensor.file() + ": " + tensor.name() + " has rows of " + columns
                    + " weights, at most " + longest + " can be read");
        }
        this.rowsPerPiece = Math.max(1, Math.min(Matrix.PANEL, LARGEST_PIECE / columns));
    }

    /** Of a tensor with one row for each input. Groups of quantised weights are groups of outputs then, so these become float32. (I, O) */
    Matrix ofInputRows() {
        if (type == Type.QUANTIZED) {
            return new MatrixReader(tensor, Type.FLOAT32, options, threads).ofInputRows();
        }
        Matrix matrix = zeros(rows, columns);
        read(matrix::putInputRows, matrix::putInputRows);
        return matrix;
    }

    /** Of a tensor with one row for each output. (O, I) */
    Matrix ofOutputRows() {
        Matrix matrix = zeros(columns, rows);
        if (type == Type.QUANTIZED) {
            readBlocks(matrix);
        } else {
            read(matrix::putOutputRows, matrix::putOutputRows);
        }
        return matrix;
    }

    /** A piece is a panel: the blocks of its rows become columns. */
    private void readBlocks(Matrix matrix) {
        if (options.shapesOnly()) {
            return;
        }
        Quantization quantization = matrix.quantized().quantization();
        threads.run(Matrix.panels(rows), (from, to) -> {
            StoredTensor.Reader reader = tensor.reader(Matrix.PANEL * columns);
            QuantizedBlock block = new QuantizedBlock(quantization);
            for (int panel = from; panel < to; panel++) {
                int row = panel * Matrix.PANEL;
                int count = Math.min(Matrix.PANEL, rows - row);
                block = count == Matrix.PANEL ? block : new QuantizedBlock(quantization); // without other columns
                reader.rows(row, count, 0);
                for (int input = 0; input < columns; input += quantization.block()) {
                    reader.block(input / quantization.block(), count, block);
                    if (!block.isFinite()) {
                        checkFinite(row, count);
                    }
                    matrix.putBlock(panel, input, block);
                }
            }
        });
    }

    /** Reads rows as floats, with another reader, which does not change what the first one has read. Throws, with the place. */
    private void checkFinite(int row, int count) {
        StoredTensor.Reader reader = tensor.reader(columns);
        float[] floats = new float[columns];
        for (int r = row; r < row + count; r++) {
            reader.floats((long) r * columns, columns, floats, 0);
            FiniteNumbers.check(tensor, floats, columns, (long) r * columns);
        }
    }

    private int pieces() {
        return (rows + rowsPerPiece - 1) / rowsPerPiece;
    }

    /** The row after the last one of the pieces before {@code piece}. */
    private int end(int piece) {
        return (int) Math.min(rows, (long) piece * rowsPerPiece);
    }

    private Matrix zeros(int inputs, int outputs) {
        Quantization quantization = type == Type.QUANTIZED ? tensor.quantization() : null;
        if (!Matrix.fits(quantization, inputs, outputs)) {
            throw new TouchstoneException(tensor.file() + ": " + tensor.name() + " is " + rows + " x " + columns
                    + ", more weights than an array of Java can hold");
        }
        if (options.shapesOnly()) {
            return Matrix.withoutWeights(type, quantization, inputs, outputs);
        }
        Matrix matrix = type == Type.QUANTIZED
                ? Matrix.zeros(quantization, inputs, outputs)
                : Matrix.zeros(type, inputs, outputs);
        options.matrices().accept(matrix);
        return matrix;
    }

    /** Takes {@code count} rows of the tensor, from row {@code first} on. */
    private interface Rows<T> {
        void put(int first, int count, T rows);
    }

    private void read(Rows<float[]> floats, Rows<short[]> bits) {
        if (options.shapesOnly()) {
            return;
        }
        threads.run(pieces(), (from, to) -> {
            if (type == Type.FLOAT32) {
                readFloats(from * rowsPerPiece, end(to), floats);
            } else {
                readBits(from * rowsPerPiece, end(to), bits);
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
        int exponent = type == Type.BFLOAT16 ? HalfPrecision.BFLOAT16_EXPONENT : HalfPrecision.FLOAT16_EXPONENT;
        for (int row = from; row < end; row += rowsPerPiece) {
            int count = Math.min(rowsPerPiece, end - row);
            long first = (long) row * columns;
            reader.bits(first, count * columns, piece, 0);
            if (!HalfPrecision.areFinite(piece, count * columns, exponent)) {
                float[] floats = new float[count * columns];
                reader.floats(first, count * columns, floats, 0);
                FiniteNumbers.check(tensor, floats, count * columns, first); // throws, with the place
            }
            target.put(row, count, piece);
        }
    }
}
