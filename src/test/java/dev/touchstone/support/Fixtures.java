package dev.touchstone.support;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.parity.Fixture;
import dev.touchstone.util.Json;
import dev.touchstone.util.Utf8;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The project's fixtures and their models, each of which is loaded once. */
public final class Fixtures {
    /** The folder of the fixtures: that of the repository, or the one in the system property. */
    private static final Path ROOT = Path.of(System.getProperty("touchstone.basedir", "."))
            .resolve(System.getProperty("touchstone.fixtures", "fixtures"));

    private static final Map<String, LoadedModel> MODELS = new ConcurrentHashMap<>();

    private Fixtures() {}

    public static Path root() {
        return ROOT;
    }

    /** All fixtures; at least one. */
    public static List<Fixture> all() {
        return Fixture.discover(ROOT);
    }

    public static Fixture named(String name) {
        return new Fixture(ROOT.resolve(name));
    }

    /** The names of the GGUF models, {@code gguf-NAME.gguf}, of which the fixtures have the goldens of one prompt. */
    public static List<String> ggufModels() {
        try (Stream<Path> files = Files.list(ROOT)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.matches("gguf-.*\\.safetensors"))
                    .map(file -> file.substring("gguf-".length(), file.length() - ".safetensors".length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file of a GGUF model. */
    public static Path gguf(String name) {
        return ROOT.resolve("gguf-" + name + ".gguf");
    }

    /** A JSON file beside the fixtures. */
    public static JsonNode json(String file) {
        return Json.value(file, Utf8.read(ROOT.resolve(file)));
    }

    public static LoadedModel model(Fixture fixture) {
        return MODELS.computeIfAbsent(fixture.name(), name -> Checkpoint.load(fixture.folder()));
    }
}
