package dev.touchstone.checkpoint.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.touchstone.checkpoint.files.ModelFiles;
import dev.touchstone.util.JsonObject;
import dev.touchstone.util.TouchstoneException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * The special tokens that a template knows by name, such as {@code bos_token}: those of Hugging Face's
 * {@code AutoTokenizer.from_pretrained(...).special_tokens_map}.
 */
public final class SpecialTokens {
    private static final String CONFIG = "tokenizer_config.json";
    private static final String MODEL = "config.json";
    private static final String MAP = "special_tokens_map.json";

    private SpecialTokens() {}

    /** The special tokens of a model, by name; empty if its files name none. */
    public static Map<String, String> read(ModelFiles files) {
        JsonNode config = object(files, CONFIG);
        Map<String, String> tokens = new TreeMap<>(type(files, config).tokens());
        put(CONFIG, config, tokens);
        putAll(CONFIG, config.path("extra_special_tokens"), tokens);
        if (config.path("added_tokens_decoder").isMissingNode()) { // else the older file is not read
            JsonNode map = object(files, MAP);
            put(MAP, map, tokens);
            putAll(MAP, map.path("extra_special_tokens"), tokens);
        }
        return tokens;
    }

    private static JsonNode object(ModelFiles files, String file) {
        return files.has(file) ? files.json(file, file).json() : JsonNodeFactory.instance.objectNode();
    }

    /** Each {@code ..._token} that is a string, or a token with its settings. Null removes a default. */
    private static void put(String file, JsonNode fields, Map<String, String> tokens) {
        fields.properties().forEach(field -> {
            String name = field.getKey();
            JsonNode value = field.getValue();
            boolean isToken = value.isTextual() || value.path("__type").asText().equals("AddedToken");
            if (NamedTokens.NAMES.contains(name) && value.isNull()) {
                tokens.remove(name);
            } else if (NamedTokens.NAMES.contains(name) || name.endsWith("_token") && (isToken || file.equals(MAP))) {
                tokens.put(name, content(file, name, value));
            }
        });
    }

    /** Tokens by names of any kind, where it is an object. A list has tokens without names. */
    private static void putAll(String file, JsonNode named, Map<String, String> tokens) {
        if (named.isObject()) {
            named.properties()
                    .forEach(field -> tokens.put(field.getKey(), content(file, field.getKey(), field.getValue())));
        }
    }

    private static String content(String file, String name, JsonNode token) {
        JsonNode text = token.isObject() ? token.path("content") : token;
        if (!text.isTextual()) {
            throw new TouchstoneException(
                    file + ": " + name + " is " + token + ", expected a string or a token with content");
        }
        return text.textValue();
    }

    private static TokenizerClass type(ModelFiles files, JsonNode config) {
        JsonObject model = new JsonObject(MODEL, object(files, MODEL));
        return TokenizerClass.of(new JsonObject(CONFIG, config), model, () -> hasByteLevel(files));
    }

    private static boolean hasByteLevel(ModelFiles files) {
        return files.has("tokenizer.json")
                && new String(files.bytes("tokenizer.json"), StandardCharsets.UTF_8)
                        .replaceAll("\\s", "")
                        .contains("\"type\":\"ByteLevel\"");
    }
}
