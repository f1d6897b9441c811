package dev.touchstone.explain;

import dev.touchstone.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.zip.DeflaterOutputStream;

/** Many numbers in few characters, for a page to draw: a byte a number, deflated, in base64. */
final class Packed {
    private static final int FULL = 255;
    private static final int MOST = 127;

    private Packed() {}

    /** Weights from 0 to 1 as {@code 255 sqrt(weight)}: within 0.002 of the weight, the small ones closer. */
    static byte weight(double weight) {
        return (byte) Math.round(FULL * Math.sqrt(weight));
    }

    static double weight(byte packed) {
        double root = (packed & FULL) / (double) FULL;
        return root * root;
    }

    /** Attention as triangles, head by head and row by row: row t has the weights of keys 0 to t. (H, T, T) */
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

    /** Numbers as {@code 127 x / scale}, row by row. */
    static String signed(Tensor values, float scale) {
        byte[] bytes = new byte[values.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.round(scale == 0 ? 0 : MOST * values.data()[i] / scale);
        }
        return text(bytes);
    }

    static String text(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream stream = new DeflaterOutputStream(packed)) {
            stream.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // there is no device
        }
        return Base64.getEncoder().encodeToString(packed.toByteArray());
    }
}
