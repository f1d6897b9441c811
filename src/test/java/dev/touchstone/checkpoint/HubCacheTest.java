package dev.touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubCacheTest {
    private static final String FIRST = "607a30d783dfa663caf39e06633721c8d4cfcd7e";
    private static final String SECOND = "e7da7f221d5bf496a48136c0cd264e630fe9fcc8";

    @TempDir
    private Path home;

    private Path cache;
    private HubCache hub;

    @BeforeEach
    void anEmptyCache() throws IOException {
        cache = Files.createDirectories(home.resolve(".cache/huggingface/hub"));
        hub = new HubCache(Map.of(), home);
    }

    @Test
    void anIdIsFoundThroughItsBranchAndTheLinksToItsFiles() throws IOException {
        Path snapshot = download("models--openai-community--gpt2", FIRST);
        download("models--openai-community--gpt2", SECOND);
        ref("models--openai-community--gpt2", "main", FIRST + "\n");

        assertThat(hub.find("openai-community/gpt2")).isEqualTo(snapshot);
        assertThat(hub.find("openai-community/gpt2@main")).isEqualTo(snapshot);
    }

    @Test
    void anIdWithoutOrganizationIsFoundUnderItsPresentName() throws IOException {
        Path snapshot = download("models--openai-community--gpt2", FIRST);

        assertThat(hub.find("gpt2")).isEqualTo(snapshot);
    }

    @Test
    void anIdWithoutOrganizationIsFoundUnderItsOldName() throws IOException {
        download("models--openai-community--gpt2", FIRST);
        Path old = download("models--gpt2", SECOND);

        assertThat(hub.find("gpt2")).isEqualTo(old);
    }

    @Test
    void aRevisionIsABranchOrATagOrACommit() throws IOException {
        Path first = download("models--me--mine", FIRST);
        Path second = download("models--me--mine", SECOND);
        ref("models--me--mine", "main", FIRST);
        ref("models--me--mine", "refs/pr/1", SECOND);

        assertThat(hub.find("me/mine")).isEqualTo(first);
        assertThat(hub.find("me/mine@refs/pr/1")).isEqualTo(second);
        assertThat(hub.find("me/mine@" + SECOND)).isEqualTo(second);
        assertThatThrownBy(() -> hub.find("me/mine@v2"))
                .hasMessageContaining("holds no snapshot of v2; download it: hf download me/mine --revision v2");
    }

    @Test
    void withoutBranchesTheOnlySnapshotIsTaken() throws IOException {
        Path only = download("models--me--mine", FIRST);

        assertThat(hub.find("me/mine")).isEqualTo(only);
    }

    @Test
    void withoutBranchesOneOfSeveralSnapshotsMustBeNamed() throws IOException {
        download("models--me--mine", FIRST);
        download("models--me--mine", SECOND);

        assertThatThrownBy(() -> hub.find("me/mine"))
                .hasMessageContaining("holds 2 snapshots and no refs/main; append @ and one of [" + FIRST);
    }

    @Test
    void anIdThatIsNotInTheCacheComesWithTheCommandThatDownloadsIt() {
        assertThatThrownBy(() -> hub.find("gpt2"))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("there is no folder gpt2, and no openai-community/gpt2 in the Hugging Face cache " + cache
                        + "; download it: hf download openai-community/gpt2");
        assertThatThrownBy(() -> hub.find("me/mine@v2")).hasMessageEndingWith("hf download me/mine --revision v2");
    }

    /** One word, or a path in a folder that exists, as the tests run in a folder with fixtures. */
    @ParameterizedTest
    @ValueSource(strings = {"nowhere", "storytelller", "fixtures/tiny-gpt"})
    void aMistypedFolderComesWithoutACommandThatDownloadsIt(String model) {
        assertThatThrownBy(() -> hub.find(model))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("there is no folder " + model + ", and no model of that name in the Hugging Face cache "
                        + cache + "; an id has an organization and a name, such as openai-community/gpt2");
    }

    @Test
    void aFileThatLoadingDoesNotReadMayBeMissing() throws IOException {
        Path snapshot = download("models--me--mine", FIRST);
        Files.createSymbolicLink(snapshot.resolve("README.md"), home.resolve("blobs/README.md"));
        Files.createSymbolicLink(snapshot.resolve("pytorch_model.bin"), home.resolve("blobs/pytorch_model.bin"));

        assertThat(hub.find("me/mine")).isEqualTo(snapshot);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokenizer.json", "generation_config.json", "chat_template.jinja", "merges.txt"})
    void aFileThatLoadingReadsMayNotBeMissing(String file) throws IOException {
        Path snapshot = download("models--me--mine", FIRST);
        Files.createSymbolicLink(snapshot.resolve(file), home.resolve("blobs").resolve(file));

        assertThatThrownBy(() -> hub.find("me/mine")).hasMessageContaining("is incomplete, it lacks " + file);
    }

    @Test
    void anInterruptedDownloadIsIncomplete() throws IOException {
        Path snapshot = download("models--me--mine", FIRST);
        Files.delete(home.resolve("blobs/model.safetensors"));
        assertThatThrownBy(() -> hub.find("me/mine"))
                .hasMessage(snapshot + " is incomplete, it lacks model.safetensors; finish the download:"
                        + " hf download me/mine");

        Files.delete(snapshot.resolve("model.safetensors"));
        assertThatThrownBy(() -> hub.find("me/mine")).hasMessageContaining("it lacks model.safetensors");

        Files.delete(snapshot.resolve("config.json"));
        assertThatThrownBy(() -> hub.find("me/mine")).hasMessageContaining("it lacks config.json");

        Files.delete(snapshot);
        assertThatThrownBy(() -> hub.find("me/mine")).hasMessageContaining("holds no snapshot of main");
    }

    @Test
    void aFolderThatExistsComesFirst() throws IOException {
        download("models--me--mine", FIRST);
        Path folder = Files.createDirectories(home.resolve("models/tiny"));

        assertThat(hub.find(folder.toString())).isEqualTo(folder);
    }

    @Test
    void aFileIsNoFolder() throws IOException {
        Path file = Files.createFile(home.resolve("model.safetensors"));

        assertThatThrownBy(() -> hub.find(file.toString())).hasMessageContaining("no such folder");
    }

    /** Opening it as a folder gives the error. The tests run in a folder with this file. */
    @Test
    void aFileWhoseNameCouldBeAnIdIsReturned() {
        assertThat(hub.find("pom.xml")).isEqualTo(Path.of("pom.xml"));
    }

    @Test
    void listsTheModelsInTheCache() throws IOException {
        assertThat(hub.models()).isEmpty();

        download("models--openai-community--gpt2", FIRST);
        download("models--gpt2", FIRST);
        download("datasets--me--mine", FIRST);
        Files.createFile(cache.resolve("version.txt"));

        assertThat(hub.models()).containsExactly("gpt2", "openai-community/gpt2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/no/such/folder", "./gpt2", "../gpt2", "a/b/c", "~/gpt2", "me/..", "C:\\gpt2", "", "a\u0000b"})
    void aWordThatCannotBeAnIdIsAMissingFolder(String model) {
        assertThatThrownBy(() -> hub.find(model))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining(
                        "no such folder; expected a folder, or the id of a model in the Hugging Face cache");
    }

    @Test
    void aBranchCannotLeadOutOfTheCache() throws IOException {
        download("models--me--mine", FIRST);
        download("models--me--mine", SECOND);
        ref("models--me--mine", "main", "../../../..");

        assertThatThrownBy(() -> hub.find("me/mine")).hasMessageContaining("holds 2 snapshots and no refs/main");
    }

    /** As {@code huggingface_hub.constants} of 2.4 has them. */
    @ParameterizedTest
    @CsvSource({
        "HF_HUB_CACHE,   /a/hub, /a/hub",
        "HUGGINGFACE_HUB_CACHE, /a/hub, /a/hub",
        "HF_HOME,        /a,     /a/hub",
        "XDG_CACHE_HOME, /a,     /a/huggingface/hub",
        "HF_HOME,        ~/a,    HOME/a/hub",
        "HF_HOME,        ~,      HOME/hub",
        "HF_HOME,        $DISK/a,     /disk/a/hub",
        "HF_HOME,        ${DISK}/a,   /disk/a/hub",
        "HF_HOME,        /a/$DISK$NO, /a//disk$NO/hub",
        "HF_HUB_CACHE,   ~/$DISK,     HOME//disk",
        "HF_HOME,        '',     HOME/.cache/huggingface/hub",
        "TRANSFORMERS_CACHE, /a, HOME/.cache/huggingface/hub",
    })
    void theEnvironmentGivesTheFolder(String variable, String value, String expected) {
        HubCache moved = new HubCache(Map.of(variable, value, "DISK", "/disk"), home);

        assertThat(moved.folder()).isEqualTo(Path.of(expected.replace("HOME", home.toString())));
    }

    @Test
    void withoutVariablesTheFolderIsInTheHomeFolder() {
        Path mine = new HubCache(System.getenv(), Path.of(System.getProperty("user.home"))).folder();

        assertThat(hub.folder()).isEqualTo(home.resolve(".cache/huggingface/hub"));
        assertThat(HubCache.ofThisUser().folder()).isEqualTo(mine);
    }

    @Test
    void theMostSpecificVariableWins() {
        HubCache moved = new HubCache(Map.of("HF_HUB_CACHE", "/a", "HF_HOME", "/b", "XDG_CACHE_HOME", "/c"), home);

        assertThat(moved.folder()).isEqualTo(Path.of("/a"));
    }

    @Test
    void aModelIsCalledByItsNameOnTheHubOrItsFolder() throws IOException {
        assertThat(HubCache.nameOf(download("models--openai-community--gpt2", FIRST)))
                .isEqualTo("openai-community/gpt2");
        assertThat(HubCache.nameOf(Path.of("fixtures/tiny-gpt2"))).isEqualTo("tiny-gpt2");
        assertThat(HubCache.nameOf(Path.of("fixtures/tiny-gpt2/."))).isEqualTo("tiny-gpt2");
    }

    /** As {@code huggingface_hub} leaves it: the snapshot's files are links to where the bytes are. */
    private Path download(String repository, String commit) throws IOException {
        Path blobs = Files.createDirectories(home.resolve("blobs"));
        Path snapshot = Files.createDirectories(
                cache.resolve(repository).resolve("snapshots").resolve(commit));
        for (String file : new String[] {"config.json", "model.safetensors"}) {
            Path blob = blobs.resolve(file);
            if (!Files.exists(blob)) {
                Files.createFile(blob);
            }
            Files.createSymbolicLink(snapshot.resolve(file), blob);
        }
        return snapshot;
    }

    private void ref(String repository, String name, String commit) throws IOException {
        Path ref = cache.resolve(repository).resolve("refs").resolve(name);
        Files.createDirectories(ref.getParent());
        Files.writeString(ref, commit);
    }
}
