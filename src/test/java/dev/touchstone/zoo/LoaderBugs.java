package dev.touchstone.zoo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.tensor.HalfPrecision;
import dev.touchstone.zoo.LoaderChecks.Widening;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** W6 and W8: half floats read in the wrong format, and a reader that does not validate the header. */
final class LoaderBugs {
    static final List<Bug<Widening>> BF16 = List.of(
            new Bug<>("W6", "bf16 read as fp16", "llama3.java 1e13c07", HalfPrecision::fromFloat16, LoaderChecks.BF16),
            new Bug<>(
                    "W6",
                    "bf16 read without its sign",
                    "",
                    bits -> Math.abs(HalfPrecision.fromBfloat16(bits)),
                    LoaderChecks.BF16),
            new Bug<>("W6", "bf16 -0 read as 0", "", bits -> HalfPrecision.fromBfloat16(bits) + 0f, LoaderChecks.BF16),
            new Bug<>(
                    "W6",
                    "bf16 denormals flushed to 0",
                    "tinygrad#3310",
                    bits -> flushed(HalfPrecision.fromBfloat16(bits), Float.MIN_NORMAL),
                    LoaderChecks.BF16));

    static final List<Bug<Widening>> F16 = List.of(
            new Bug<>("W6", "fp16 read as bf16", "llama3.java 1e13c07", HalfPrecision::fromBfloat16, LoaderChecks.F16),
            new Bug<>(
                    "W6",
                    "fp16 denormals flushed to 0",
                    "tinygrad#3310",
                    bits -> flushed(HalfPrecision.fromFloat16(bits), 0x1p-14f),
                    LoaderChecks.F16),
            new Bug<>(
                    "W6",
                    "fp16 denormals read as normal numbers",
                    "",
                    bits -> {
                        float normal = Float.intBitsToFloat(((bits & 0x7FFF) << 13) + (112 << 23));
                        return (bits & 0x7C00) == 0 && (bits & 0x3FF) != 0
                                ? Math.copySign(normal, bits < 0 ? -1f : 1f)
                                : HalfPrecision.fromFloat16(bits);
                    },
                    LoaderChecks.F16),
            new Bug<>(
                    "W6",
                    "fp16 infinity read as 65536",
                    "tinygrad#3310",
                    bits -> {
                        float value = HalfPrecision.fromFloat16(bits);
                        return Float.isInfinite(value) ? Math.copySign(65536, value) : value;
                    },
                    LoaderChecks.F16),
            new Bug<>(
                    "W6",
                    "fp16 NaN read as infinity",
                    "tinygrad#3310",
                    bits -> {
                        float value = HalfPrecision.fromFloat16(bits);
                        return Float.isNaN(value) ? Float.POSITIVE_INFINITY : value;
                    },
                    LoaderChecks.F16),
            new Bug<>(
                    "W6",
                    "fp16 read with its bytes swapped",
                    "",
                    bits -> HalfPrecision.fromFloat16(Short.reverseBytes(bits)),
                    LoaderChecks.F16));

    static final List<Bug<Function<byte[], float[]>>> FILES = List.of(
            new Bug<>(
                    "W8",
                    "missing bytes at the end of a file read as zeros",
                    "safetensors#321",
                    naive(false),
                    LoaderChecks.TRUNCATED),
            new Bug<>(
                    "W8",
                    "data past the end of the file read as zeros",
                    "safetensors#321",
                    naive(false),
                    LoaderChecks.OUTSIDE),
            new Bug<>("W8", "overlapping tensors accepted", "safetensors#448", naive(false), LoaderChecks.OVERLAPPING),
            new Bug<>(
                    "W8",
                    "of two tensors with the same name the last is used",
                    "safetensors#448",
                    naive(false),
                    LoaderChecks.TWICE),
            new Bug<>("W7", "the header's length cast to int", "llama3.java dc7c316", naive(true), LoaderChecks.HUGE),
            new Bug<>("W6", "floats read as big-endian", "", naive(true), LoaderChecks.GOOD));

    private LoaderBugs() {}

    private static float flushed(float value, float least) {
        return Math.abs(value) < least ? Math.copySign(0, value) : value;
    }

    /** Reads the tensor x without any validation. */
    private static Function<byte[], float[]> naive(boolean otherOrder) {
        return file -> {
            try {
                ByteBuffer bytes =
                        ByteBuffer.wrap(Arrays.copyOf(file, file.length + 64)).order(ByteOrder.LITTLE_ENDIAN);
                int length = (int) bytes.getLong();
                JsonNode header = new ObjectMapper()
                        .readTree(length == 0 ? "{}" : new String(file, 8, length, StandardCharsets.UTF_8));
                float[] x = new float[2];
                int begin = 8 + length + header.at("/x/data_offsets/0").asInt();
                bytes.order(otherOrder ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN)
                        .position(begin)
                        .asFloatBuffer()
                        .get(x);
                return x;
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException(e);
            }
        };
    }
}
