package dev.touchstone.tensor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The weights of a quantised {@link Matrix}, in panels of {@value Matrix#PANEL} outputs.
 *
 * <p>Codes are stored by panel, then by step of {@value Quantization#STEP} inputs. The codes of a step are 64 rows of 32: outputs 0 to 31 of
 * each input, then outputs 32 to 63 of each input. They are stored in two planes, the low bits of all codes, then the high bits. A byte
 * of a plane of 4 bits has the bits of a code of the first 32 rows and of the same code of the other 32 rows; a byte of a plane of 2 bits
 * has those of 4 codes, 16 rows apart, and so on. So a vector of bytes becomes vectors of codes by a shift and a mask.
 */
public final class QuantizedPanels {
    private static final int COLUMNS = Matrix.PANEL;
    private static final int STEP = Quantization.STEP;
    /** The outputs of a row of codes. */
    public static final int ROW = COLUMNS / 2;
    /** Bytes after the last one of an array of bytes: a load of vectors of four lanes reads eight. */
    private static final int SPARE = 4;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final Quantization quantization;
    private final int inputs;
    private final byte[] codes;
    private final short[] factors;
    private final byte[] groups;

    /** @param inputs a multiple of the block, unless {@code outputs} is 0 */
    QuantizedPanels(Quantization quantization, int inputs, int outputs) {
        this.quantization = quantization;
        this.inputs = inputs;
        int panels = Matrix.panels(outputs);
        this.codes = new byte[panels * (inputs / STEP) * stepBytes() + SPARE];
        this.factors = new short[panels * (inputs / quantization.block()) * quantization.factors() * COLUMNS];
        this.groups = new byte[panels * (inputs / quantization.group()) * quantization.groupBytes() * COLUMNS + SPARE];
    }

    private int stepBytes() {
        return STEP * COLUMNS / Byte.SIZE * quantization.bits();
    }

    public Quantization quantization() {
        return quantization;
    }

    /** The bytes that all arrays have. */
    public long bytes() {
        return codes.length + (long) Short.BYTES * factors.length + groups.length - 2 * SPARE;
    }

    /** Both planes of all steps, not a copy. */
    public byte[] codes() {
        return codes;
    }

    /** The index in {@link #codes} of the low plane of the step that begins with an input. */
    public int lowPlane(int panel, int input) {
        return (panel * (inputs / STEP) + input / STEP) * stepBytes();
    }

    /** The index in {@link #codes} of the high plane of the step that begins with an input. */
    public int highPlane(int panel, int input) {
        return lowPlane(panel, input) + STEP * COLUMNS / Byte.SIZE * quantization.lowBits();
    }

    /**
     * The float16 factors, not a copy: for each panel and block the factors of scales, then those of minima if there are any. Outputs
     * {@code o} and {@code o + 32} are neighbours, as in a {@link Matrix} of 16 bits.
     */
    public short[] factors() {
        return factors;
    }

    /** The index in {@link #factors} of the scales' factors for an input. */
    public int factors(int panel, int input) {
        return (panel * (inputs / quantization.block()) + input / quantization.block())
                * quantization.factors()
                * COLUMNS;
    }

    /** The whole numbers of groups, not a copy: for each panel and group those of scales, then those of minima. */
    public byte[] groups() {
        return groups;
    }

    /** The index in {@link #groups} of the scales' whole numbers for an input. */
    public int groups(int panel, int input) {
        return (panel * (inputs / quantization.group()) + input / quantization.group())
                * quantization.groupBytes()
                * COLUMNS;
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
        for (int column = 0; column < COLUMNS; column++) {
            factors[factor + Matrix.halfColumn(column)] = block.factors()[column];
            if (quantization.hasMinima()) {
                factors[factor + COLUMNS + Matrix.halfColumn(column)] = block.minimumFactors()[column];
            }
        }
        putGroups(groups(panel, input), block);
    }

    /** Packs some bits of the codes of a step, eight codes at a time: their other bits are masked, so they do not mix. */
    private void pack(byte[] from, int at, int plane, int bits, int shift) {
        int perByte = Byte.SIZE / bits;
        int rows = STEP * COLUMNS / ROW / perByte;
        long mask = 0x0101010101010101L * ((1 << bits) - 1);
        for (int row = 0; row < rows; row++) {
            for (int c = 0; c < ROW; c += Long.BYTES) {
                long packed = 0;
                for (int k = 0; k < perByte; k++) {
                    int codeRow = k * rows + row;
                    int source = at + codeRow % STEP * COLUMNS + codeRow / STEP * ROW + c;
                    packed |= ((long) LONG.get(from, source) >>> shift & mask) << k * bits;
                }
                LONG.set(codes, plane + row * ROW + c, packed);
            }
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
                for (int column = 0; column < COLUMNS; column++) {
                    groups[to + column] = (byte) (block.scales()[from + column] | block.minima()[from + column] << 4);
                }
                continue;
            }
            System.arraycopy(block.scales(), from, groups, to, COLUMNS);
            if (quantization.hasMinima()) {
                System.arraycopy(block.minima(), from, groups, to + COLUMNS, COLUMNS);
            }
        }
    }

    /** Widens the weights of all outputs of a panel for {@code count} inputs. {@code [input][column]} */
    public void widen(int panel, int input, int count, float[] to) {
        float[] scales = new float[COLUMNS];
        float[] minima = new float[COLUMNS];
        for (int i = 0; i < count; i++) {
            if (i == 0 || (input + i) % quantization.group() == 0) {
                scales(panel, input + i, scales, minima);
            }
            int at = i * COLUMNS;
            if (quantization.highBits() == 0 && !quantization.isNonLinear()) {
                scaled(panel, input + i, 0, scales, to, at);
                scaled(panel, input + i, ROW, scales, to, at);
            } else {
                unpack(panel, input + i, 0, to, at);
                unpack(panel, input + i, ROW, to, at + ROW);
                for (int column = 0; quantization.isNonLinear() && column < COLUMNS; column++) {
                    to[at + column] = Quantization.NON_LINEAR[(int) to[at + column]];
                }
                scale(to, at, quantization.offset(), scales);
            }
            if (quantization.hasMinima()) {
                subtract(to, at, minima);
            }
        }
    }

    /** The products of an input and 32 outputs, if codes have one plane. */
    private void scaled(int panel, int input, int column, float[] scales, float[] to, int at) {
        int row = column / ROW * STEP + input % STEP;
        int bits = quantization.lowBits();
        int low = lowPlane(panel, input) + (row & rows(bits) - 1) * ROW;
        int mask = bits == Byte.SIZE ? -1 : (1 << bits) - 1; // codes of 8 bits are signed
        scaled(codes, low, shift(row, bits), mask, quantization.offset(), scales, column, to, at + column);
    }

    private static void scaled(
            byte[] codes, int from, int shift, int mask, int offset, float[] scales, int scale, float[] to, int at) {
        for (int i = 0; i < ROW; i++) {
            to[at + i] = scales[scale + i] * ((codes[from + i] >> shift & mask) - offset);
        }
    }

    /** The codes of an input and 32 outputs. */
    private void unpack(int panel, int input, int column, float[] to, int at) {
        int row = column / ROW * STEP + input % STEP;
        int bits = quantization.lowBits();
        int low = lowPlane(panel, input) + (row & rows(bits) - 1) * ROW;
        int mask = bits == Byte.SIZE ? -1 : (1 << bits) - 1; // codes of 8 bits are signed
        low(codes, low, shift(row, bits), mask, to, at);
        int more = quantization.highBits();
        if (more > 0) {
            int high = highPlane(panel, input) + (row & rows(more) - 1) * ROW;
            high(codes, high, shift(row, more), (1 << more) - 1, bits, to, at);
        }
    }

    // These loops are small so that the JVM compiles them well.

    private static void low(byte[] codes, int from, int shift, int mask, float[] to, int at) {
        for (int i = 0; i < ROW; i++) {
            to[at + i] = codes[from + i] >> shift & mask;
        }
    }

    private static void high(byte[] codes, int from, int shift, int mask, int place, float[] to, int at) {
        for (int i = 0; i < ROW; i++) {
            to[at + i] += (codes[from + i] >> shift & mask) << place;
        }
    }

    private static void scale(float[] to, int at, float offset, float[] scales) {
        for (int column = 0; column < COLUMNS; column++) {
            to[at + column] = scales[column] * (to[at + column] - offset);
        }
    }

    private static void subtract(float[] to, int at, float[] minima) {
        for (int column = 0; column < COLUMNS; column++) {
            to[at + column] -= minima[column];
        }
    }

    /** The rows of a step in a plane of so many bits, a power of two. */
    private static int rows(int bits) {
        return STEP * COLUMNS / ROW * bits / Byte.SIZE;
    }

    /** The place of a row's bits in the bytes of a plane. */
    private static int shift(int row, int bits) {
        return (row >> Integer.numberOfTrailingZeros(rows(bits))) * bits;
    }

    /** The weight of an input and an output. */
    float at(int input, int output) {
        int panel = output / COLUMNS;
        int column = output % COLUMNS;
        int factor = factors(panel, input);
        int group = groups(panel, input);
        float product = scale(factor, group, column) * quantization.value(code(panel, input, column));
        return quantization.hasMinima() ? product - minimum(factor, group, column) : product;
    }

    private int code(int panel, int input, int column) {
        int row = column / ROW * STEP + input % STEP;
        int low = bits(lowPlane(panel, input), quantization.lowBits(), row, column % ROW);
        if (quantization.highBits() == 0) {
            return quantization.lowBits() == Byte.SIZE ? (byte) low : low;
        }
        int high = bits(highPlane(panel, input), quantization.highBits(), row, column % ROW);
        return low | high << quantization.lowBits();
    }

    /** The bits that a plane has of a code. */
    private int bits(int plane, int bits, int row, int column) {
        return codes[plane + (row & rows(bits) - 1) * ROW + column] >> shift(row, bits) & (1 << bits) - 1;
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
        float scale = HalfPrecision.fromFloat16(factors[factor + Matrix.halfColumn(column)]);
        return switch (quantization.groupBits()) {
            case 0 -> scale;
            case 4 -> scale * (groups[group + column] & 0xF);
            default -> scale * groups[group + column];
        };
    }

    private float minimum(int factor, int group, int column) {
        float minimum = HalfPrecision.fromFloat16(factors[factor + COLUMNS + Matrix.halfColumn(column)]);
        return switch (quantization.groupBits()) {
            case 0 -> minimum;
            case 4 -> minimum * (groups[group + column] >> 4 & 0xF);
            default -> minimum * groups[group + COLUMNS + column];
        };
    }

    boolean sameAs(QuantizedPanels other) {
        return quantization.equals(other.quantization)
                && Arrays.equals(codes, other.codes)
                && Arrays.equals(factors, other.factors)
                && Arrays.equals(groups, other.groups);
    }
}
