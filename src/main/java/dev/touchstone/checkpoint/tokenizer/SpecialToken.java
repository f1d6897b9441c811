package dev.touchstone.checkpoint.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.tokenizer.AddedToken;
import dev.touchstone.util.JsonObject;

/**
 * A special token as a file has it.
 *
 * @param settings how it is matched; null if the file has only a string
 */
record SpecialToken(String content, AddedToken settings) {
    static SpecialToken of(String content) {
        return new SpecialToken(content, null);
    }

    static SpecialToken of(AddedToken token) {
        return new SpecialToken(token.content(), token);
    }

    /** A string, or an object whose {@code __type} is {@code AddedToken}; transformers refuses others. */
    static SpecialToken read(JsonObject file, String name, JsonNode value) {
        if (value.isTextual()) {
            return of(value.textValue());
        }
        if (!isToken(value)) {
            throw file.error(name, value, "a string, or a token with \"__type\": \"AddedToken\"");
        }
        return of(settings(new JsonObject(file.path() + ": " + name, value), false));
    }

    /** Whether a value is a string or an object that says that it is a token. */
    static boolean isToken(JsonNode value) {
        return value.isTextual() || value.path("__type").asText().equals("AddedToken");
    }

    /** A token's settings; all but the content have defaults. */
    static AddedToken settings(JsonObject token, boolean special) {
        boolean isSpecial = special || token.flag("special", false);
        return new AddedToken(
                token.string("content"),
                isSpecial,
                token.flag("single_word", false),
                token.flag("lstrip", false),
                token.flag("rstrip", false),
                token.flag("normalized", !isSpecial));
    }

    /** The token to add to the vocabulary. */
    AddedToken toAdd() {
        return settings == null ? AddedToken.special(content) : settings;
    }
}
