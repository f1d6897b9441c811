package dev.touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.checkpoint.safetensors.Safetensors;
import dev.touchstone.checkpoint.safetensors.SafetensorsWriter;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.weights.ReadOptions;
import dev.touchstone.weights.WeightType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests files that Hugging Face's libraries wrote. */
class HuggingFaceFilesTest {
    private static final Path FIXTURES =
            Path.of(System.getProperty("touchstone.basedir", ".")).resolve("fixtures");

    @TempDir
    private Path folder;

    /** F32 without prefix but with mask buffers; BF16 with prefix and untied head in two shards; F16; goldens in F32, F64, I64. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tiny-gpt2/model.safetensors",
                "tiny-gpt2-variant/model-00001-of-00002.safetensors",
                "tiny-gpt2-variant/model-00002-of-00002.safetensors",
                "exercise/model.safetensors",
                "storyteller/model.safetensors",
                "tiny-gpt2/goldens/text.safetensors"
            })
    void writingTheirTensorsGivesTheSameData(String name) throws IOException {
        Path original = FIXTURES.resolve(name);
        Path copy = folder.resolve("copy.safetensors");
        SafetensorsWriter writer = new SafetensorsWriter();
        try (Safetensors file = Safetensors.open(original)) {
            file.metadata().forEach(writer::metadata);
            for (String tensor : file.names()) {
                switch (file.get(tensor).dtype()) {
                    case F64 ->
                        writer.add(
                                tensor,
                                file.get(tensor).doubles(),
                                file.get(tensor).shape());
                    case I64 ->
                        writer.add(
                                tensor,
                                file.get(tensor).ints(),
                                file.get(tensor).shape());
                    default ->
                        writer.add(
                                tensor,
                                file.get(tensor).dtype(),
                                file.get(tensor).floats());
                }
            }
        }

        writer.write(copy);

        assertThat(data(copy)).isEqualTo(data(original));
        try (Safetensors first = Safetensors.open(original);
                Safetensors second = Safetensors.open(copy)) {
            assertThat(second.names()).isEqualTo(first.names());
            assertThat(second.metadata()).isEqualTo(first.metadata());
        }
    }

    @Test
    void aCheckpointWithoutPrefixAndWithMaskBuffersLoads() {
        LoadedModel model = Checkpoint.load(FIXTURES.resolve("tiny-gpt2"));

        assertThat(model.name()).isEqualTo("tiny-gpt2");
        assertThat(model.transformer().shape()).isEqualTo(new Transformer.Shape(2, 3, 12, 36, 40, 283));
        assertThat(model.transformer().head().weight())
                .isSameAs(model.transformer().stem().wte().table());
        assertThat(model.generation().eosIds()).containsExactly(282);
        assertThat(model.tokenizer().vocabularySize()).isEqualTo(283);
    }

    @Test
    void aCheckpointInShardsWithPrefixAndUntiedHeadLoads() {
        LoadedModel model = Checkpoint.load(FIXTURES.resolve("tiny-gpt2-variant"));

        assertThat(model.transformer().shape()).isEqualTo(new Transformer.Shape(3, 5, 7, 35, 33, 277));
        assertThat(model.transformer().head().weight())
                .isNotSameAs(model.transformer().stem().wte().table());
        assertThat(((Mlp) model.transformer().blocks().get(2).mlp())
                        .up()
                        .weight()
                        .outputs())
                .isEqualTo(51);
    }

    /** W6: BF16 weights have the values that PyTorch converts them to, which are in the float64 golden of the embedding. */
    @Test
    void w6_halfPrecisionWeightsHaveThePyTorchValues() {
        Path variant = FIXTURES.resolve("tiny-gpt2-variant");
        Transformer model = Checkpoint.load(variant).transformer();

        try (Safetensors golden = Safetensors.open(variant.resolve("goldens/text.safetensors"))) {
            int[] ids = golden.get("input_ids").ints();
            double[] expected = golden.get("wte#f64").doubles();
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) model.stem().wte().table().at(i % 35, ids[i / 35]))
                        .isEqualTo(expected[i]);
            }
        }
    }

    /** W6: weights have the same values in 16 bits and widened. */
    @Test
    void w6_halfPrecisionWeightsKeepTheirTypeUnlessFloat32IsRequested() {
        Path variant = FIXTURES.resolve("tiny-gpt2-variant");

        Matrix stored = Checkpoint.load(variant, ReadOptions.DEFAULT.type(WeightType.STORED))
                .transformer()
                .head()
                .weight();
        Matrix wide = Checkpoint.load(variant, ReadOptions.DEFAULT.type(WeightType.FLOAT32))
                .transformer()
                .head()
                .weight();

        assertThat(stored.type()).isEqualTo(Matrix.Type.BFLOAT16);
        assertThat(wide.type()).isEqualTo(Matrix.Type.FLOAT32);
        for (int o = 0; o < wide.outputs(); o++) {
            for (int i = 0; i < wide.inputs(); i++) {
                assertThat(stored.at(i, o)).isEqualTo(wide.at(i, o));
            }
        }
    }

    @Test
    void theEmbeddedStorytellerIsTheFixture() {
        LoadedModel embedded = Checkpoint.storyteller(ReadOptions.DEFAULT);
        LoadedModel fixture = Checkpoint.load(FIXTURES.resolve("storyteller"));

        assertThat(embedded.name()).isEqualTo("storyteller");
        assertThat(embedded.transformer().shape())
                .isEqualTo(fixture.transformer().shape());
        assertThat(embedded.transformer()
                        .head()
                        .weight()
                        .sameAs(fixture.transformer().head().weight()))
                .isTrue();
        assertThat(embedded.generation()).isEqualTo(fixture.generation());
    }

    @Test
    void theEmbeddedDraftIsTheFixture() {
        LoadedModel embedded = Checkpoint.storytellerDraft(ReadOptions.DEFAULT);
        LoadedModel fixture = Checkpoint.load(FIXTURES.resolve("storyteller-draft"));

        assertThat(embedded.name()).isEqualTo("storyteller-draft");
        assertThat(embedded.transformer().shape())
                .isEqualTo(fixture.transformer().shape());
        assertThat(embedded.generation()).isEqualTo(fixture.generation());
    }

    @Test
    void theExerciseLoads() {
        LoadedModel model = Checkpoint.load(FIXTURES.resolve("exercise"));

        assertThat(model.transformer().shape()).isEqualTo(new Transformer.Shape(3, 1, 64, 64, 32, 20));
        assertThat(model.tokenizer().vocabularySize()).isEqualTo(20);
    }

    @Test
    void aModelWithoutATokenizerRunsOnTokenIdsOnly() {
        LoadedModel model = new TinyCheckpoint(folder).load();

        assertThatThrownBy(model::tokenizer)
                .hasMessageContaining("has no tokenizer.json, nor vocab.json and merges.txt");
    }

    private static byte[] data(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return Arrays.copyOfRange(bytes, Math.toIntExact(8 + header), bytes.length);
    }
}
