package dev.touchstone.spark;

import java.io.Serializable;
import java.nio.file.Path;

/**
 * A row of a sweep: what to compare with what. All paths are the same on every machine.
 *
 * @param checkpoint a folder or GGUF file with a model
 * @param fixture a folder with goldens
 * @param prompt the name of a golden file without its ending; null for all prompts of the fixture
 */
public record ParityCase(String checkpoint, String fixture, String prompt) implements Serializable {
    /** All prompts of a fixture, with the model that is part of it. */
    public static ParityCase of(String fixture) {
        return new ParityCase(fixture, fixture, null);
    }

    ParityCase withPrompt(Path golden) {
        return new ParityCase(
                checkpoint, fixture, golden.getFileName().toString().replace(".safetensors", ""));
    }

    /** The heading in the report. */
    String title() {
        return checkpoint.equals(fixture) ? fixture : checkpoint + " with the goldens of " + fixture;
    }
}
