package dev.touchstone.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.util.TouchstoneException;
import java.util.List;
import java.util.Map;

/**
 * The ids of special tokens in the metadata of a GGUF file, as {@code tokenizer_config.json} and {@code generation_config.json}.
 *
 * @param file the name of the file, for messages
 * @param metadata of the file
 */
record SpecialTokenIds(String file, ObjectNode metadata) {
    /** A model may end an answer and a text with different tokens. */
    private static final List<String> ENDS = List.of("eos_token_id", "eot_token_id", "eom_token_id");

    private static final Map<String, String> NAMES = Map.of(
            "bos_token", "bos_token_id",
            "eos_token", "eos_token_id",
            "unk_token", "unknown_token_id",
            "pad_token", "padding_token_id");

    private JsonNode value(String name) {
        return metadata.path(GgufTokenizer.PREFIX + name);
    }

    ObjectNode config() {
        ObjectNode config = JsonNodeFactory.instance.objectNode().put("tokenizer_class", "PreTrainedTokenizerFast");
        NAMES.forEach((field, name) -> {
            JsonNode id = value(name);
            if (!id.isMissingNode()) {
                config.put(field, token(name, id));
            }
        });
        JsonNode template = metadata.path("tokenizer.chat_template");
        if (template.isTextual()) {
            config.set("chat_template", template);
        }
        return config;
    }

    /** Whether there is a token that ends texts. */
    boolean hasEnds() {
        return ENDS.stream().anyMatch(name -> !value(name).isMissingNode());
    }

    ObjectNode generation() {
        ObjectNode generation = JsonNodeFactory.instance.objectNode();
        ArrayNode ends = generation.putArray("eos_token_id");
        for (String name : ENDS) {
            JsonNode id = value(name);
            if (!id.isMissingNode()) {
                token(name, id); // checks the id
                ends.add(id.intValue());
            }
        }
        return generation;
    }

    /** The text of a token. Throws if the id is not one. */
    String token(String name, JsonNode id) {
        JsonNode tokens = value("tokens");
        if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0 || id.intValue() >= tokens.size()) {
            throw error(name, "is " + id + ", expected an id below " + tokens.size());
        }
        JsonNode token = tokens.get(id.intValue());
        if (!token.isTextual()) {
            throw error("tokens", "contains " + token + ", expected strings");
        }
        return token.textValue();
    }

    TouchstoneException error(String name, String problem) {
        return new TouchstoneException(file + ": " + GgufTokenizer.PREFIX + name + " " + problem);
    }
}
