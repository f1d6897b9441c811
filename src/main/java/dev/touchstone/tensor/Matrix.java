package dev.touchstone.tensor;

import java.util.Arrays;

/**
 * A weight matrix of {@code inputs} rows and {@code outputs} columns, in panels of {@value #PANEL} columns: the weight
 * {@code (i, o)} is in panel {@code o / 64}, row {@code i}, column {@code o % 64}. A vector kernel reads a panel with unit stride,
 * for one row of activations or for many. The last panel is padded with zeros. A tied embedding and head share one matrix.
 *
 * <p>In a row of 16-bit weights, columns {@code c} and {@code c + 32} are neighbours. Read as one int, the upper half is a bfloat16 that
 * needs only a mask to become a float, and the lower half only a shift, without moving numbers between lanes of a vector.
 *
 * <p>Weights keep their stored type; kernels widen them to float. That is exact for 16 bits. What a quantised weight means is defined by
 * {@link Quantization}.
 */
public final class Matrix {
    /** Columns in a panel: four vectors of 512 bits, eight of 256. */
    public static final int PANEL = 64;

    /** The type of a weight in memory. */
    public enum Type {
        FLOAT32(Float.BYTES),
        BFLOAT16(Short.BYTES),
        FLOAT16(Short.BYTES),
        /** A code of 2 to 8 bits, with a scale and a minimum for a group of inputs, see {@link Quantization}. */
        QUANTIZED(Byte.BYTES);

