package dev.touchstone.checkpoint.gguf;

import dev.touchstone.tensor.HalfPrecision;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Writes a small Llama with random weights as a GGUF file whose matrices are all of one type. */
public final class OneTypeModel {
    private static final int CHANNELS = 256;
    private static final int KEY_VALUES = 128;
    private static final int INNER = 256;
    private static final int VOCABULARY = 40;
    private static final float LARGEST = 0.1f;

    private OneTypeModel() {}

    /** Shapes with the rows first. */
    private static Map<String, int[]> tensors() {
        Map<String, int[]> shapes = new LinkedHashMap<>();
        shapes.put("token_embd.weight", new int[] {VOCABULARY, CHANNELS});
        shapes.put("output_norm.weight", new int[] {CHANNELS});
        shapes.put("output.weight", new int[] {VOCABULARY, CHANNELS});
        shapes.put("blk.0.attn_norm.weight", new int[] {CHANNELS});
        shapes.put("blk.0.attn_q.weight", new int[] {CHANNELS, CHANNELS});
        shapes.put("blk.0.attn_k.weight", new int[] {KEY_VALUES, CHANNELS});
        shapes.put("blk.0.attn_v.weight", new int[] {KEY_VALUES, CHANNELS});
        shapes.put("blk.0.attn_output.weight", new int[] {CHANNELS, CHANNELS});
        shapes.put("blk.0.ffn_norm.weight", new int[] {CHANNELS});
        shapes.put("blk.0.ffn_gate.weight", new int[] {INNER, CHANNELS});
        shapes.put("blk.0.ffn_up.weight", new int[] {INNER, CHANNELS});
        shapes.put("blk.0.ffn_down.weight", new int[] {CHANNELS, INNER});
        return shapes;
    }

    /** Writes the file. The weights depend on the type only. */
    public static void write(Path file, GgufType type) {
        Map<String, int[]> shapes = tensors();
        GgufBytes header = GgufBytes.header(3, shapes.size(), 9)
                .text("general.architecture", "llama")
                .number("llama.context_length", 100)
                .number("llama.embedding_length", CHANNELS)
                .number("llama.block_count", 1)
                .number("llama.feed_forward_length", INNER)
                .number("llama.attention.head_count", 4)
                .number("llama.attention.head_count_kv", 2)
                .decimal("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .decimal("llama.rope.freq_base", 10_000);
        SplittableRandom random = new SplittableRandom(type.name().hashCode());
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        shapes.forEach((name, shape) -> {
            GgufType stored = shape.length == 1 ? GgufType.F32 : type;
            long[] sizes = Arrays.stream(shape).asLongStream().toArray();
            header.tensor(name, stored, data.size(), reversed(sizes));
            int elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            data.writeBytes(shape.length == 1 ? gains(elements, random) : weights(stored, elements, random));
            data.writeBytes(new byte[(32 - data.size() % 32) % 32]);
        });
        try {
            Files.write(file, header.data(data.toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long[] reversed(long[] sizes) {
        return sizes.length == 1 ? sizes : new long[] {sizes[1], sizes[0]};
    }

    private static byte[] gains(int count, SplittableRandom random) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            bytes.putFloat(1 + value(random));
        }
        return bytes.array();
    }

    private static byte[] weights(GgufType type, int elements, SplittableRandom random) {
        int blocks = elements / type.blockElements();
        ByteBuffer bytes = ByteBuffer.allocate(blocks * type.blockBytes()).order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case F32 -> fill(elements, () -> bytes.putFloat(value(random)));
            case F64 -> fill(elements, () -> bytes.putDouble(value(random)));
            case F16 -> fill(elements, () -> bytes.putShort(HalfPrecision.toFloat16(value(random))));
            case BF16 -> fill(elements, () -> bytes.putShort(HalfPrecision.toBfloat16(value(random))));
            default -> {
                random.nextBytes(bytes.array());
                for (int block = 0; block < blocks; block++) {
                    if (type == GgufType.MXFP4) {
                        bytes.put(block * type.blockBytes(), (byte) (119 + random.nextInt(3)));
                        continue;
                    }
                    for (int place : scales(type)) {
                        float scale = scale(type) * (0.25f + 0.75f * (float) random.nextDouble());
                        bytes.putShort(block * type.blockBytes() + place, HalfPrecision.toFloat16(scale));
                    }
                }
            }
        }
        return bytes.array();
    }

    private static void fill(int count, Runnable put) {
        for (int i = 0; i < count; i++) {
            put.run();
        }
    }

    private static float value(SplittableRandom random) {
        return LARGEST * (float) (2 * random.nextDouble() - 1);
    }

    /** The places of the float16 numbers in a block. */
    private static List<Integer> scales(GgufType type) {
        return switch (type) {
            case Q4_1, Q5_1, Q4_K, Q5_K -> List.of(0, 2);
            case Q2_K -> List.of(80, 82);
            case Q3_K -> List.of(108);
            case Q6_K -> List.of(208);
            default -> List.of(0);
        };
    }

    /** The largest scale. Integers have up to 4, 5 or 8 bits; K types multiply them by another integer. */
    private static float scale(GgufType type) {
        return switch (type) {
            case Q4_0, Q4_1 -> LARGEST / 8;
            case Q5_0, Q5_1 -> LARGEST / 16;
            case Q8_0, IQ4_NL -> LARGEST / 127;
            case Q2_K -> LARGEST / 45;
            case Q3_K -> LARGEST / 128;
            case Q4_K -> LARGEST / 945;
            case Q5_K -> LARGEST / 1953;
            default -> LARGEST / 4064;
        };
    }
}
