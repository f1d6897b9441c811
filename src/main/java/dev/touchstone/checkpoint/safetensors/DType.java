package dev.touchstone.checkpoint.safetensors;

/** The element types that a safetensors header may name, spelt as there; {@link Elements} reads some of them. */
public enum DType {
    BOOL(8),
    F4(4),
    F6_E2M3(6),
    F6_E3M2(6),
    U8(8),
    I8(8),
    F8_E5M2(8),
    F8_E4M3(8),
    F8_E8M0(8),
    F8_E4M3FNUZ(8),
    F8_E5M2FNUZ(8),
    I16(16),
    U16(16),
    F16(16),
    BF16(16),
    I32(32),
    U32(32),
    F32(32),
    C64(64),
    F64(64),
    I64(64),
    U64(64);

    private final int bits;

    DType(int bits) {
        this.bits = bits;
    }

    /** The size of one element; types of less than a byte are packed. */
    int bits() {
        return bits;
    }

    /** Whether elements are floats that {@link SafetensorsTensor#floats} can read. */
    public boolean isFloat() {
        return this == F64 || this == F32 || this == F16 || this == BF16;
    }

    /** Whether elements are whole numbers that {@link SafetensorsTensor#longs} can read. */
    public boolean isInteger() {
        return this == I64 || this == I32 || this == I16 || this == I8 || this == U8 || this == BOOL;
    }
}
