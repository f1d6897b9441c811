package dev.touchstone.batch;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.generation.Generation;
import dev.touchstone.util.Json;

/** A generation as a JSON object. */
public final class GenerationJson {
    private GenerationJson() {}

    public static ObjectNode of(String prompt, Generation made) {
        return into(JsonNodeFactory.instance.objectNode(), prompt, made);
    }

    /** Adds the fields to an object, which may have others. */
    public static ObjectNode into(ObjectNode json, String prompt, Generation made) {
        json.put("prompt", prompt);
        json.set("prompt_ids", Json.tree(made.promptIds()));
        json.set("ids", Json.tree(made.ids()));
        return json.put("text", made.text())
                .put("finish_reason", made.finishReason().toString());
    }
}
