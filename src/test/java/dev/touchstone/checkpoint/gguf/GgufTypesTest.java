package dev.touchstone.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.QuantizedBlock;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The values of random blocks equal those of the Python package {@code gguf}, bit for bit. */
class GgufTypesTest {
    private static List<JsonNode> entries() {
        return StreamSupport.stream(Fixtures.json("gguf-types.json").spliterator(), false)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("entries")
    void valuesEqualThoseOfThePythonPackage(JsonNode entry) throws NoSuchAlgorithmException {
        GgufType type = GgufType.valueOf(entry.get("type").textValue());
        int blocks = entry.get("blocks").intValue();
        ByteBuffer bytes = random(entry.get("seed").longValue(), blocks * type.blockBytes());

        assertThat(digest(values(type, bytes, blocks)))
                .isEqualTo(entry.get("sha256").textValue());
    }

    /** Blocks that llama.cpp quantised have the values that llama.cpp's own code gives them. */
    @Test
    void valuesEqualThoseOfLlamaCpp() throws NoSuchAlgorithmException {
        Set<GgufType> types = EnumSet.noneOf(GgufType.class);
        for (JsonNode entry : Fixtures.json("gguf-llama-cpp.json")) {
            GgufType type = GgufType.valueOf(entry.get("type").textValue());
            ByteBuffer bytes = ByteBuffer.wrap(
                            HexFormat.of().parseHex(entry.get("blocks").textValue()))
                    .order(ByteOrder.LITTLE_ENDIAN);
            types.add(type);

            assertThat(digest(values(type, bytes, bytes.capacity() / type.blockBytes())))
                    .as("%s", type)
                    .isEqualTo(entry.get("sha256").textValue());
        }
        assertThat(types)
                .containsExactlyInAnyOrderElementsOf(GgufType.readable().stream()
                        .filter(type -> type.blockElements() > 1)
                        .toList());
    }

    /** F64 is the only readable type that the package does not convert; it is rounded. */
    @Test
    void everyReadableTypeIsCompared() {
        assertThat(entries().stream().map(entry -> entry.get("type").textValue()))
                .containsExactlyInAnyOrderElementsOf(GgufType.readable().stream()
                        .filter(type -> type != GgufType.F64)
                        .map(GgufType::name)
                        .toList());
    }

    /** Whole numbers of 6 bits take 8 in memory. */
    @Test
    void weightsTakeAtMost5PercentMoreMemoryThanTheirFile() {
        for (GgufType type : GgufType.readable()) {
            if (type.quantization() != null) {
                assertThat(8 * type.quantization().bytes())
                        .as(type.name())
                        .isBetween(type.bitsPerElement(), 1.05 * type.bitsPerElement());
                assertThat(8.0
                                * Matrix.zeros(type.quantization(), 768, 2304)
                                        .quantized()
                                        .size()
                                / (768 * 2304))
                        .as(type.name())
                        .isEqualTo(8 * type.quantization().bytes());
            }
        }
    }

    /** The formula is that of the OCP Microscaling Formats. */
    @Test
    void mxfp4IsExactForAllScales() {
        ByteBuffer block = ByteBuffer.allocate(GgufType.MXFP4.blockBytes());
        for (int i = 0; i < 16; i++) {
            block.put(1 + i, (byte) (i * 17));
        }
        double[] numbers = {0, 0.5, 1, 1.5, 2, 3, 4, 6};
        for (int exponent = 0; exponent < 256; exponent++) {
            float[] values = values(GgufType.MXFP4, block.put(0, (byte) exponent), 1);
            for (int i = 0; i < values.length; i++) {
                int code = i % 16;
                double expected = (code < 8 ? 1 : -1) * numbers[code % 8] * Math.pow(2, exponent - 127);
                assertThat((double) values[i])
                        .as("code %d, exponent %d", code, exponent)
                        .isEqualTo((double) (float) expected + 0.0);
            }
        }
    }

    @Test
    void f64IsRoundedToTheNearestFloat() {
        ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(0, 0.1);

        assertThat(GgufType.F64.plain().element(bytes, 0)).isEqualTo(0.1f);
    }

    private static float[] values(GgufType type, ByteBuffer bytes, int blocks) {
        float[] values = new float[blocks * type.blockElements()];
        QuantizedBlock block = type.quantization() == null ? null : new QuantizedBlock(type.quantization());
        float[] weights = new float[type.blockElements()];
        for (int b = 0; b < blocks; b++) {
            int from = b * type.blockBytes();
            if (type.quantization() == null) {
                values[b] = type.plain().element(bytes, from);
            } else {
                type.block().read(bytes, from, block, b % Matrix.PANEL);
                block.weights(b % Matrix.PANEL, weights);
                System.arraycopy(weights, 0, values, b * weights.length, weights.length);
            }
        }
        return values;
    }

    /** As {@code splitmix} in {@code python/touchstone/gguf_types.py}. */
    private static ByteBuffer random(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        ByteBuffer bytes = ByteBuffer.allocate((count + 7) / 8 * 8).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            bytes.putLong(random.nextLong());
        }
        return bytes;
    }

    /** NaNs differ in their bits from machine to machine, so all are counted as one. */
    private static String digest(float[] values) throws NoSuchAlgorithmException {
        ByteBuffer bits = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bits.putInt(Float.floatToIntBits(value));
        }
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bits.array()));
    }
}
