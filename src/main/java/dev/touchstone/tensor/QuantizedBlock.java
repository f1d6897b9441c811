package dev.touchstone.tensor;

/**
 * A block of quantised weights of up to {@value Matrix#PANEL} outputs, one beside the other. {@link Quantization} says what the numbers
 * mean.
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

    public Quantization quantization() {
        return quantization;
    }

    /** The codes, not a copy: those of input {@code i} from index {@code 64 i} on. */
    public byte[] codes() {
        return codes;
    }

    /** The float16 factors of the scales by output, not a copy. */
    public short[] factors() {
        return factors;
    }

    /** The float16 factors of the minima by output, not a copy. */
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

    /** Whether all scales and minima are finite. */
    public boolean isFinite() {
        return HalfPrecision.areFinite(factors, COLUMNS, HalfPrecision.FLOAT16_EXPONENT)
                && HalfPrecision.areFinite(minimumFactors, COLUMNS, HalfPrecision.FLOAT16_EXPONENT);
    }

    /** Computes the weights of an output. */
    public void weights(int column, float[] to) {
        float factor = HalfPrecision.fromFloat16(factors[column]);
        float minimumFactor = HalfPrecision.fromFloat16(minimumFactors[column]);
        boolean grouped = quantization.groupBits() > 0;
        for (int i = 0; i < quantization.block(); i++) {
            int group = i / quantization.group() * COLUMNS + column;
            float scale = grouped ? factor * scales[group] : factor;
            float product = scale * quantization.value(codes[i * COLUMNS + column]);
            float minimum = grouped ? minimumFactor * minima[group] : minimumFactor;
            to[i] = quantization.hasMinima() ? product - minimum : product;
        }
    }
}
