package dev.touchstone.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.safetensors.DType;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Block;
import dev.touchstone.model.Experts;
import dev.touchstone.model.MixtureOfExperts;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.Json;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.StoredTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tiny GGUF files of each architecture, with all types of weights, are the models that Hugging Face makes of them. */
class GgufModelTest {
    private static Stream<String> models() {
        return Fixtures.ggufModels().stream();
    }

    @ParameterizedTest
    @MethodSource("models")
    void tensorsEqualTheDequantizedOnesBitForBit(String model) throws NoSuchAlgorithmException {
        Map<String, String> digests = new TreeMap<>();
        try (GgufFolder folder = GgufFolder.open(file(model))) {
            for (StoredTensor tensor : folder.all()) {
                digests.put(tensor.name(), digest(tensor));
            }
        }
        Map<String, String> expected = new TreeMap<>();
        json(model)
                .get("tensors")
                .properties()
                .forEach(entry -> expected.put(entry.getKey(), entry.getValue().textValue()));

        assertThat(digests).isEqualTo(expected);
    }

    /** Every field that {@code config.json} gets has the value of Hugging Face's configuration. */
    @ParameterizedTest
    @MethodSource("models")
    void configurationEqualsHuggingFaces(String model) {
        JsonNode expected = json(model).get("config");
        try (GgufFolder folder = GgufFolder.open(file(model))) {
            JsonNode config =
                    Json.value("config.json", new String(folder.bytes("config.json"), StandardCharsets.UTF_8));
            config.properties().forEach(field -> {
                if (!field.getKey().equals("architectures")) {
                    assertEqual(field.getKey(), field.getValue(), expected.path(field.getKey()));
                }
            });
            assertThat(config.path("architectures").get(0))
                    .isEqualTo(json(model).get("class"));
        }
    }

    /** So 0.001 in float32 is 0.001 in the configuration, and not the nearest float32 number. */
    @ParameterizedTest
    @MethodSource("models")
    void theObjectOfAFileIsThatOfItsText(String model) {
        try (GgufFolder folder = GgufFolder.open(file(model))) {
            JsonNode parsed =
                    Json.value("config.json", new String(folder.bytes("config.json"), StandardCharsets.UTF_8));

            assertThat(folder.json("config.json", "config.json").json()).isEqualTo(parsed);
        }
    }

    /** Numbers of the file are float32. */
    private static void assertEqual(String name, JsonNode found, JsonNode expected) {
        if (found.isObject()) {
            found.properties()
                    .forEach(field ->
                            assertEqual(name + "." + field.getKey(), field.getValue(), expected.path(field.getKey())));
        } else if (found.isNumber()) {
            assertThat(found.floatValue()).as(name).isEqualTo(expected.floatValue());
        } else {
            assertThat(found.toString()).as(name).isEqualTo(expected.toString());
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void logitsAreThoseOfHuggingFace(String model) {
        JsonNode expected = json(model).get("logits");
        Tensor logits = logits(model, Checkpoint.load(file(model)).transformer());
        double largest = 0;
        double error = 0;
        for (int t = 0; t < logits.rows(); t++) {
            for (int v = 0; v < logits.size(-1); v++) {
                largest = Math.max(largest, Math.abs(expected.get(t).get(v).doubleValue()));
                error = Math.max(
                        error, Math.abs(logits.at(t, v) - expected.get(t).get(v).doubleValue()));
            }
        }

        assertThat(largest).isGreaterThan(0.1);
        assertThat(error / largest).isCloseTo(0, within(1e-5));
    }

    @ParameterizedTest
    @MethodSource("models")
    void theDequantizedFolderGivesTheSameBits(String model, @TempDir Path temporary) {
        Path folder = temporary.resolve("model");
        try (GgufFolder gguf = GgufFolder.open(file(model))) {
            gguf.write(folder, DType.F32);
        }

        assertThat(bits(logits(model, Checkpoint.load(folder).transformer())))
                .isEqualTo(bits(logits(model, Checkpoint.load(file(model)).transformer())));
        assertThatThrownBy(() -> {
                    try (GgufFolder gguf = GgufFolder.open(file(model))) {
                        gguf.write(folder, DType.F32);
                    }
                })
                .isInstanceOf(TouchstoneException.class)
                .hasMessage(folder + " is not empty; expected a new folder, or an empty one");
    }

    @ParameterizedTest
    @MethodSource("models")
    void aFolderWithOneFileIsThatModel(String model, @TempDir Path folder) throws Exception {
        Files.copy(file(model), folder.resolve("model.gguf"));

        assertThat(bits(logits(model, Checkpoint.load(folder).transformer())))
                .isEqualTo(bits(logits(model, Checkpoint.load(file(model)).transformer())));
        Files.copy(file(model), folder.resolve("other.gguf"));
        assertThatThrownBy(() -> Checkpoint.load(folder))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage(folder + " holds several GGUF models; pass one of the files: [model.gguf, other.gguf]");
    }

    /** Although Hugging Face's names are those of single experts, of joined projections, or of transposed ones. */
    @ParameterizedTest
    @ValueSource(strings = {"mixtral", "qwen2moe", "qwen3moe", "granitemoe", "gpt-oss", "deepseek2", "llama4"})
    void expertsKeepTheTypeOfTheirTensorInMemory(String model) {
        List<Block> blocks = Checkpoint.load(file(model)).transformer().blocks();
        Set<Matrix.Type> types = EnumSet.noneOf(Matrix.Type.class);
        try (Gguf gguf = Gguf.open(file(model))) {
            for (int i = 0; i < blocks.size(); i++) {
                String layer = "blk." + i + ".ffn_";
                if (!(blocks.get(i).mlp() instanceof MixtureOfExperts mixture)) {
                    continue;
                }
                Experts experts = mixture.experts();
                Map.of("gate", experts.gate(), "up", experts.up(), "down", experts.down())
                        .forEach((name, projection) -> {
                            GgufTensor tensor = gguf.tensors().get(layer + name + "_exps.weight");
                            types.add(tensor.matrixType());
                            for (Matrix matrix : projection.weights()) {
                                assertThat(matrix.type()).as(layer + name).isEqualTo(tensor.matrixType());
                            }
                        });
            }
        }
        assertThat(types).contains(Matrix.Type.QUANTIZED);
    }

    private static Path file(String model) {
        return Fixtures.gguf(model);
    }

    private static JsonNode json(String model) {
        return Fixtures.json("gguf-" + model + ".json");
    }

    private static Tensor logits(String model, Transformer transformer) {
        int[] ids = new int[json(model).get("ids").size()];
        Arrays.setAll(ids, i -> json(model).get("ids").get(i).intValue());
        return transformer.forward(ids, new ScalarKernels(), Trace.OFF);
    }

    private static int[] bits(Tensor tensor) {
        int[] bits = new int[tensor.size()];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(tensor.data()[i]));
        return bits;
    }

    /** Reads in pieces that do not end where blocks and rows do. */
    private static String digest(StoredTensor tensor) throws NoSuchAlgorithmException {
        int elements = Arrays.stream(tensor.shape()).reduce(1, (a, b) -> a * b);
        float[] values = new float[elements];
        int piece = 77;
        StoredTensor.Reader reader = tensor.reader(piece);
        for (int at = 0; at < elements; at += piece) {
            reader.floats(at, Math.min(piece, elements - at), values, at);
        }
        ByteBuffer bytes = ByteBuffer.allocate(4 * elements).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    }
}
