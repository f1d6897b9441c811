package dev.touchstone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.HubCache;
import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.model.taps.ModelSummary;
import dev.touchstone.parity.Fixture;
import dev.touchstone.support.Fixtures;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of the models on this machine. */
class ModelsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @Test
    void aModelOfTheCacheIsListedByItsId() throws IOException {
        cached("me--mine");

        assertThat(list())
                .containsExactly(new ModelEntry(
                        "me/mine",
                        Optional.of("llama"),
                        OptionalLong.of(14_550),
                        Files.size(fixture("tiny-llama").resolve("model.safetensors")),
                        Optional.of("bfloat16"),
                        Optional.empty()));
    }

    @Test
    void aModelThatCannotBeLoadedIsListedWithTheReason() throws IOException {
        set(cached("a--type"), "model_type", "bert");
        set(cached("b--setting"), "is_causal", "no");
        Files.move(
                cached("c--pickle").resolve("model.safetensors"),
                snapshot("c--pickle").resolve("pytorch_model.bin"));
        Files.writeString(cached("d--adapter").resolve("adapter_config.json"), "{}");
        Files.delete(cached("e--half").resolve("model.safetensors"));
        Files.writeString(cached("f--weights").resolve("model.safetensors"), "short");

        List<ModelEntry> models = list();

        assertThat(models)
                .noneMatch(ModelEntry::runs)
                .allMatch(model -> model.parameters().isEmpty());
        assertThat(models)
                .extracting(model -> model.problem().orElseThrow())
                .satisfiesExactly(
                        problem -> assertThat(problem).contains("model_type is bert"),
                        problem -> assertThat(problem).contains("is_causal is \"no\""),
                        problem -> assertThat(problem).contains("convert them to safetensors"),
                        problem -> assertThat(problem).contains("merge it into its model"),
                        problem -> assertThat(problem).contains("lacks model.safetensors; finish the download"),
                        problem -> assertThat(problem).contains("model.safetensors"));
        assertThat(models.get(0).family()).contains("bert");
        assertThat(models.get(0).dtype()).contains("bfloat16");
        assertThat(models.get(2).bytes()).isPositive();
        assertThat(models.get(2).dtype()).isEmpty();
    }

    @Test
    void aLinkWithoutATargetIsNoReasonIfLoadingDoesNotReadIt() throws IOException {
        Files.createSymbolicLink(cached("me--mine").resolve("README.md"), folder.resolve("blobs/none"));

        assertThat(list()).singleElement().matches(ModelEntry::runs);
    }

    /** The parameters are those that {@code summary} counts, without reading the weights. */
    @Test
    void theModelsInAFolderAreListedAfterTheCache() throws IOException {
        cached("me--mine");

        List<ModelEntry> models = new ModelList(cache(), List.of(Fixtures.root())).entries();

        assertThat(models.get(0).id()).isEqualTo("me/mine");
        List<ModelEntry> fixtures = models.subList(1, models.size()).stream()
                .filter(model -> !model.id().endsWith(".gguf"))
                .toList();
        assertThat(fixtures)
                .extracting(ModelEntry::id)
                .containsExactlyElementsOf(Fixtures.all().stream()
                        .map(fixture -> fixture.folder().toString())
                        .sorted()
                        .toList());
        for (ModelEntry model : fixtures) {
            LoadedModel loaded = Fixtures.model(new Fixture(Path.of(model.id())));
            assertThat(model.parameters().orElseThrow())
                    .as(model.id())
                    .isEqualTo(ModelSummary.of(loaded.transformer()).parameters());
        }
    }

    @Test
    void ggufFilesAreListed() throws IOException {
        Path llama = Fixtures.root().resolve("gguf-llama.gguf");
        Files.copy(llama, folder.resolve("llama.gguf"));
        Files.copy(Fixtures.root().resolve("gguf-byte-level.gguf"), folder.resolve("tokenizer.gguf"));

        List<ModelEntry> models = new ModelList(cache(), List.of(folder)).entries();

        assertThat(models).hasSize(2);
        assertThat(models.get(0).runs()).isTrue();
        assertThat(models.get(0).family()).contains("llama");
        assertThat(models.get(0).dtype()).contains("F16");
        assertThat(models.get(0).bytes()).isEqualTo(Files.size(llama));
        assertThat(models.get(0).parameters()).hasValue(parameters(llama));
        assertThat(models.get(1).problem().orElseThrow()).contains("holds no matrix token_embd.weight");
    }

    private static long parameters(Path model) {
        return ModelSummary.of(Checkpoint.load(model).transformer()).parameters();
    }

    @Test
    void aFolderWithoutAModelIsAnError() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertFolderRefused(folder, folder + " holds no model; expected a folder with config.json, a GGUF file");
        assertFolderRefused(file, file + " is a file, expected the folder around it");
        assertFolderRefused(folder.resolve("none"), "none: no such folder");
    }

    @Test
    void theTableHasALineForEachModel() throws IOException {
        set(copy(folder.resolve("models/bad")), "model_type", "bert");
        copy(folder.resolve("models/good"));

        Cli cli = Cli.run("models", folder.resolve("models").toString());

        assertThat(cli.exit()).as(cli.err()).isZero();
        assertThat(cli.out())
                .containsPattern("(?m)^model +family +parameters +size +dtype +runs$")
                .containsPattern(
                        "bad +bert +- +32 KB +bfloat16 +no: config.json: model_type is bert, expected .*[.]{3}\n")
                .containsPattern("good +llama +14,550 +32 KB +bfloat16 +yes\n");
    }

    @Test
    void theJsonHasTheWholeReason() throws IOException {
        set(copy(folder.resolve("bad")), "model_type", "bert");

        JsonNode json = JSON.readTree(
                Cli.run("models", "--json", folder.resolve("bad").toString()).out());
        JsonNode models = json.get("models");
        JsonNode model = models.get(models.size() - 1);

        assertThat(json.get("cache").asText())
                .isEqualTo(HubCache.ofThisUser().folder().toString());
        assertThat(model.get("id").asText()).isEqualTo(folder.resolve("bad").toString());
        assertThat(model.get("runs").asBoolean()).isFalse();
        assertThat(model.get("parameters").isNull()).isTrue();
        assertThat(model.get("dtype").asText()).isEqualTo("bfloat16");
        assertThat(model.get("problem").asText()).contains("bert", "codegen, exercise");
    }

    private void assertFolderRefused(Path place, String reason) {
        ModelList models = new ModelList(cache(), List.of(place));

        assertThatThrownBy(models::entries)
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining(reason);
    }

    private List<ModelEntry> list() {
        return new ModelList(cache(), List.of()).entries();
    }

    private HubCache cache() {
        return new HubCache(Map.of(), folder);
    }

    private Path snapshot(String name) {
        return folder.resolve(".cache/huggingface/hub/models--" + name + "/snapshots/1");
    }

    /** Adds a copy of tiny-llama to the cache. */
    private Path cached(String name) throws IOException {
        return copy(snapshot(name));
    }

    private static Path copy(Path to) throws IOException {
        Files.createDirectories(to);
        for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            Files.copy(fixture("tiny-llama").resolve(file), to.resolve(file));
        }
        return to;
    }

    private static Path fixture(String name) {
        return Fixtures.named(name).folder();
    }

    private static void set(Path folder, String field, String value) throws IOException {
        Path file = folder.resolve("config.json");
        ObjectNode config = (ObjectNode) JSON.readTree(file.toFile());
        Files.writeString(file, config.put(field, value).toString());
    }
}
