package dev.touchstone.checkpoint.safetensors;

import dev.touchstone.tensor.HalfPrecision;
import java.nio.ByteBuffer;

/** Converts elements of a safetensors file, which are little-endian, to numbers of Java. */
final class Elements {
    private Elements() {}

    /** All of {@code bytes} into {@code to}, from index {@code at} on. F64 is rounded to the nearest float; the rest is exact. */
    static void floats(DType type, ByteBuffer bytes, float[] to, int at) {
        int count = bytes.remaining() * 8 / type.bits();
        switch (type) {
            case F32 -> bytes.asFloatBuffer().get(to, at, count);
            case F64 -> {
                double[] doubles = new double[count];
                bytes.asDoubleBuffer().get(doubles);
                for (int i = 0; i < count; i++) {
                    to[at + i] = (float) doubles[i];
                }
            }
            case F16 -> {
                short[] halves = shorts(bytes, count);
                for (int i = 0; i < count; i++) {
                    to[at + i] = HalfPrecision.fromFloat16(halves[i]);
                }
            }
            case BF16 -> {
                short[] halves = shorts(bytes, count);
                for (int i = 0; i < count; i++) {
                    to[at + i] = HalfPrecision.fromBfloat16(halves[i]);
                }
            }
            default -> throw new IllegalArgumentException(type + " is not a type of floats");
        }
    }

    /** All of {@code bytes}, exactly. */
    static void doubles(DType type, ByteBuffer bytes, double[] to, int at) {
        int count = bytes.remaining() * 8 / type.bits();
        if (type == DType.F64) {
            bytes.asDoubleBuffer().get(to, at, count);
            return;
        }
        float[] floats = new float[count];
        floats(type, bytes, floats, 0);
        for (int i = 0; i < count; i++) {
            to[at + i] = floats[i];
        }
    }

    /** All of {@code bytes}, exactly; false is 0 and true is 1. */
    static void longs(DType type, ByteBuffer bytes, long[] to, int at) {
        int count = bytes.remaining() * 8 / type.bits();
        for (int i = 0; i < count; i++) {
            to[at + i] = switch (type) {
                case I64 -> bytes.getLong();
                case I32 -> bytes.getInt();
                case I16 -> bytes.getShort();
                case I8 -> bytes.get();
                case U8, BOOL -> bytes.get() & 0xFF;
                default -> throw new IllegalArgumentException(type + " is not a type of integers");
            };
        }
    }

    /** All of {@code bytes}, as the bits they are. */
    static short[] shorts(ByteBuffer bytes, int count) {
        short[] shorts = new short[count];
        bytes.asShortBuffer().get(shorts);
        return shorts;
    }
}
