package dev.touchstone.cli;

import dev.touchstone.LanguageModel;
import dev.touchstone.LoadOptions;
import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.Fingerprint;
import dev.touchstone.checkpoint.HubCache;
import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.checkpoint.ModelSource;
import dev.touchstone.checkpoint.ModelText;
import dev.touchstone.weights.ReadOptions;
import dev.touchstone.weights.WeightType;
import picocli.CommandLine.Option;

/** The options that choose the model. */
final class ModelOptions {
    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description =
                    "A folder as Hugging Face writes it, a GGUF file, or the id of a model in the local Hugging Face cache, such"
                            + " as openai-community/gpt2. Default: storyteller, which is included.")
    private String model;

    @Option(
            names = "--dtype",
            paramLabel = "stored|float32",
            description =
                    "The type of the weights in memory: as in the file (stored), or converted to float32, which takes twice"
                            + " the memory of 16-bit weights. The results are identical. Default: stored.")
    private WeightType type = WeightType.STORED;

    /** The type of the weights in memory. */
    WeightType type() {
        return type;
    }

    /** Whether it is the included model. */
    boolean isBundled() {
        return model == null;
    }

    /** Loads the model to run it. */
    LanguageModel load(KernelOptions compute, Console console) {
        return load(compute.options(console), console);
    }

    /** Loads the model to chat with it. */
    LanguageModel load(KernelOptions compute, ChatOptions chat, Console console) {
        return load(chat.apply(compute.options(console)), console);
    }

    /** Loads the model to run it. */
    LanguageModel load(LoadOptions options, Console console) {
        return load(model, options.weights(type), console);
    }

    /** @param model a folder or a hub id; null for the model that comes with the program */
    static LanguageModel load(String model, LoadOptions options, Console console) {
        try (LoadingBar bar = new LoadingBar(console)) {
            LoadOptions shown = options.progress(bar);
            return model == null ? LanguageModel.storyteller(shown) : LanguageModel.load(model, shown);
        }
    }

    /** Reads the tokenizer and the chat template of the model, without its weights. */
    ModelText readText() {
        return model == null
                ? Checkpoint.storytellerText()
                : Checkpoint.text(HubCache.ofThisUser().find(model));
    }

    /** The digest of what answers of the model depend on. */
    String fingerprint() {
        return model == null
                ? Fingerprint.ofStoryteller()
                : Fingerprint.of(HubCache.ofThisUser().find(model));
    }

    /** Where the model is. */
    ModelSource source() {
        return model == null
                ? ModelSource.storyteller()
                : ModelSource.of(HubCache.ofThisUser().find(model));
    }

    /** Loads the model to look at it, without the threads that running it needs. */
    LoadedModel read(ModelSource source, Console console) {
        try (LoadingBar bar = new LoadingBar(console)) {
            return Checkpoint.load(
                    source, ReadOptions.DEFAULT.type(type).progress(bar).warnings(console::note));
        }
    }
}
