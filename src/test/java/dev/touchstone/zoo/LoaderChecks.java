package dev.touchstone.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.checkpoint.safetensors.Safetensors;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Checks of readers of half floats and of safetensors. */
final class LoaderChecks {
    /** A half float as a float. */
    @FunctionalInterface
    interface Widening {
        float of(short bits);
    }

    static final Check<Widening> BF16 =
            new Check<>("all 65,536 BF16 numbers have the value that the format defines", widening -> {
                for (int bits = 0; bits < 1 << 16; bits++) {
                    same(widening.of((short) bits), value(bits, 8, 7), bits);
                }
            });

    static final Check<Widening> F16 =
            new Check<>("all 65,536 F16 numbers have the value that the format defines", widening -> {
                for (int bits = 0; bits < 1 << 16; bits++) {
                    same(widening.of((short) bits), value(bits, 5, 10), bits);
                }
            });

    static final Check<Function<byte[], float[]>> GOOD = new Check<>(
            "a valid file is read",
            reader -> assertThat(reader.apply(file(header(0, 8, ""), 8))).containsExactly(1, 2));

    static final Check<Function<byte[], float[]>> TRUNCATED =
            refused("a truncated file is refused", file(header(0, 8, ""), 4), "truncated");

    static final Check<Function<byte[], float[]>> OUTSIDE =
            refused("offsets outside the file are refused", file(header(4, 12, ""), 8), "begins at byte 4");

    static final Check<Function<byte[], float[]>> OVERLAPPING = refused(
            "tensors that overlap are refused",
            file(header(0, 8, ",\"y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}"), 8),
            "overlap");

    static final Check<Function<byte[], float[]>> TWICE = refused(
            "a duplicate name is refused",
            file(header(0, 8, "," + header(0, 8, "").replaceAll("^\\{|\\}$", "")), 8),
            "x");

    static final Check<Function<byte[], float[]>> HUGE =
            refused("a header of 2^62 bytes is refused", huge(), "4611686018427387904");

    static final List<Check<Function<byte[], float[]>>> FILES =
            List.of(GOOD, TRUNCATED, OUTSIDE, OVERLAPPING, TWICE, HUGE);

    private LoaderChecks() {}

    /** The value of bits by the definition of IEEE 754. */
    private static double value(int bits, int exponentBits, int fractionBits) {
        int bias = (1 << exponentBits - 1) - 1;
        int exponent = bits >> fractionBits & (1 << exponentBits) - 1;
        double fraction = (bits & (1 << fractionBits) - 1) / (double) (1 << fractionBits);
        double magnitude = exponent == (1 << exponentBits) - 1
                ? fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN
                : exponent == 0 ? fraction * Math.pow(2, 1 - bias) : (1 + fraction) * Math.pow(2, exponent - bias);
        return bits >> 15 == 0 ? magnitude : -magnitude;
    }

    private static void same(float actual, double expected, int bits) {
        if (Double.compare(actual, expected) != 0) {
            throw new AssertionError(String.format("0x%04X is %s, expected %s", bits, actual, expected));
        }
    }

    private static Check<Function<byte[], float[]>> refused(String name, byte[] file, String message) {
        return new Check<>(
                name,
                reader -> assertThatThrownBy(() -> reader.apply(file))
                        .isInstanceOf(TouchstoneException.class)
                        .hasMessageContaining(message));
    }

    private static String header(int begin, int end, String more) {
        return "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[" + begin + "," + end + "]}" + more + "}";
    }

    /** A file: the length of the header, the header, and the first bytes of the floats 1, 2. */
    private static byte[] file(String header, int data) {
        byte[] text = header.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + 8).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(text.length).put(text).putFloat(1).putFloat(2);
        return Arrays.copyOf(bytes.array(), 8 + text.length + data);
    }

    private static byte[] huge() {
        byte[] file = file(header(0, 8, ""), 8);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 1L << 62);
        return file;
    }

    /** Reads the tensor x of a file with these bytes. */
    static float[] read(byte[] bytes) {
        try {
            Path file = Files.createTempFile("zoo", ".safetensors");
            try {
                Files.write(file, bytes);
                try (Safetensors tensors = Safetensors.open(file)) {
                    return tensors.get("x").floats().data();
                }
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
