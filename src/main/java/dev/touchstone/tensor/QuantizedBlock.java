package dev.touchstone.tensor;

/**
 * A block of quantised weights of up to {@value Matrix#PANEL} outputs, one beside the other, in the order of {@link #place}.
 * {@link Quantization} says what the numbers mean.
 */
public final class QuantizedBlock {
    private static final int COLUMNS = Matrix.PANEL;

    private final Quantization quantization;
    private final byte[] codes;
    private final short[] factors = new short[COLUMNS];
    private final short[] minimumFactors = new short[COLUMNS];
    private final byte[] scales;
    private final byte[] minima;

    /** A block of zeros. */
    public QuantizedBlock(Quantization quantization) {
        this.quantization = quantization;
        int groups = quantization.block() / quantization.group();
        this.codes = new byte[quantization.block() * COLUMNS];
        this.scales = new byte[groups * COLUMNS];
        this.minima = new byte[groups * COLUMNS];
    }

    /** The index of an output in a row of 64 numbers: outputs {@code o}, {@code o + 16}, {@code o + 32} and {@code o + 48} are neighbours. */
    public static int place(int output) {
        return output % 16 * 4 + output / 16;
    }

    public Quantization quantization() {
        return quantization;
    }

    /** The codes, not a copy: those of input {@code i} from index {@code 64 i} on. Unsigned. */
    public byte[] codes() {
        return codes;
    }

    /** The float16 factors of the scales, not a copy. */
    public short[] factors() {
        return factors;
    }

    /** The float16 factors of the minima, not a copy. */
    public short[] minimumFactors() {
        return minimumFactors;
    }

    /** The whole numbers of the scales, not a copy: those of group {@code g} from index {@code 64 g} on. Signed. */
    public byte[] scales() {
        return scales;
    }

    /** The whole numbers of the minima, like {@link #scales}. */
    public byte[] minima() {
        return minima;
    }

    /** Whether all weights are certainly finite. */
    public boolean isFinite() {
        return quantization.hasExponents()
                ? exponentsAreSmall()
                : HalfPrecision.areFinite(factors, COLUMNS, HalfPrecision.FLOAT16_EXPONENT)
                        && HalfPrecision.areFinite(minimumFactors, COLUMNS, HalfPrecision.FLOAT16_EXPONENT);
    }

    /** Whether 16 times each power of two is finite, which is more than any element of a table. */
    private boolean exponentsAreSmall() {
        boolean small = true;
        for (byte number : scales) {
            small &= (number & 0xFF) < 252;
        }
        return small;
    }

    /** Computes the weights of the output at a place. */
    public void weights(int place, float[] to) {
        float factor = HalfPrecision.fromFloat16(factors[place]);
        float minimumFactor = HalfPrecision.fromFloat16(minimumFactors[place]);
        boolean grouped = quantization.groupBits() > 0;
        for (int i = 0; i < quantization.block(); i++) {
            int group = i / quantization.group() * COLUMNS + place;
            float scale = quantization.hasExponents()
                    ? Quantization.power(scales[group])
                    : grouped ? factor * scales[group] : factor;
            float product = scale * quantization.value(codes[i * COLUMNS + place] & 0xFF);
            float minimum = grouped ? minimumFactor * minima[group] : minimumFactor;
            to[i] = quantization.hasMinima() ? product - minimum : product;
        }
    }
}
