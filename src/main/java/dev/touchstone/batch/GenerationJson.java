package dev.touchstone.batch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.generation.Generation;

/** A generation as a JSON object. */
public final class GenerationJson {
    private GenerationJson() {}

    public static ObjectNode of(String prompt, Generation made) {
        return into(JsonNodeFactory.instance.objectNode(), prompt, made);
    }

    /** Adds the fields to an object, which may have others. */
    public static ObjectNode into(ObjectNode json, String prompt, Generation made) {
        json.put("prompt", prompt);
        json.set("prompt_ids", array(made.promptIds()));
        json.set("ids", array(made.ids()));
        return json.put("text", made.text())
                .put("finish_reason", made.finishReason().toString());
    }

    private static ArrayNode array(int[] ids) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (int id : ids) {
            array.add(id);
        }
        return array;
    }
}
