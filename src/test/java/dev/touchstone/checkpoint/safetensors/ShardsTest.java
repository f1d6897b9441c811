package dev.touchstone.checkpoint.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.TinyCheckpoint;
import dev.touchstone.checkpoint.files.ModelFiles;
import dev.touchstone.model.LayerNorm;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.ReadOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardsTest {
    private static final String INDEX = "model.safetensors.index.json";
    private static final String SECOND = "model-00002-of-00002.safetensors";

    @TempDir
    private Path folder;

    private TinyCheckpoint tiny;

    @BeforeEach
    void aTinyCheckpoint() {
        tiny = new TinyCheckpoint(folder);
    }

    @Test
    void w9_tensorsAreReadFromTheShardsInTheIndex() {
        Transformer model = Checkpoint.load(tiny.writeShards(9)).transformer();

        assertThat(model.stem().wte().table().at(0, 0))
                .isEqualTo(tiny.tensor("wte.weight").at(0, 0));
        assertThat(((LayerNorm) model.lnF()).gain())
                .isEqualTo(tiny.tensor("ln_f.weight").data());
    }

    @Test
    void aMissingShardIsNamed() throws IOException {
        tiny.writeShards(9);
        Files.delete(folder.resolve(SECOND));

        tiny.assertFolderRefused(INDEX + " names " + SECOND + ", which is not in " + folder + "; download it too");
    }

    /** As in Hugging Face, which opens the files that the index names and reads all their tensors. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"wte                           | {"buffer":"model-00002-of-00002.safetensors","wte
            "wte.weight":"[^"]*",           |
            ("wte.weight":"model-)00001     | $100002
            """)
    void aTensorIsReadFromTheFileThatHasItDespiteTheIndex(String found, String replacement) throws IOException {
        tiny.writeShards(9);
        String index = Files.readString(folder.resolve(INDEX));
        String other = index.replaceFirst(found.replace("{", "\\{"), replacement == null ? "" : replacement);
        assertThat(other).isNotEqualTo(index);
        tiny.write(INDEX, other);

        assertThatCode(() -> Checkpoint.load(folder)).doesNotThrowAnyException();
    }

    @Test
    void aTensorThatOnlyTheIndexNamesIsMissing() throws IOException {
        tiny.without("ln_f.bias").writeShards(9);
        String index = Files.readString(folder.resolve(INDEX));
        tiny.write(INDEX, index.replaceFirst("\\{\"wte", "{\"ln_f.bias\":\"" + SECOND + "\",\"wte"));

        tiny.assertFolderRefused(INDEX + " holds no ln_f.bias");
    }

    @Test
    void aTensorInTwoFilesIsRefused() {
        tiny.writeShards(9);
        new SafetensorsWriter().add("wte.weight", tiny.tensor("wte.weight")).write(folder.resolve(SECOND));

        tiny.assertFolderRefused(SECOND
                + " holds wte.weight, which model-00001-of-00002.safetensors holds too; download or save both again");
    }

    @Test
    void aShardMayBeInASubfolder() throws IOException {
        tiny.writeShards(9);
        Files.createDirectories(folder.resolve("a/b"));
        Files.move(folder.resolve(SECOND), folder.resolve("a/b").resolve(SECOND));
        tiny.write(INDEX, Files.readString(folder.resolve(INDEX)).replace(SECOND, "a/b/" + SECOND));

        assertThatCode(() -> Checkpoint.load(folder)).doesNotThrowAnyException();
    }

    @Test
    void afterClosingNothingCanBeRead() {
        TensorFiles tensors = TensorFiles.open(ModelFiles.folder(tiny.writeShards(9)));

        tensors.close();

        assertThat(tensors.all())
                .hasSize(28)
                .allSatisfy(tensor -> assertThatThrownBy(tensor::floats)
                        .isInstanceOf(TouchstoneException.class)
                        .hasMessageContaining("cannot be read"));
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "only there a process can look up what it has open")
    void theFilesOfARefusedCheckpointAreClosed() throws IOException {
        tiny.writeShards(9);
        Files.write(folder.resolve(SECOND), new byte[7]);

        assertThatThrownBy(() -> TensorFiles.open(ModelFiles.folder(folder))).hasMessageContaining("7 bytes");

        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            assertThat(open.map(ShardsTest::target)).noneMatch(file -> file.startsWith(folder.toString()));
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "closed since";
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../model.safetensors", "/etc/passwd", "a/../../b.safetensors", "model.bin", "", "5"})
    void anIndexCannotLeadOutOfTheFolder(String file) {
        tiny.writeShards(9);
        tiny.write(INDEX, "{\"weight_map\":{\"wte.weight\":\"" + file + "\"}}");

        tiny.assertFolderRefused(INDEX + " names the file " + file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"weight_map\":{}}", "{\"weight_map\":[]}"})
    void anIndexWithoutAMapIsRefused(String index) {
        tiny.writeShards(9);
        tiny.write(INDEX, index).assertFolderRefused(INDEX + " has no weight_map");
    }

    @Test
    void aWholeFileIsPreferredToShards() {
        tiny.writeShards(9);
        tiny.with("ln_f.bias", Tensor.zeros(6));

        assertThat(((LayerNorm) tiny.load().transformer().lnF()).bias()).containsOnly(0);
    }

    @Test
    void progressRunsFromTheFirstTensorToTheLastByte() {
        List<Long> done = new ArrayList<>();
        List<Long> totals = new ArrayList<>();

        Checkpoint.load(tiny.writeShards(9), ReadOptions.DEFAULT.progress((bytes, total) -> {
            done.add(bytes);
            totals.add(total);
        }));

        assertThat(done).isSorted().hasSize(28).last().isEqualTo(totals.get(0));
        assertThat(totals).containsOnly(4L * (7 * 6 + 5 * 6 + 2 * (6 * 12 * 6 + 6 * 13) + 12));
    }
}
