package dev.touchstone.checkpoint;

import dev.touchstone.TouchstoneException;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Matrix.Type;
import java.nio.ByteBuffer;

/**
 * Reads a tensor of two axes into the panels of a matrix: piece by piece, several at once, so that memory holds the matrix
 * and little besides. A piece is as many rows as a panel has columns, and turns in the processor's cache; of very long rows
 * it is fewer.
 */
final class MatrixReader {
    /** Elements in a piece, unless a single row has more. */
    private static final int LARGEST_PIECE = 1 << 22;

    private static final int LONGEST_ROW = 1 << 26;

    private final Safetensors file;
    private final String name;
    private final DType stored;
    private final Type kept;
    private final int rows;
    private final int columns;

    MatrixReader(Safetensors file, String name, WeightType type) {
        this.file = file;
        this.name = name;
        stored = file.dtype(name);
        kept = type == WeightType.STORED ? kept(stored) : Type.FLOAT32;
        rows = file.shape(name)[0];
        columns = file.shape(name)[1];
        if (columns > LONGEST_ROW) {
            throw new TouchstoneException(file.file() + ": " + name + " has rows of " + columns + " weights, at most "
                    + LONGEST_ROW + " can be read");
        }
    }

    private static Type kept(DType stored) {
        return switch (stored) {
            case BF16 -> Type.BFLOAT16;
            case F16 -> Type.FLOAT16;
            default -> Type.FLOAT32;
        };
    }

    /** One row an input. (I, O) */
    Matrix ofInputRows() {
        Matrix matrix = zeros(rows, columns);
        if (kept == Type.FLOAT32) {
            read((bytes, row, count) -> matrix.putInputRows(row, count, floats(bytes, row)));
        } else {
            read((bytes, row, count) -> matrix.putInputRows(row, count, halves(bytes, row)));
        }
        return matrix;
    }

    /** One row an output. (O, I) */
    Matrix ofOutputRows() {
        Matrix matrix = zeros(columns, rows);
        if (kept == Type.FLOAT32) {
            read((bytes, row, count) -> matrix.putOutputRows(row, count, floats(bytes, row)));
        } else {
            read((bytes, row, count) -> matrix.putOutputRows(row, count, halves(bytes, row)));
        }
        return matrix;
    }

    private Matrix zeros(int inputs, int outputs) {
        if (!Matrix.fits(inputs, outputs)) {
            throw new TouchstoneException(file.file() + ": " + name + " is " + rows + " x " + columns
                    + ", more weights than an array of Java can hold");
        }
        return Matrix.zeros(kept, inputs, outputs);
    }

    private interface RowsReader {
        void take(ByteBuffer bytes, int row, int count);
    }

    private void read(RowsReader reader) {
        int count = Math.max(1, Math.min(Matrix.PANEL, LARGEST_PIECE / columns));
        file.readPieces(name, count * columns, (bytes, at) -> {
            int row = at / columns;
            reader.take(bytes, row, Math.min(count, rows - row));
        });
    }

    private float[] floats(ByteBuffer bytes, int row) {
        float[] floats = new float[bytes.remaining() * 8 / stored.bits()];
        Elements.floats(stored, bytes, floats, 0);
        FiniteNumbers.check(file, name, floats, row * columns);
        return floats;
    }

    private short[] halves(ByteBuffer bytes, int row) {
        short[] halves = Elements.shorts(bytes.duplicate().order(bytes.order()), bytes.remaining() / Short.BYTES);
        int exponent = kept == Type.BFLOAT16 ? 0x7F80 : 0x7C00;
        boolean finite = true;
        for (short half : halves) {
            finite &= (half & exponent) != exponent;
        }
        if (!finite) {
            floats(bytes, row); // says which, and stops
        }
        return halves;
    }
}