        private final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }
    }

    /**
     * Offset of the first panel. An array has a header of 16 bytes, and G1 allocates large arrays at region boundaries, so a
     * cache line begins 48 bytes after the header. Loads that cross a line cost a quarter of the speed.
     */
    private static final int START_BYTES = 48;
    /** Inputs that are transposed together: their part of a panel fits the first-level cache. */
    private static final int BLOCK = 32;

    private final Type type;
    private final int inputs;
    private final int outputs;
    private final int start;
    private final float[] floats;
    private final short[] halves;
    /** Whether no FLOAT16 weight has the exponent of infinities and NaN. */
    private volatile boolean isFiniteFloat16 = true;

    private final QuantizedPanels quantized;

    private Matrix(Type type, Quantization quantization, int inputs, int outputs, boolean isFilled) {
        if ((type == Type.QUANTIZED) != (quantization != null)) {
            throw new IllegalArgumentException("only a matrix of quantised weights has scales, and it must have them");
        }
        this.type = type;
        this.inputs = inputs;
        this.outputs = outputs;
        this.start = START_BYTES / type.bytes;
        if (!fits(quantization, inputs, outputs)) {
            throw new IllegalArgumentException("a matrix of " + inputs + " x " + outputs + " does not fit an array");
        }
        int size = isFilled && quantization == null ? start + panels(outputs) * inputs * PANEL : 0;
        this.floats = new float[type == Type.FLOAT32 ? size : 0];
        this.halves = new short[type == Type.BFLOAT16 || type == Type.FLOAT16 ? size : 0];
        this.quantized =
                quantization == null ? null : new QuantizedPanels(quantization, inputs, isFilled ? outputs : 0);
    }

    /**
     * Whether a matrix of this size fits an array, in which a quantised weight has at least one element, a byte, so that it has an index.
     *
     * @param quantization null if the weights are not quantised
     */
    public static boolean fits(Quantization quantization, int inputs, int outputs) {
        double elements = quantization == null ? 1 : Math.max(1, quantization.bytes());
        return elements * panels(outputs) * inputs * PANEL <= Integer.MAX_VALUE - 64;
    }

    /**
     * A matrix of zeros, to be filled by {@code put...}; several threads may put different rows at once.
     *
     * @throws IllegalArgumentException if it does not {@link #fits fit} an array
     */
    public static Matrix zeros(Type type, int inputs, int outputs) {
        return new Matrix(type, null, inputs, outputs, true);
    }

    /** A matrix of quantised weights, to be filled by {@link #putBlock}. Its inputs must be whole blocks. */
    public static Matrix zeros(Quantization quantization, int inputs, int outputs) {
        if (inputs % quantization.block() != 0) {
            throw new IllegalArgumentException(
                    inputs + " inputs, expected a multiple of the block, " + quantization.block());
        }
        return new Matrix(Type.QUANTIZED, quantization, inputs, outputs, true);
    }

    /** A matrix that has sizes and no weights, to describe a model that is not run. */
    public static Matrix withoutWeights(Type type, Quantization quantization, int inputs, int outputs) {
        return new Matrix(type, quantization, inputs, outputs, false);
    }

    /** From one row of outputs for each input, as Hugging Face's {@code Conv1D} stores weights. (I, O) */
    public static Matrix ofInputRows(Tensor rows) {
        Matrix matrix = zeros(Type.FLOAT32, rows.size(0), rows.size(1));
        matrix.putInputRows(0, rows.size(0), rows.data());
        return matrix;
    }

    /** From one row of inputs for each output, as {@code nn.Linear} and {@code nn.Embedding} store weights. (O, I) */
    public static Matrix ofOutputRows(Tensor rows) {
        Matrix matrix = zeros(Type.FLOAT32, rows.size(1), rows.size(0));
        matrix.putOutputRows(0, rows.size(0), rows.data());
        return matrix;
    }

    /** Sets the weights of {@code count} inputs from input {@code first} on, one row of outputs each. (count, O) */
    public void putInputRows(int first, int count, float[] rows) {
        for (int i = 0; i < count; i++) {
            for (int o = 0; o < outputs; o += PANEL) {
                System.arraycopy(rows, i * outputs + o, floats, index(first + i, o), Math.min(PANEL, outputs - o));
            }
        }
    }

    /** The same for a matrix of 16-bit weights, given as their bits. (count, O) */
    public void putInputRows(int first, int count, short[] rows) {
        for (int i = 0; i < count; i++) {
            for (int o = 0; o < outputs; o++) {
                halves[halfIndex(first + i, o)] = rows[i * outputs + o];
            }
        }
        checkFloat16(rows, count * outputs);
    }

    /** Sets the weights of {@code count} outputs from output {@code first} on, one row of inputs each. (count, I) */
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

    /** The same for a matrix of 16-bit weights, given as their bits. (count, I) */
    public void putOutputRows(int first, int count, short[] rows) {
        for (int block = 0; block < inputs; block += BLOCK) {
            int end = Math.min(block + BLOCK, inputs);
            for (int o = 0; o < count; o++) {
                int at = halfIndex(0, first + o);
                for (int i = block; i < end; i++) {
                    halves[at + i * PANEL] = rows[o * inputs + i];
                }
            }
        }
        checkFloat16(rows, count * inputs);
    }

    private void checkFloat16(short[] rows, int count) {
        if (type == Type.FLOAT16 && !HalfPrecision.areFinite(rows, count, HalfPrecision.FLOAT16_EXPONENT)) {
            isFiniteFloat16 = false;
        }
    }

    /**
     * Sets the weights of a quantised matrix for a block of inputs and all outputs of a panel.
     *
     * @param panel the number of the panel
     * @param input the first input
     */
    public void putBlock(int panel, int input, QuantizedBlock block) {
        quantized.put(panel, input, block);
    }

    /** How many panels so many columns take. */
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

    /** The weight of input {@code i} and output {@code o}, widened to float. */
    public float at(int i, int o) {
        int index = index(i, o);
        return switch (type) {
            case FLOAT32 -> floats[index];
            case BFLOAT16 -> HalfPrecision.fromBfloat16(halves[halfIndex(i, o)]);
            case FLOAT16 -> HalfPrecision.fromFloat16(halves[halfIndex(i, o)]);
            case QUANTIZED -> quantized.at(i, o);
        };
    }

    /** The weights of output {@code o}, widened to float. -> (I) */
    public float[] column(int o) {
        float[] column = new float[inputs];
        for (int i = 0; i < inputs; i++) {
            column[i] = at(i, o);
        }
        return column;
    }

    /** The panels, not a copy, for reading; empty unless the type is FLOAT32. {@link #index} is the place of a weight. */
    public float[] floats() {
        return floats;
    }

    /** The panels, not a copy, for reading; empty unless the type has 16 bits. {@link #halfIndex} is the place of a weight. */
    public short[] halves() {
        return halves;
    }

    /** Whether the type is FLOAT16 and all weights are finite. */
    public boolean isFiniteFloat16() {
        return type == Type.FLOAT16 && isFiniteFloat16;
    }

    /** The weights of a quantised matrix, not a copy; null if the type is another. */
    public QuantizedPanels quantized() {
        return quantized;
    }

    /** The input of an index of {@link #index}. */
    public int input(int index) {
        return (index - start) / PANEL % inputs;
    }

    /** The output of an index of {@link #index}. */
    public int output(int index) {
        return (index - start) / PANEL / inputs * PANEL + (index - start) % PANEL;
    }

    /** The index of the weight of input {@code i} and output {@code o} in {@link #floats}. A quantised matrix has no such array; the index is the place only. */
    public int index(int i, int o) {
        return start + (o / PANEL * inputs + i) * PANEL + o % PANEL;
    }

    /** The index of the weight of input {@code i} and output {@code o} in {@link #halves}. */
    public int halfIndex(int i, int o) {
        return start + (o / PANEL * inputs + i) * PANEL + halfColumn(o % PANEL);
    }

    /** The place of a column within a row of 16-bit weights: columns {@code c} and {@code c + 32} are neighbours. */
    public static int halfColumn(int column) {
        return column % (PANEL / 2) * 2 + column / (PANEL / 2);
    }

    /** Whether type, shape and all weights are equal. */
    public boolean sameAs(Matrix other) {
        return type == other.type
                && inputs == other.inputs
                && outputs == other.outputs
                && Arrays.equals(floats, other.floats)
                && Arrays.equals(halves, other.halves)
                && (quantized == null || quantized.sameAs(other.quantized));
    }
}
