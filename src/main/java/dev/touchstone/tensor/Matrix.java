package dev.touchstone.tensor;

import java.util.Arrays;

/**
 * A weight matrix of {@code inputs} rows and {@code outputs} columns in panels of {@value #PANEL} columns: panel
 * {@code o / 64}, then row {@code i}, then {@code o % 64}. A vector kernel walks a panel with unit stride for one row of
 * activations or for many; the last panel is filled up with zeros. One matrix serves the embedding and the tied head.
 *
 * <p>Weights stay in the type they were stored in. Whoever computes with them widens them to float, which is exact.
 */
public final class Matrix {
    /** Columns in a panel: four vectors of 512 bits, eight of 256. */
    public static final int PANEL = 64;

    /** How a weight is kept. */
    public enum Type {
        FLOAT32(Float.BYTES),
        BFLOAT16(Short.BYTES),
        FLOAT16(Short.BYTES);

        private final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }
    }

    /**
     * Where the data starts: an array has a header of 16 bytes and large ones lie on the borders of the collector's
     * regions, so 48 bytes further on a cache line begins. Loads that cross a line cost a quarter of the speed.
     */
    private static final int START_BYTES = 48;
    /** Inputs of which rows are turned into columns together: their part of a panel fits the first-level cache. */
    private static final int BLOCK = 32;

    private final Type type;
    private final int inputs;
    private final int outputs;
    private final int start;
    private final float[] floats;
    private final short[] halves;

    private Matrix(Type type, int inputs, int outputs) {
        this.type = type;
        this.inputs = inputs;
        this.outputs = outputs;
        this.start = START_BYTES / type.bytes;
        if (!fits(inputs, outputs)) {
            throw new IllegalArgumentException("a matrix of " + inputs + " x " + outputs + " outgrows an array");
        }
        int size = start + panels(outputs) * inputs * PANEL;
        this.floats = new float[type == Type.FLOAT32 ? size : 0];
        this.halves = new short[type == Type.FLOAT32 ? 0 : size];
    }

    /** Whether an array can hold a matrix of this size. */
    public static boolean fits(int inputs, int outputs) {
        return (long) panels(outputs) * inputs * PANEL <= Integer.MAX_VALUE - 64;
    }

    /** Zeros, to be filled with rows by whoever makes it; several threads may put rows at once. */
    public static Matrix zeros(Type type, int inputs, int outputs) {
        return new Matrix(type, inputs, outputs);
    }

    /** From rows of outputs, one row an input, as Hugging Face's {@code Conv1D} stores them. (I, O) */
    public static Matrix ofInputRows(Tensor rows) {
        Matrix matrix = zeros(Type.FLOAT32, rows.size(0), rows.size(1));
        matrix.putInputRows(0, rows.size(0), rows.data());
        return matrix;
    }

    /** From rows of inputs, one row an output, as {@code nn.Linear} and {@code nn.Embedding} store them. (O, I) */
    public static Matrix ofOutputRows(Tensor rows) {
        Matrix matrix = zeros(Type.FLOAT32, rows.size(1), rows.size(0));
        matrix.putOutputRows(0, rows.size(0), rows.data());
        return matrix;
    }

    /** The weights of {@code count} inputs from input {@code first} on, one row of outputs each. (count, O) */
    public void putInputRows(int first, int count, float[] rows) {
        copyInputRows(first, count, rows, floats);
    }

    /** As bits of the matrix's type. (count, O) */
    public void putInputRows(int first, int count, short[] rows) {
        copyInputRows(first, count, rows, halves);
    }

    private void copyInputRows(int first, int count, Object rows, Object to) {
        for (int i = 0; i < count; i++) {
            for (int o = 0; o < outputs; o += PANEL) {
                System.arraycopy(rows, i * outputs + o, to, index(first + i, o), Math.min(PANEL, outputs - o));
            }
        }
    }

    /** The weights of {@code count} outputs from output {@code first} on, one row of inputs each. (count, I) */
    public void putOutputRows(int first, int count, float[] rows) {
        for (int block = 0; block < inputs; block += BLOCK) {
            int end = Math.min(block + BLOCK, inputs);
            for (int o = 0; o < count; o++) {
                int at = index(0, first + o);
                for (int i = block; i < end; i++) {
                    floats[at + i * PANEL] = rows[o * inputs + i];
                }
            }
        }
    }

    /** As bits of the matrix's type. (count, I) */
    public void putOutputRows(int first, int count, short[] rows) {
        for (int block = 0; block < inputs; block += BLOCK) {
            int end = Math.min(block + BLOCK, inputs);
            for (int o = 0; o < count; o++) {
                int at = index(0, first + o);
                for (int i = block; i < end; i++) {
                    halves[at + i * PANEL] = rows[o * inputs + i];
                }
            }
        }
    }

    public static int panels(int outputs) {
        return (outputs + PANEL - 1) / PANEL;
    }

    public Type type() {
        return type;
    }

    public int inputs() {
        return inputs;
    }

    public int outputs() {
        return outputs;
    }

    /** The weight that leads from input {@code i} to output {@code o}. */
    public float at(int i, int o) {
        int index = index(i, o);
        return switch (type) {
            case FLOAT32 -> floats[index];
            case BFLOAT16 -> HalfPrecision.fromBfloat16(halves[index]);
            case FLOAT16 -> HalfPrecision.fromFloat16(halves[index]);
        };
    }

    /** The panels themselves if the type is FLOAT32; {@link #index} says where a weight lies. Nobody writes to them. */
    public float[] floats() {
        return floats;
    }

    /** The panels themselves if the type has 16 bits; {@link #index} says where a weight lies. Nobody writes to them. */
    public short[] halves() {
        return halves;
    }

    /** Where the weight of input {@code i} and output {@code o} lies. */
    public int index(int i, int o) {
        return start + (o / PANEL * inputs + i) * PANEL + o % PANEL;
    }

    /** Whether every weight is the same. */
    public boolean sameAs(Matrix other) {
        return type == other.type
                && inputs == other.inputs
                && outputs == other.outputs
                && Arrays.equals(floats, other.floats)
                && Arrays.equals(halves, other.halves);
    }
}
