package dev.touchstone.weights;

import dev.touchstone.checkpoint.safetensors.DType;
import dev.touchstone.checkpoint.safetensors.Elements;
import dev.touchstone.checkpoint.safetensors.FiniteNumbers;
import dev.touchstone.checkpoint.safetensors.Safetensors;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Matrix.Type;
import dev.touchstone.util.TouchstoneException;
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

    public MatrixReader(Safetensors file, String name, WeightType type) {
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
    public Matrix ofInputRows() {
        Matrix matrix = zeros(rows, columns);
        read(matrix::putInputRows, matrix::putInputRows);
        return matrix;
    }

    /** One row an output. (O, I) */
    public Matrix ofOutputRows() {
        Matrix matrix = zeros(columns, rows);
        read(matrix::putOutputRows, matrix::putOutputRows);
        return matrix;
    }

    private Matrix zeros(int inputs, int outputs) {
        if (!Matrix.fits(inputs, outputs)) {
            throw new TouchstoneException(file.file() + ": " + name + " is " + rows + " x " + columns
                    + ", more weights than an array of Java can hold");
        }
        return Matrix.zeros(kept, inputs, outputs);
    }

    /** Takes rows as they lie in the file. */
    private interface Rows<T> {
        void put(int first, int count, T rows);
    }

    /** Each thread has one array through which all of its rows pass. */
    private void read(Rows<float[]> floats, Rows<short[]> halves) {
        int piece = columns * Math.max(1, Math.min(Matrix.PANEL, LARGEST_PIECE / columns));
        if (kept == Type.FLOAT32) {
            file.readPieces(name, piece, () -> {
                float[] rows = new float[piece];
                return (bytes, at) -> {
                    int count = floats(bytes, at, rows);
                    floats.put(at / columns, count / columns, rows);
                };
            });
        } else {
            file.readPieces(name, piece, () -> {
                short[] rows = new short[piece];
                return (bytes, at) -> {
                    int count = halves(bytes, at, rows);
                    halves.put(at / columns, count / columns, rows);
                };
            });
        }
    }

    private int floats(ByteBuffer bytes, int at, float[] to) {
        int count = bytes.remaining() * 8 / stored.bits();
        Elements.floats(stored, bytes, to, 0);
        FiniteNumbers.check(file, name, to, count, at);
        return count;
    }

    private int halves(ByteBuffer bytes, int at, short[] to) {
        int count = bytes.remaining() / Short.BYTES;
        bytes.asShortBuffer().get(to, 0, count);
        int exponent = kept == Type.BFLOAT16 ? 0x7F80 : 0x7C00;
        boolean finite = true;
        for (int i = 0; i < count; i++) {
            finite &= (to[i] & exponent) != exponent;
        }
        if (!finite) {
            floats(bytes, at, new float[count]); // says which, and stops
        }
        return count;
    }
}
