package dev.touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.cli.TinyModel;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FingerprintTest {
    @TempDir
    private Path folder;

    @Test
    void anyChangeOfWeightsConfigurationOrTokenizerChangesIt() throws IOException {
        Path model = TinyModel.write(folder.resolve("a"), 1);
        String before = Fingerprint.of(model);

        assertThat(before).matches("[0-9a-f]{64}");
        assertThat(Fingerprint.of(TinyModel.write(folder.resolve("b"), 1))).isEqualTo(before);
        assertThat(Fingerprint.of(TinyModel.write(folder.resolve("c"), 2))).isNotEqualTo(before);
        Map<String, String> all = new TreeMap<>(Map.of(before, "unchanged"));
        for (String file : new String[] {"config.json", "vocab.json", "merges.txt", "model.safetensors"}) {
            byte[] content = Files.readAllBytes(model.resolve(file));
            byte[] changed = content.clone();
            changed[changed.length - 1] ^= 1;
            Files.write(model.resolve(file), changed);
            assertThat(all.put(Fingerprint.of(model), file)).as(file).isNull();
            Files.write(model.resolve(file), content);
        }
        assertThat(Fingerprint.of(model)).isEqualTo(before);
        Files.writeString(model.resolve("README.md"), "not a part of the model");
        assertThat(Fingerprint.of(model)).isEqualTo(before);
    }

    @Test
    void everyPartOfASplitModelChangesIt() throws IOException {
        Path first = Files.writeString(folder.resolve("m-00001-of-00002.gguf"), "first");
        Path second = Files.writeString(folder.resolve("m-00002-of-00002.gguf"), "second");
        String before = Fingerprint.of(first);

        Files.writeString(second, "other");
        String after = Fingerprint.of(first);

        assertThat(after).isNotEqualTo(before);
        Files.delete(second);
        assertThatThrownBy(() -> Fingerprint.of(first))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("m-00002-of-00002.gguf is not beside it");
    }

    @Test
    void theIncludedModelAndGgufFilesHaveOne() {
        Path fixtures = Path.of(System.getProperty("touchstone.basedir", "."), "fixtures");

        assertThat(Fingerprint.ofStoryteller()).matches("[0-9a-f]{64}").isEqualTo(Fingerprint.ofStoryteller());
        assertThat(Fingerprint.of(fixtures.resolve("gguf-llama.gguf"))).matches("[0-9a-f]{64}");
    }
}
