package dev.touchstone.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.util.Json;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A folder with a model and with Hugging Face's results for it. {@code fixtures/README.md} specifies the format. */
public record Fixture(Path folder) {

    /** All fixtures below {@code root}, sorted by name. A folder without goldens is an error, because nothing in it would be checked. */
    public static List<Fixture> discover(Path root) {
        try (Stream<Path> folders = Files.list(root)) {
            List<Fixture> fixtures = folders.filter(Files::isDirectory)
                    .sorted()
                    .map(Fixture::new)
                    .toList();
            for (Fixture fixture : fixtures) {
                if (!Files.isDirectory(fixture.folder.resolve("goldens"))) {
                    throw new TouchstoneException(fixture.folder
                            + ": a fixture without a folder goldens has nothing to check;"
                            + " regenerate it, or move it elsewhere");
                }
            }
            if (fixtures.isEmpty()) {
                throw new TouchstoneException(
                        root + ": no fixture found; a fixture is a folder that contains a folder goldens");
            }
            return fixtures;
        } catch (IOException e) {
            throw new TouchstoneException(root + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    public String name() {
        return folder.getFileName().toString();
    }

    /** The golden files, one per prompt. */
    public List<Path> cases() {
        Path goldens = folder.resolve("goldens");
        try (Stream<Path> files = Files.list(goldens)) {
            List<Path> cases = files.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
            if (cases.isEmpty()) {
                throw new TouchstoneException(goldens + ": no case found; the fixture is empty");
            }
            return cases;
        } catch (IOException e) {
            throw new TouchstoneException(goldens + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    /** The model as TorchScript, for the live oracle. */
    public Path torchScript() {
        return folder.resolve("model.pt");
    }

    /** One of the fixture's JSON files, such as {@code generation.json}. */
    public JsonNode json(String name) {
        Path file = folder.resolve(name);
        try {
            return Json.value(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new TouchstoneException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
