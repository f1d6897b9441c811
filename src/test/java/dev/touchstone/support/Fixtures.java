package dev.touchstone.support;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.parity.Fixture;
import dev.touchstone.util.Json;
import dev.touchstone.util.Utf8;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

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

    /** A JSON file beside the fixtures. */
    public static JsonNode json(String file) {
        return Json.value(file, Utf8.read(ROOT.resolve(file)));
    }

    public static LoadedModel model(Fixture fixture) {
        return MODELS.computeIfAbsent(fixture.name(), name -> Checkpoint.load(fixture.folder()));
    }
}
