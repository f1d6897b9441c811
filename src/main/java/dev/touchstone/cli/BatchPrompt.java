package dev.touchstone.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Settings;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.Json;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.util.Utf8;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One line of a batch file.
 *
 * @param where the file and the line's number, for messages
 * @param given the fields of the line, which are copied to the output
 */
record BatchPrompt(String where, ObjectNode given, String text, int[] ids) {
    /** Reads all prompts of a file, without blank lines. Rejects a file if one of its lines cannot be used. */
    static List<BatchPrompt> read(Path file, PromptEncoder encoder) {
        List<BatchPrompt> prompts = new ArrayList<>();
        int number = 0;
        for (String line : Utf8.read(file).lines().toList()) {
            number++;
            if (!line.isBlank()) {
                prompts.add(parse(file + " line " + number, line, encoder));
            }
        }
        return prompts;
    }

    /** Rejects a prompt that cannot be continued with these settings. */
    void check(Settings settings) {
        try {
            settings.window().check(ids.length, settings.maxNewTokens());
        } catch (TouchstoneException e) {
            throw new TouchstoneException(where + ": " + e.getMessage(), e);
        }
    }

    /** The line of the output, as JSON. */
    String answer(Generation made) {
        return GenerationJson.into(given.deepCopy(), text, made).toString();
    }

    private static BatchPrompt parse(String where, String line, PromptEncoder encoder) {
        JsonNode node = Json.value(where, line);
        ObjectNode given = node instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
        JsonNode text = node.isTextual() ? node : given.path("prompt");
        if (text.isTextual()) {
            return new BatchPrompt(where, given, text.textValue(), encode(where, text.textValue(), encoder));
        }
        if (encoder.isChat()) {
            throw new TouchstoneException(
                    where + " has no message: expected a string, or an object with the string prompt");
        }
        Tokenizer tokenizer = encoder.model().tokenizer();
        JsonNode ids = given.path("prompt_ids");
        boolean whole = ids.isArray();
        for (JsonNode id : ids) {
            whole &= id.isInt();
        }
        if (!whole) {
            throw new TouchstoneException(where + " has no prompt: expected a string, or an object with the string"
                    + " prompt or the list of whole numbers prompt_ids");
        }
        int[] values = new int[ids.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = ids.get(i).intValue();
            if (values[i] < 0 || values[i] >= tokenizer.vocabularySize()) {
                throw new TouchstoneException(where + ": token id " + values[i]
                        + " is not in the vocabulary; ids go from 0 to " + (tokenizer.vocabularySize() - 1));
            }
        }
        return new BatchPrompt(where, given, tokenizer.decode(values), values);
    }

    private static int[] encode(String where, String text, PromptEncoder encoder) {
        try {
            return encoder.encode(text);
        } catch (TouchstoneException e) {
            throw new TouchstoneException(where + ": " + e.getMessage(), e);
        }
    }
}
