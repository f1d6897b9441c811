package dev.touchstone.util;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;

/** JSON files as trees. */
public final class Json {
    /** Strict, and without a table of names: that has a limit which hostile names could reach. */
    public static final JsonFactory STRICT = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private static final JsonMapper MAPPER = JsonMapper.builder(STRICT)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    /** The object that {@code text}, the content of {@code file}, holds. */
    public static JsonNode object(String file, String text) {
        JsonNode root;
        try {
            root = MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw Problems.malformed(file, e);
        }
        if (!root.isObject()) {
            throw new TouchstoneException(file + " holds no JSON object, expected {...}; download or save it again");
        }
        return root;
    }

    /** A string as JSON writes it, in quotes. */
    public static String text(String text) {
        return TextNode.valueOf(text).toString();
    }
}
