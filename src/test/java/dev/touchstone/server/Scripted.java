package dev.touchstone.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.touchstone.LanguageModel;
import dev.touchstone.LoadOptions;
import dev.touchstone.cli.TinyModel;
import dev.touchstone.util.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A tiny model that writes a given text after every prompt that ends with {@code >}, one byte a token: its generation_config.json has a
 * bias for each beginning of the text. Characters beyond ASCII are several tokens.
 */
final class Scripted {
    private static final int EOS = 259;
    private static final double BIAS = 1e4;

    private Scripted() {}

    /** The model without a chat template. */
    static LanguageModel model(Path folder, String text) {
        return LanguageModel.load(write(folder, text));
    }

    /** The model with a chat template. */
    static LanguageModel chat(Path folder, String text, String template) {
        Path model = write(folder, text);
        try {
            Path file = Files.writeString(folder.resolve("chat.jinja"), template);
            return LanguageModel.load(model, LoadOptions.defaults().chatTemplate(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path write(Path folder, String text) {
        TinyModel.write(folder, new TinyModel.Sizes(12, 3, 2, 2048), 1);
        List<Integer> sequence = new ArrayList<>(List.of((int) '>'));
        List<List<Object>> biases = new ArrayList<>();
        for (byte b : text.getBytes(UTF_8)) {
            sequence.add(b & 0xff);
            biases.add(List.of(List.copyOf(sequence), BIAS * sequence.size()));
        }
        sequence.add(EOS);
        biases.add(List.of(List.copyOf(sequence), BIAS * sequence.size()));
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("eos_token_id", EOS);
        settings.put("sequence_bias", biases);
        try {
            Files.writeString(
                    folder.resolve("generation_config.json"),
                    Json.tree(settings).toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return folder;
    }
}
