package dev.touchstone.checkpoint.tokenizer;

import dev.touchstone.checkpoint.files.ModelFiles;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.Json;
import dev.touchstone.util.JsonObject;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * A tokenizer from the files of a model, as {@code AutoTokenizer} of transformers 5.23 makes it: {@code tokenizer.json}, or
 * else {@code vocab.json} and {@code merges.txt}; and the settings in {@code tokenizer_config.json} and the files beside it.
 */
public final class TokenizerFiles {
    private TokenizerFiles() {}

    /** The tokenizer of a Hugging Face folder. Throws if files are missing, malformed or unsupported. */
    public static Tokenizer read(Path folder) {
        return read(folder.toString(), name -> content(folder.resolve(name)));
    }

    /**
     * A tokenizer whose files are not in a folder.
     *
     * @param place the place of the files, for messages
     * @param files returns the content of a file by its name, empty if there is no such file
     */
    public static Tokenizer read(String place, Function<String, Optional<byte[]>> files) {
        return read(place, files, file -> files.apply(file).map(content -> Json.object(place + "/" + file, content)));
    }

    /** The tokenizer of a model. */
    public static Tokenizer read(ModelFiles files) {
        return read(
                files.name(),
                file -> files.has(file) ? Optional.of(files.bytes(file)) : Optional.empty(),
                file -> files.has(file) ? Optional.of(files.json(file, files.name() + "/" + file)) : Optional.empty());
    }

    /** @param objects returns the object of a JSON file by its name, empty if there is no such file */
    private static Tokenizer read(
            String place, Function<String, Optional<byte[]>> files, Function<String, Optional<JsonObject>> objects) {
        Optional<JsonObject> json = objects.apply("tokenizer.json");
        if (json.isPresent()) {
            Component whole = TokenizerJson.checked(json.get());
            TokenizerSettings settings = new TokenizerSettings(place, objects, whole);
            return settings.type() == TokenizerClass.GENERIC
                    ? TokenizerJson.read(whole, settings)
                    : ClassPipeline.read(whole, settings);
        }
        Optional<JsonObject> vocabulary = objects.apply("vocab.json");
        Optional<byte[]> merges = files.apply("merges.txt");
        if (vocabulary.isPresent() && merges.isPresent()) {
            TokenizerSettings settings = new TokenizerSettings(place, objects, null);
            if (!settings.type().readsVocabAndMerges()) {
                throw new TouchstoneException(place + " has no tokenizer.json, which its class of tokenizer, "
                        + settings.type().className() + ", needs; copy it to the model's files");
            }
            return ClassPipeline.read(
                    Component.of(vocabulary.get()),
                    MergesReader.ofLines(place + "/merges.txt", merges.get()),
                    settings);
        }
        String missing = vocabulary.isPresent()
                ? "merges.txt, which belongs to its vocab.json"
                : merges.isPresent()
                        ? "vocab.json, which belongs to its merges.txt"
                        : "tokenizer.json, nor vocab.json and merges.txt";
        throw new TouchstoneException(place + " has no " + missing + "; copy the tokenizer's files to the model's");
    }

    private static Optional<byte[]> content(Path file) {
        try {
            return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
        } catch (IOException e) {
            throw new TouchstoneException(file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
