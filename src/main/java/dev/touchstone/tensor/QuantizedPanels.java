package dev.touchstone.tensor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The weights of a quantised {@link Matrix}, in panels of {@value Matrix#PANEL} outputs. A panel consists of chunks of {@value #CHUNK} inputs,
 * of which the last may be shorter, so that a product reads memory in one direction. A chunk has, one after the other:
 *
 * <ul>
 *   <li>The float16 factors: for each block those of the scales, then those of the minima if there are any. Outputs {@code o} and {@code o + 32}
 *       are neighbours, as in a {@link Matrix} of 16 bits.
 *   <li>The whole numbers of groups: for each group those of the scales, then those of the minima. Numbers of 4 bits share a byte, that of the
 *       scale is in the low bits.
 *   <li>The codes, by step of {@value Quantization#STEP} inputs, in two planes: the low bits of all codes of the step, then the high bits. A
 *       plane of {@code b} bits consists of rows of 64 bytes. A byte has the bits of {@code 8 / b} consecutive inputs of one output.
 * </ul>
 *
 * <p>The outputs of numbers and codes are in the order of {@link QuantizedBlock#place}. So a vector of ints has four vectors of codes, each of
 * consecutive outputs, at the same bits of the four bytes of its lanes. See {@link Quantization#isSigned}.
 */
public final class QuantizedPanels {
    private static final int COLUMNS = Matrix.PANEL;
    private static final int STEP = Quantization.STEP;
    /** Inputs whose factors and numbers are stored together: the largest block. */
    public static final int CHUNK = 256;
    /** The first byte that is used, which is where a cache line begins. See {@link Matrix}. */
    private static final int START = 48;

    /** The lowest bit of each byte of a long. */
    private static final long LOWEST = 0x0101010101010101L;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private final Quantization quantization;
    private final int inputs;
    private final byte[] data;
    /** {@link Quantization#value} of each code as it is stored. */
    private final float[] values;

    /** @param inputs a multiple of the block, unless {@code outputs} is 0 */
    QuantizedPanels(Quantization quantization, int inputs, int outputs) {
        this.quantization = quantization;
        this.inputs = inputs;
        this.data = new byte[START + Matrix.panels(outputs) * bytes(inputs)];
        this.values = new float[1 << quantization.bits()];
        for (int code = 0; code < values.length; code++) {
            values[code] = quantization.value(code ^ quantization.offset());
        }
    }

    private int factorBytes(int count) {
        return quantization.blocks(count) * quantization.factors() * Short.BYTES * COLUMNS;
    }

    private int groupBytes(int count) {
        return quantization.groups(count) * quantization.groupBytes() * COLUMNS;
    }

    private int codeBytes(int count) {
        return count / Byte.SIZE * quantization.bits() * COLUMNS;
    }

    /** The bytes that a panel has for so many inputs. */
    private int bytes(int count) {
        return factorBytes(count) + groupBytes(count) + codeBytes(count);
    }

    public Quantization quantization() {
        return quantization;
    }

    /** The number of bytes of all weights. */
    public long size() {
        return data.length - START;
    }

    /** The bytes of all weights, not a copy. */
    public byte[] data() {
        return data;
    }

    /** The index in {@link #data} of the chunk of an input. */
    private int chunk(int panel, int input) {
        return START + panel * bytes(inputs) + bytes(input & -CHUNK);
    }

    /** The number of inputs of the chunk of an input. */
    private int length(int input) {
        return Math.min(CHUNK, inputs - (input & -CHUNK));
    }

    /** The index of the scales' factors for an input; those of the minima follow. */
    public int factors(int panel, int input) {
        return chunk(panel, input) + factorBytes(input & CHUNK - 1);
    }

    /** The index of the scales' whole numbers for an input. */
    public int groups(int panel, int input) {
        return chunk(panel, input) + factorBytes(length(input)) + groupBytes(input & CHUNK - 1);
    }

    /** The index of the low plane of the step that begins with an input. The steps of a chunk follow each other. */
    public int lowPlane(int panel, int input) {
        int length = length(input);
        int before = codeBytes(input & CHUNK - STEP);
        return chunk(panel, input) + factorBytes(length) + groupBytes(length) + before;
    }

    /** The index of the high plane of the step that begins with an input. */
    public int highPlane(int panel, int input) {
        return lowPlane(panel, input) + STEP * COLUMNS / Byte.SIZE * quantization.lowBits();
    }

    /** Sets the weights of a panel for the inputs from {@code input} on, which a block has. */
    void put(int panel, int input, QuantizedBlock block) {
        for (int step = 0; step < quantization.block(); step += STEP) {
            pack(block.codes(), step * COLUMNS, lowPlane(panel, input + step), quantization.lowBits(), 0);
            if (quantization.highBits() > 0) {
                int high = highPlane(panel, input + step);
                pack(block.codes(), step * COLUMNS, high, quantization.highBits(), quantization.lowBits());
            }
        }
        int factor = factors(panel, input);
        for (int column = 0; column < COLUMNS && quantization.factors() > 0; column++) {
            int place = QuantizedBlock.place(column);
            int at = factor + Matrix.halfColumn(column) * Short.BYTES;
            SHORT.set(data, at, block.factors()[place]);
            if (quantization.hasMinima()) {
                SHORT.set(data, at + COLUMNS * Short.BYTES, block.minimumFactors()[place]);
            }
        }
        putGroups(groups(panel, input), block);
    }

    /** Packs some bits of the codes of a step, eight codes at a time: their other bits are masked, so they do not mix. */
    private void pack(byte[] from, int at, int plane, int bits, int shift) {
        int perByte = Byte.SIZE / bits;
        long mask = LOWEST * ((1 << bits) - 1);
        long sign = LOWEST * quantization.offset(); // subtracting the highest bit flips it
        for (int i = 0; i < STEP * COLUMNS / perByte; i += Long.BYTES) {
            int source = at + i / COLUMNS * perByte * COLUMNS + i % COLUMNS;
            long packed = 0;
            for (int k = 0; k < perByte; k++) {
                long eight = (long) LONG.get(from, source + k * COLUMNS) ^ sign;
                packed |= (eight >>> shift & mask) << k * bits;
            }
            LONG.set(data, plane + i, packed);
        }
    }

    private void putGroups(int at, QuantizedBlock block) {
        if (quantization.groupBits() == 0) {
            return;
        }
        for (int group = 0; group < quantization.block() / quantization.group(); group++) {
            int from = group * COLUMNS;
            int to = at + from * quantization.groupBytes();
            if (quantization.groupBits() == 4) {
                for (int i = 0; i < COLUMNS; i++) {
                    data[to + i] = (byte) (block.scales()[from + i] | block.minima()[from + i] << 4);
                }
                continue;
            }
            System.arraycopy(block.scales(), from, data, to, COLUMNS);
            if (quantization.hasMinima()) {
                System.arraycopy(block.minima(), from, data, to + COLUMNS, COLUMNS);
            }
        }
    }

    /** Widens the weights of all outputs of a panel for {@code count} inputs. {@code [input][column]} */
    public void widen(int panel, int input, int count, float[] to) {
        float[] scales = new float[COLUMNS];
        float[] minima = new float[COLUMNS];
        int[] codes = new int[COLUMNS];
        for (int i = 0; i < count; i++) {
            if (i == 0 || (input + i) % quantization.group() == 0) {
                scales(panel, input + i, scales, minima);
            }
            int at = i * COLUMNS;
            unpack(panel, input + i, codes);
            for (int column = 0; column < COLUMNS; column++) {
                to[at + column] = scales[column] * values[codes[QuantizedBlock.place(column)]];
            }
            if (quantization.hasMinima()) {
                for (int column = 0; column < COLUMNS; column++) {
                    to[at + column] -= minima[column];
                }
            }
        }
    }

    /** The codes of an input and all outputs, by {@link QuantizedBlock#place}. */
    private void unpack(int panel, int input, int[] to) {
        int low = lowPlane(panel, input) + row(input, quantization.lowBits());
        int shift = shift(input, quantization.lowBits());
        int mask = mask(quantization.lowBits());
        for (int i = 0; i < COLUMNS; i++) {
            to[i] = data[low + i] >> shift & mask;
        }
        if (quantization.highBits() > 0) {
            int high = highPlane(panel, input) + row(input, quantization.highBits());
            int highShift = shift(input, quantization.highBits());
            int highMask = mask(quantization.highBits());
            for (int i = 0; i < COLUMNS; i++) {
                to[i] |= (data[high + i] >> highShift & highMask) << quantization.lowBits();
            }
        }
    }

    /** Where the row of an input begins in a plane of so many bits. */
    private static int row(int input, int bits) {
        return input % STEP * bits / Byte.SIZE * COLUMNS;
    }

    /** The place of an input's bits in the bytes of a row. */
    private static int shift(int input, int bits) {
        return input * bits % Byte.SIZE;
    }

    private static int mask(int bits) {
        return (1 << bits) - 1;
    }

    /** The weight of an input and an output. */
    float at(int input, int output) {
        int panel = output / COLUMNS;
        int column = output % COLUMNS;
        int factor = factors(panel, input);
        int group = groups(panel, input);
        float product = scale(factor, group, column) * values[code(panel, input, column)];
        return quantization.hasMinima() ? product - minimum(factor, group, column) : product;
    }

    private int code(int panel, int input, int column) {
        int low = bits(lowPlane(panel, input), quantization.lowBits(), input, column);
        if (quantization.highBits() == 0) {
            return low;
        }
        int high = bits(highPlane(panel, input), quantization.highBits(), input, column);
        return low | high << quantization.lowBits();
    }

    /** The bits that a plane has of a code. */
    private int bits(int plane, int bits, int input, int column) {
        int at = plane + row(input, bits) + QuantizedBlock.place(column);
        return data[at] >> shift(input, bits) & mask(bits);
    }

    private void scales(int panel, int input, float[] scales, float[] minima) {
        int factor = factors(panel, input);
        int group = groups(panel, input);
        for (int column = 0; column < COLUMNS; column++) {
            scales[column] = scale(factor, group, column);
            minima[column] = quantization.hasMinima() ? minimum(factor, group, column) : 0;
        }
    }

    private float scale(int factor, int group, int column) {
        int number = group + QuantizedBlock.place(column);
        if (quantization.hasExponents()) {
            return Quantization.power(data[number]);
        }
        float scale = factor(factor, column);
        return switch (quantization.groupBits()) {
            case 0 -> scale;
            case 4 -> scale * (data[number] & 0xF);
            default -> scale * data[number];
        };
    }

    private float minimum(int factor, int group, int column) {
        float minimum = factor(factor + COLUMNS * Short.BYTES, column);
        int number = group + QuantizedBlock.place(column);
        return switch (quantization.groupBits()) {
            case 0 -> minimum;
            case 4 -> minimum * (data[number] >> 4 & 0xF);
            default -> minimum * data[COLUMNS + number];
        };
    }

    private float factor(int at, int column) {
        return HalfPrecision.fromFloat16((short) SHORT.get(data, at + Matrix.halfColumn(column) * Short.BYTES));
    }

    boolean sameAs(QuantizedPanels other) {
        return quantization.equals(other.quantization) && Arrays.equals(data, other.data);
    }
}
