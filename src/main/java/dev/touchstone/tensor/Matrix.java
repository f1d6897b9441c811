package dev.touchstone.tensor;

/**
 * A weight matrix of {@code inputs} rows and {@code outputs} columns in panels of {@value #PANEL} columns: panel
 * {@code o / 64}, then row {@code i}, then {@code o % 64}. A vector kernel walks a panel with unit stride for one row of
 * activations or for many; the last panel is filled up with zeros. One matrix serves the embedding and the tied head.
 */
public final class Matrix {
    /** Columns in a panel: four vectors of 512 bits, eight of 256. */
    public static final int PANEL = 64;

    /**
     * Where the data starts: an array has a header of 16 bytes and large ones lie on the borders of the collector's
     * regions, so twelve floats further on a cache line begins. Loads that cross a line cost a quarter of the speed.
     */
    private static final int START = 12;

    private final int inputs;
    private final int outputs;
    private final float[] data;

    private Matrix(int inputs, int outputs) {
        long floats = START + (long) panels(outputs) * inputs * PANEL;
        if (floats > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("a matrix of " + inputs + " x " + outputs + " outgrows an array");
        }
        this.inputs = inputs;
        this.outputs = outputs;
        this.data = new float[(int) floats];
    }

    /** From rows of outputs, one row an input, as Hugging Face's {@code Conv1D} stores them. (I, O) */
    public static Matrix ofInputRows(Tensor rows) {
        Matrix matrix = new Matrix(rows.size(0), rows.size(1));
        for (int i = 0; i < matrix.inputs; i++) {
            for (int o = 0; o < matrix.outputs; o += PANEL) {
                int width = Math.min(PANEL, matrix.outputs - o);
                System.arraycopy(rows.data(), i * matrix.outputs + o, matrix.data, matrix.index(i, o), width);
            }
        }
        return matrix;
    }

    /** From rows of inputs, one row an output, as {@code nn.Linear} and {@code nn.Embedding} store them. (O, I) */
    public static Matrix ofOutputRows(Tensor rows) {
        Matrix matrix = new Matrix(rows.size(1), rows.size(0));
        for (int o = 0; o < matrix.outputs; o++) {
            for (int i = 0; i < matrix.inputs; i++) {
                matrix.data[matrix.index(i, o)] = rows.data()[o * matrix.inputs + i];
            }
        }
        return matrix;
    }

    public static int panels(int outputs) {
        return (outputs + PANEL - 1) / PANEL;
    }

    public int inputs() {
        return inputs;
    }

    public int outputs() {
        return outputs;
    }

    /** The weight that leads from input {@code i} to output {@code o}. */
    public float at(int i, int o) {
        return data[index(i, o)];
    }

    /** The panels themselves; {@link #index} says where a weight lies. Nobody writes to them. */
    public float[] data() {
        return data;
    }

    /** Where the weight of input {@code i} and output {@code o} lies in {@link #data}. */
    public int index(int i, int o) {
        return START + (o / PANEL * inputs + i) * PANEL + o % PANEL;
    }
}
