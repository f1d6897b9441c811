package dev.touchstone.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.util.Json;
import dev.touchstone.util.TouchstoneException;
import java.util.List;

/**
 * Separates calls of functions from the text of an answer. The result does not depend on how the text is split into pieces. What
 * looks like a call but is none stays text.
 */
interface ToolCallReader {
    /** @param arguments the text of a JSON object */
    record Call(String name, String arguments) {}

    /**
     * A part of an answer: text or a call.
     *
     * @param call null if it is text
     */
    record Part(String text, Call call) {
        static Part text(String text) {
            return new Part(text, null);
        }
    }

    /** The parts that are clear with this piece of text. */
    List<Part> add(String text);

    /** What is left at the end of the answer. */
    List<Part> end();

    /**
     * The call in a JSON text; null if it has none.
     *
     * @param argumentNames the names that the object of arguments may have
     */
    static Call parse(String json, List<String> argumentNames) {
        JsonNode call;
        try {
            call = Json.value("a call", json);
        } catch (TouchstoneException e) {
            return null; // no JSON, so no call
        }
        for (String arguments : argumentNames) {
            if (call.path("name").isTextual() && call.path(arguments).isObject()) {
                return new Call(
                        call.get("name").textValue(), call.get(arguments).toString());
            }
        }
        return null;
    }
}
