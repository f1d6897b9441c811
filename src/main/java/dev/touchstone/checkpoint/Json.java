package dev.touchstone.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.touchstone.TouchstoneException;

/** JSON files as trees. */
final class Json {
    /** Strict, and without a table of names: that has a limit which hostile names could reach. */
    static final JsonFactory STRICT = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private static final JsonMapper MAPPER = JsonMapper.builder(STRICT)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    /** The object that {@code file} holds. */
    static JsonNode object(ModelFiles files, String file) {
        JsonNode root;
        try {
            root = MAPPER.readTree(files.text(file));
        } catch (JsonProcessingException e) {
            throw Problems.malformed(file, e);
        }
        if (!root.isObject()) {
            throw new TouchstoneException(file + " holds no JSON object, expected {...}; download or save it again");
        }
        return root;
    }

    /** A string as JSON writes it, in quotes. */
    static String text(String text) {
        return TextNode.valueOf(text).toString();
    }
}
