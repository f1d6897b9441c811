package dev.touchstone.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.server.api.Job.Prompt;
import java.util.ArrayList;
import java.util.List;

/** A field that has a text, token ids, or a list of either. */
final class Prompts {
    private Prompts() {}

    static List<Prompt> read(Fields fields, String name, int most, Context context) {
        JsonNode value = fields.node(name);
        if (value == null) {
            throw ApiException.invalid(
                    name, name + " is missing, expected a string, token ids, or a list of strings or of lists of ids");
        }
        if (!value.isArray() || value.path(0).isNumber()) {
            return List.of(prompt(name, value, context));
        }
        List<Prompt> prompts = new ArrayList<>();
        for (JsonNode element : Fields.list(name, value, most)) {
            prompts.add(prompt(name + "[" + prompts.size() + "]", element, context));
        }
        return prompts;
    }

    private static Prompt prompt(String path, JsonNode value, Context context) {
        if (!value.isArray()) {
            String text = Fields.text(path, value);
            int[] ids = context.model().tokenizer().encode(text);
            context.checkIds(path, ids);
            return new Prompt(text, ids);
        }
        int[] ids = ids(path, value);
        context.checkIds(path, ids);
        return new Prompt(null, ids);
    }

    /** A list of token ids. */
    static int[] ids(String path, JsonNode value) {
        if (!value.isArray()) {
            throw Fields.wrong(path, value, "a list of token ids");
        }
        int[] ids = new int[value.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (int) Fields.whole(path + "[" + i + "]", value.get(i), 0, Integer.MAX_VALUE);
        }
        return ids;
    }
}
