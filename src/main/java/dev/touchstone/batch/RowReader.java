package dev.touchstone.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.ModelText;
import dev.touchstone.checkpoint.chat.ChatInput;
import dev.touchstone.checkpoint.chat.Message;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.Json;
import dev.touchstone.util.TouchstoneException;
import java.util.List;
import java.util.Map;

/**
 * Reads rows. A row is a string, which is the prompt, or an object. Of its fields, the first of these that is set is
 * the prompt: {@code messages}, a conversation for the model's chat template, with {@code tools} if there are any;
 * {@code prompt}, a text; {@code prompt_ids}, token ids. {@code settings} is an object with the names of
 * {@code generation_config.json}.
 *
 * @param encoder encodes texts
 */
public record RowReader(PromptEncoder encoder) {
    private record Prompt(String text, int[] ids) {}

    /**
     * Reads a row from JSON text.
     *
     * @param where the place of the row, for messages
     * @throws TouchstoneException if the text is not JSON, or has no prompt, or one that cannot be encoded
     */
    public BatchRow read(String where, String text) {
        JsonNode json = Json.value(where, text);
        ObjectNode given = json instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
        Prompt prompt;
        try {
            prompt = prompt(where, json, given);
        } catch (TouchstoneException e) {
            throw e.getMessage().startsWith(where) ? e : new TouchstoneException(where + ": " + e.getMessage(), e);
        }
        return new BatchRow(where, given, id(given), prompt.text, prompt.ids, settings(where, given));
    }

    /** The text of the field {@code id}: 7 and "7" are the same. Null if there is none. */
    private static String id(ObjectNode given) {
        JsonNode id = given.get("id");
        return id == null || id.isNull() ? null : id.isTextual() ? id.textValue() : id.toString();
    }

    private Prompt prompt(String where, JsonNode json, ObjectNode given) {
        if (given.hasNonNull("messages")) {
            return conversation(where, given);
        }
        JsonNode text = json.isTextual() ? json : given.path("prompt");
        if (text.isTextual()) {
            return new Prompt(text.textValue(), encoder.encode(text.textValue()));
        }
        if (encoder.isChat()) {
            throw new TouchstoneException(where
                    + " has no message: expected a string, or an object with the string prompt or the list messages");
        }
        int[] ids = ids(where, given.path("prompt_ids"));
        return new Prompt(encoder.model().tokenizer().decode(ids), ids);
    }

    private Prompt conversation(String where, ObjectNode given) {
        String what = where + ": messages";
        ChatInput input = ChatInput.of(Message.list(what, unquoted(what, given.get("messages"))));
        if (given.hasNonNull("tools")) {
            Object tools = Json.plain(unquoted(where + ": tools", given.get("tools")));
            if (!(tools instanceof List<?> list) || !list.stream().allMatch(Map.class::isInstance)) {
                throw new TouchstoneException(where + ": tools is no list of objects");
            }
            input = input.withTools(list);
        }
        ModelText model = encoder.model();
        String text = model.render(input);
        return new Prompt(text, model.tokenizer().encodeTemplated(text));
    }

    private int[] ids(String where, JsonNode ids) {
        boolean whole = ids.isArray();
        for (JsonNode id : ids) {
            whole &= id.isIntegralNumber();
        }
        if (!whole) {
            throw new TouchstoneException(where + " has no prompt: expected a string, or an object with the string"
                    + " prompt, the list of whole numbers prompt_ids, or the list messages");
        }
        Tokenizer tokenizer = encoder.model().tokenizer();
        int[] values = new int[ids.size()];
        for (int i = 0; i < values.length; i++) {
            JsonNode id = ids.get(i);
            values[i] = id.canConvertToInt() ? id.intValue() : -1;
            if (values[i] < 0 || values[i] >= tokenizer.vocabularySize()) {
                throw new TouchstoneException(where + ": token id " + id
                        + " is not in the vocabulary; ids go from 0 to " + (tokenizer.vocabularySize() - 1));
            }
        }
        return values;
    }

    private static ObjectNode settings(String where, ObjectNode given) {
        if (!given.hasNonNull("settings")) {
            return JsonNodeFactory.instance.objectNode();
        }
        JsonNode settings = unquoted(where + ": settings", given.get("settings"));
        if (settings instanceof ObjectNode object) {
            return object;
        }
        throw new TouchstoneException(
                where + ": settings is no object, expected names and values of generation_config.json");
    }

    /** The value, or if it is a string, the JSON value that the string contains: tables often hold JSON as text. */
    private static JsonNode unquoted(String what, JsonNode value) {
        return value.isTextual() ? Json.value(what, value.textValue()) : value;
    }
}
