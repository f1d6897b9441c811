package dev.touchstone.checkpoint;

import dev.touchstone.checkpoint.chat.ChatTemplate;
import dev.touchstone.checkpoint.files.ModelFiles;
import dev.touchstone.checkpoint.tokenizer.SpecialTokens;
import dev.touchstone.checkpoint.tokenizer.TokenizerFiles;
import dev.touchstone.families.Config;
import dev.touchstone.families.Family;
import dev.touchstone.families.TextModel;
import dev.touchstone.model.Transformer;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.ReadOptions;
import dev.touchstone.weights.StoredTensors;
import dev.touchstone.weights.Weights;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Loads models as Hugging Face saves them. */
public final class Checkpoint {
    private static final String CONFIG = "config.json";
    private static final String STORYTELLER = "dev/touchstone/storyteller";
    private static final String STORYTELLER_DRAFT = "dev/touchstone/storyteller-draft";

    private Checkpoint() {}

    /**
     * Loads a folder with {@code config.json}, weights in safetensors, and a tokenizer unless the model is run on token ids; or a GGUF
     * file, or a folder with a GGUF model and no {@code config.json}.
     */
    public static LoadedModel load(Path folder) {
        return load(folder, ReadOptions.DEFAULT);
    }

    /**
     * Loads a folder with {@code config.json}, weights in safetensors, and a tokenizer unless the model is run on token ids; or a GGUF
     * file, or a folder with a GGUF model and no {@code config.json}.
     */
    public static LoadedModel load(Path folder, ReadOptions options) {
        try (ModelSource source = ModelSource.of(folder)) {
            return load(source, options);
        }
    }

    /** The model that is part of the library. */
    public static LoadedModel storyteller(ReadOptions options) {
        return load(ModelSource.storyteller(), options);
    }

    /** A smaller model with the same vocabulary, to draft tokens for it. */
    public static LoadedModel storytellerDraft(ReadOptions options) {
        return load(ModelSource.of("storyteller-draft", ModelFiles.classPath(STORYTELLER_DRAFT)), options);
    }

    /** Reads only the tokenizer and the chat template of a model. A folder then needs no weights and no {@code config.json}. */
    public static ModelText text(Path folder) {
        try (ModelSource source = ModelSource.of(folder)) {
            return text(source.name(), source.files());
        }
    }

    /** The tokenizer of {@link #storyteller}. */
    public static ModelText storytellerText() {
        return text("storyteller", storytellerFiles());
    }

    static ModelFiles storytellerFiles() {
        return ModelFiles.classPath(STORYTELLER);
    }

    private static ModelText text(String name, ModelFiles files) {
        Map<String, String> specialTokens = SpecialTokens.read(files);
        Optional<ChatTemplate> template = Optional.ofNullable(ChatTemplate.read(files, specialTokens));
        return new ModelText(name, tokenizer(files), template, specialTokens);
    }

    /** Loads a model from where it is. Its weights are closed afterwards. */
    public static LoadedModel load(ModelSource source, ReadOptions options) {
        ModelFiles files = source.files();
        if (files.has("adapter_config.json")) {
            throw new TouchstoneException(files.name()
                    + " holds an adapter of PEFT, such as LoRA, which is not supported;"
                    + " merge it into its model: python -c \"from peft import AutoPeftModelForCausalLM as M;"
                    + " M.from_pretrained('" + files.name() + "').merge_and_unload().save_pretrained('merged')\"");
        }
        if (!files.has("config.json")) {
            throw new TouchstoneException(
                    files.name() + " holds no config.json; pass a folder that save_pretrained wrote");
        }
        TextModel model = TextModel.of(new Config(files.json(CONFIG, CONFIG)));
        GenerationDefaults generation = GenerationDefaults.read(files, model.config(), model.family());
        Background<ModelText> text = Background.start("touchstone-text", () -> text(source.name(), files));
        Transformer transformer;
        try {
            transformer = transformer(source, model, options);
        } catch (RuntimeException | Error e) {
            text.join(); // its error comes first
            throw e;
        }
        return new LoadedModel(text.join(), transformer, generation);
    }

    private static Transformer transformer(ModelSource source, TextModel model, ReadOptions options) {
        long memory = Runtime.getRuntime().maxMemory();
        Family family = model.family();
        try (StoredTensors tensors = source.tensors().get();
                StoredTensors text = model.tensors(tensors);
                Weights weights = new Weights(text, family.prefix(), options, memory)) {
            int others = tensors.all().size() - text.all().size();
            if (others > 0) {
                options.warnings().accept("ignored " + others + " tensors: images are not supported");
            }
            Transformer transformer = family.builder().build(model.config(), weights);
            weights.checkUnused();
            return transformer;
        }
    }

    /** Null if the folder has none; the model then runs on token ids only. */
    private static Tokenizer tokenizer(ModelFiles files) {
        boolean none = Stream.of("tokenizer.json", "vocab.json", "merges.txt").noneMatch(files::has);
        return none ? null : TokenizerFiles.read(files);
    }
}
