package dev.touchstone.checkpoint.gguf;

import dev.touchstone.tensor.HalfPrecision;
import dev.touchstone.tensor.Quantization;
import dev.touchstone.tensor.Quantization.Table;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The element types of tensors, ggml's {@code ggml_type}. Elements are stored in blocks of a fixed number of elements and bytes. Some
 * types can be listed, but not read.
 */
public enum GgufType {
    F32(0, 4, ByteBuffer::getFloat),
    F16(1, 2, BlockFormat::half),
    Q4_0(2, 32, 18, Quantization.of(32, 32, 4, 0), BlockFormat::q4Zero),
    Q4_1(3, 32, 20, Quantization.of(32, 32, 4, 0).withMinima(), BlockFormat::q4One),
    Q5_0(6, 32, 22, Quantization.of(32, 32, 4, 1), BlockFormat::q5Zero),
    Q5_1(7, 32, 24, Quantization.of(32, 32, 4, 1).withMinima(), BlockFormat::q5One),
    Q8_0(8, 32, 34, Quantization.of(32, 32, 8, 0), BlockFormat::q8Zero),
    Q8_1(9, 32, 40),
    Q2_K(10, 256, 84, Quantization.of(256, 16, 2, 0).withMinima().withGroupBits(4), KBlockFormat::q2),
    Q3_K(11, 256, 110, Quantization.of(256, 16, 2, 1).withGroupBits(8), KBlockFormat::q3),
    Q4_K(12, 256, 144, Quantization.of(256, 32, 4, 0).withMinima().withGroupBits(8), KBlockFormat::q4),
    Q5_K(13, 256, 176, Quantization.of(256, 32, 4, 1).withMinima().withGroupBits(8), KBlockFormat::q5),
    Q6_K(14, 256, 210, Quantization.of(256, 16, 4, 2).withGroupBits(8), KBlockFormat::q6),
    Q8_K(15, 256, 292),
    IQ2_XXS(16, 256, 66),
    IQ2_XS(17, 256, 74),
    IQ3_XXS(18, 256, 98),
    IQ1_S(19, 256, 50),
    IQ4_NL(20, 32, 18, Quantization.of(32, 32, 4, 0).with(Table.NORMAL), BlockFormat::iq4Nl),
    IQ3_S(21, 256, 110),
    IQ2_S(22, 256, 82),
    IQ4_XS(23, 256, 136, Quantization.of(256, 32, 4, 0).with(Table.NORMAL).withGroupBits(8), KBlockFormat::iq4Xs),
    I8(24, 1, 1),
    I16(25, 1, 2),
    I32(26, 1, 4),
    I64(27, 1, 8),
    F64(28, 8, (bytes, from) -> (float) bytes.getDouble(from)),
    IQ1_M(29, 256, 56),
    BF16(30, 2, (bytes, from) -> HalfPrecision.fromBfloat16(bytes.getShort(from))),
    TQ1_0(34, 256, 54),
    TQ2_0(35, 256, 66),
    MXFP4(39, 32, 17, Quantization.of(32, 32, 4, 0).with(Table.FLOAT4).withGroupBits(8), BlockFormat::mxfp4),
    NVFP4(40, 64, 36),
    Q1_0(41, 128, 18);

    private final int id;
    private final int blockElements;
    private final int blockBytes;
    private final Quantization quantization;
    private final BlockFormat block;
    private final PlainFormat plain;

    GgufType(
            int id,
            int blockElements,
            int blockBytes,
            Quantization quantization,
            BlockFormat block,
            PlainFormat plain) {
        this.id = id;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
        this.quantization = quantization;
        this.block = block;
        this.plain = plain;
    }

    /** A type that cannot be read. */
    GgufType(int id, int blockElements, int blockBytes) {
        this(id, blockElements, blockBytes, null, null, null);
    }

    /** A quantised type. */
    GgufType(int id, int blockElements, int blockBytes, Quantization quantization, BlockFormat block) {
        this(id, blockElements, blockBytes, quantization, block, null);
    }

    /** A type whose elements are stored one by one. */
    GgufType(int id, int bytes, PlainFormat plain) {
        this(id, 1, bytes, null, null, plain);
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
        return plain != null || block != null;
    }

    /** How elements are quantised in memory; null if they are stored one by one, or cannot be read. */
    public Quantization quantization() {
        return quantization;
    }

    /** The number of elements in a block. */
    public int blockElements() {
        return blockElements;
    }

    /** The number of bytes of a block. */
    public int blockBytes() {
        return blockBytes;
    }

    /** The mean number of bits of an element, scales included. */
    public double bitsPerElement() {
        return 8.0 * blockBytes / blockElements;
    }

    /** How to read a block; null unless the type is quantised. */
    BlockFormat block() {
        return block;
    }

    /** How to read an element; null unless elements are stored one by one. */
    PlainFormat plain() {
        return plain;
    }
}
