package dev.touchstone.util;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;

/** Reads and writes JSON: a strict reader for files from elsewhere, and a writer for results. */
public final class Json {
    /** Has no table of names, whose limit hostile names could reach. */
    private static final JsonFactory TREES = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    /** The same for streams, which refuses duplicate keys. A tree has maps, which find them without another set of keys. */
    public static final JsonFactory STREAMS =
            TREES.rebuild().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private static final JsonMapper READER = JsonMapper.builder(TREES)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final JsonMapper WRITER = new JsonMapper();

    private Json() {}

    /**
     * One JSON value of any type.
     *
     * @param what what {@code text} is, such as the name of its file, for messages
     */
    public static JsonNode value(String what, String text) {
        try {
            return READER.readTree(text);
        } catch (JsonProcessingException e) {
            throw Problems.malformed(what, text, e);
        }
    }

    /** The object that {@code text}, the content of {@code file}, must be. */
    public static JsonObject object(String file, String text) {
        JsonNode root = value(file, text);
        if (!root.isObject()) {
            throw new TouchstoneException(file + " holds no JSON object, expected {...}; download or save it again");
        }
        return new JsonObject(file, root);
    }

    /** The object that {@code content}, the bytes of {@code file}, must be: JSON in UTF-8. */
    public static JsonObject object(String file, byte[] content) {
        return object(file, Utf8.text(file, content));
    }

    /** A JSON value as maps, lists, strings, numbers, booleans and nulls of Java. */
    public static Object plain(JsonNode json) {
        return WRITER.convertValue(json, Object.class);
    }

    /** A record, list, map or array as JSON, to be written. */
    public static JsonNode tree(Object value) {
        return WRITER.valueToTree(value);
    }

    /** A string as JSON writes it, in quotes. */
    public static String quoted(String text) {
        return TextNode.valueOf(text).toString();
    }
}
