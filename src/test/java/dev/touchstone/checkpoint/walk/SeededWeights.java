package dev.touchstone.checkpoint.walk;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.touchstone.checkpoint.safetensors.SafetensorsWriter;
import dev.touchstone.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/** Weights that follow from the name and the shape of each tensor, by the formula of {@code python/touchstone/config_walk.py}. */
final class SeededWeights {
    private static final long MASK = 0xFFFF_FFFFL;

    private SeededWeights() {}

    /** Writes tensors of these shapes to a safetensors file. */
    static void write(Map<String, int[]> shapes, Path file) {
        SafetensorsWriter writer = new SafetensorsWriter();
        shapes.forEach((name, shape) -> writer.add(name, tensor(name, shape)));
        writer.write(file);
    }

    private static Tensor tensor(String name, int... shape) {
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(UTF_8));
        boolean gain = shape.length == 1 && name.endsWith(".weight");
        float[] data = new float[IntStream.of(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) (mixed(i * 0x9E37_79B1L + crc.getValue()) / 0x1p32 - 0.5 + (gain ? 1 : 0));
        }
        return Tensor.of(data, shape);
    }

    /** A hash of 32 bits. */
    private static long mixed(long seed) {
        long x = seed & MASK;
        x = (x ^ x >>> 16) * 0x7FEB_352DL & MASK;
        x = (x ^ x >>> 15) * 0x846C_A68BL & MASK;
        return x ^ x >>> 16;
    }
}
