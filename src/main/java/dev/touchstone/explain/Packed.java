package dev.touchstone.explain;

import dev.touchstone.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.zip.DeflaterOutputStream;

/** Compresses tensors for a page: one byte per number, deflated, in base64. */
final class Packed {
    private static final int MAX_WEIGHT = 255;
    private static final int MAX_SIGNED = 127;
    static final int STEPS = 65_535;

    private Packed() {}

    /** Weights from 0 to 1 as {@code 255 sqrt(weight)}: the error is at most 0.002, and less for small weights. */
    static byte weight(double weight) {
        return (byte) Math.round(MAX_WEIGHT * Math.sqrt(weight));
    }

    static double weight(byte packed) {
        double root = (packed & MAX_WEIGHT) / (double) MAX_WEIGHT;
        return root * root;
    }

    /** The lower triangles of attention weights, head by head and row by row: row t has the weights of keys 0 to t. (H, T, T) */
    static String triangles(Tensor probs) {
        int heads = probs.size(0);
        int tokens = probs.size(1);
        byte[] bytes = new byte[heads * (tokens * (tokens + 1) / 2)];
        int at = 0;
        for (int row = 0; row < heads * tokens; row++) {
            for (int key = 0; key <= row % tokens; key++) {
                bytes[at++] = weight(probs.at(row, key));
            }
        }
        return text(bytes);
    }

    /** Numbers as signed bytes, {@code 127 x / scale}, row by row. */
    static String signed(Tensor values, float scale) {
        byte[] bytes = new byte[values.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.round(scale == 0 ? 0 : MAX_SIGNED * values.data()[i] / scale);
        }
        return text(bytes);
    }

    /**
     * Numbers in descending order, as steps from the one before: {@code STEPS} steps are the distance of the first from the last. A
     * number of steps is written as LEB128, seven bits a byte, the lowest first.
     */
    static String descending(float[] sorted) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        float range = sorted[0] - sorted[sorted.length - 1];
        int before = 0;
        for (float value : sorted) {
            int at = range == 0 ? 0 : Math.round(STEPS * ((sorted[0] - value) / range));
            int step = at - before;
            while (step >= 0x80) {
                bytes.write(step & 0x7F | 0x80);
                step >>>= 7;
            }
            bytes.write(step);
            before = at;
        }
        return text(bytes.toByteArray());
    }

    static String text(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream stream = new DeflaterOutputStream(packed)) {
            stream.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a byte array does no I/O
        }
        return Base64.getEncoder().encodeToString(packed.toByteArray());
    }
}
