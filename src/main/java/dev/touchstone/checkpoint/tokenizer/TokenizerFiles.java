package dev.touchstone.checkpoint.tokenizer;

import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** A tokenizer from the files of a model: {@code tokenizer.json}, or else {@code vocab.json} and {@code merges.txt}. */
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
        Optional<byte[]> whole = files.apply("tokenizer.json");
        if (whole.isPresent()) {
            return TokenizerJson.read(place + "/tokenizer.json", whole.get());
        }
        Optional<byte[]> vocabulary = files.apply("vocab.json");
        Optional<byte[]> merges = files.apply("merges.txt");
        if (vocabulary.isPresent() && merges.isPresent()) {
            return VocabAndMerges.read(place, vocabulary.get(), merges.get());
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
