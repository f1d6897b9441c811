package dev.touchstone.cli;

import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.HubCache;
import dev.touchstone.checkpoint.LoadedModel;
import picocli.CommandLine.Option;

/** Which model. */
final class ModelOptions {
    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description = "A Hugging Face folder, or the hub id of a model in the local cache, such as gpt2."
                    + " Default: storyteller, which comes with the program.")
    private String model;

    LoadedModel load(Console console) {
        return load(model, console);
    }

    /** @param model a folder or a hub id; null for the model that comes with the program */
    static LoadedModel load(String model, Console console) {
        try (LoadingBar bar = new LoadingBar(console)) {
            return model == null
                    ? Checkpoint.storyteller(bar)
                    : Checkpoint.load(HubCache.ofThisUser().find(model), bar);
        }
    }
}
