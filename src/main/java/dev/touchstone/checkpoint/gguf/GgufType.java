package dev.touchstone.checkpoint.gguf;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The element types of tensors, ggml's {@code ggml_type}. Elements are stored in blocks of a fixed number of elements and bytes.
 * A type without a {@link BlockFormat} can be listed, but not read.
 */
public enum GgufType {
    F32(0, 1, 4, BlockFormat::f32),
    F16(1, 1, 2, BlockFormat::f16),
    Q4_0(2, 32, 18, BlockFormat::q4Zero),
    Q4_1(3, 32, 20, BlockFormat::q4One),
    Q5_0(6, 32, 22, BlockFormat::q5Zero),
    Q5_1(7, 32, 24, BlockFormat::q5One),
    Q8_0(8, 32, 34, BlockFormat::q8Zero),
    Q8_1(9, 32, 40, null),
    Q2_K(10, 256, 84, KBlockFormat::q2),
    Q3_K(11, 256, 110, KBlockFormat::q3),
    Q4_K(12, 256, 144, KBlockFormat::q4),
    Q5_K(13, 256, 176, KBlockFormat::q5),
    Q6_K(14, 256, 210, KBlockFormat::q6),
    Q8_K(15, 256, 292, null),
    IQ2_XXS(16, 256, 66, null),
    IQ2_XS(17, 256, 74, null),
    IQ3_XXS(18, 256, 98, null),
    IQ1_S(19, 256, 50, null),
    IQ4_NL(20, 32, 18, BlockFormat::iq4Nl),
    IQ3_S(21, 256, 110, null),
    IQ2_S(22, 256, 82, null),
    IQ4_XS(23, 256, 136, KBlockFormat::iq4Xs),
    I8(24, 1, 1, null),
    I16(25, 1, 2, null),
    I32(26, 1, 4, null),
    I64(27, 1, 8, null),
    F64(28, 1, 8, BlockFormat::f64),
    IQ1_M(29, 256, 56, null),
    BF16(30, 1, 2, BlockFormat::bf16),
    TQ1_0(34, 256, 54, null),
    TQ2_0(35, 256, 66, null),
    MXFP4(39, 32, 17, null),
    NVFP4(40, 64, 36, null),
    Q1_0(41, 128, 18, null);

    private final int id;
    private final int blockElements;
    private final int blockBytes;
    private final BlockFormat format;

    GgufType(int id, int blockElements, int blockBytes, BlockFormat format) {
        this.id = id;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
        this.format = format;
    }

    /** The type with this number in a file; empty if there is none. */
    static Optional<GgufType> of(int id) {
        return Arrays.stream(values()).filter(type -> type.id == id).findFirst();
    }

    /** The types that can be read. */
    public static List<GgufType> readable() {
        return Arrays.stream(values()).filter(GgufType::isReadable).toList();
    }

    /** Whether elements can be read as floats. */
    public boolean isReadable() {
        return format != null;
    }

    /** The number of elements in a block. */
    public int blockElements() {
        return blockElements;
    }

    /** The number of bytes of a block. */
    public int blockBytes() {
        return blockBytes;
    }

    /** How to compute the elements of a block. */
    BlockFormat format() {
        return format;
    }
}
