package dev.touchstone.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.util.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The functions that the model may call.
 *
 * @param descriptions as the chat template takes them; null for none
 * @param format how the model writes a call; null if there are no functions
 */
record Tools(List<Object> descriptions, ToolFormat format) {
    private static final int MOST = 128;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
    private static final Tools NONE = new Tools(null, null);

    static Tools read(Fields fields, Context context) {
        JsonNode list = fields.node("tools");
        boolean none = isNone(fields, list);
        if (list == null || list.isArray() && list.isEmpty()) {
            return NONE;
        }
        List<Object> descriptions = new ArrayList<>();
        for (JsonNode tool : fields.list("tools", MOST)) {
            check(Fields.of("tools[" + descriptions.size() + "]", tool));
            descriptions.add(Json.plain(tool));
        }
        if (none) {
            return NONE;
        }
        if (context.tools() == null) {
            throw ApiException.unsupported(
                    "tools",
                    "tools are not supported with " + context.model().name()
                            + ": its chat template has none of the known formats of calls; leave them out");
        }
        return new Tools(descriptions, context.tools());
    }

    /** Whether the model is to call no function, although there may be some. */
    private static boolean isNone(Fields fields, JsonNode tools) {
        JsonNode choice = fields.node("tool_choice");
        if (choice == null) {
            return false;
        }
        if (tools == null && !choice.asText().equals("none")) {
            throw ApiException.invalid("tool_choice", "tool_choice needs tools");
        }
        if (!choice.isTextual() || !Set.of("auto", "none").contains(choice.textValue())) {
            throw ApiException.unsupported(
                    "tool_choice", "tool_choice must be auto or none: the server cannot force a call");
        }
        return choice.textValue().equals("none");
    }

    private static void check(Fields tool) {
        tool.only(Set.of("type", "function"), Known.NONE);
        tool.requiredText("type");
        tool.choice("type", null, Map.of("function", "function"));
        Fields function = tool.object("function");
        if (function == null) {
            throw ApiException.invalid(tool.path("function"), tool.path("function") + " is missing");
        }
        function.only(Set.of("name", "description", "parameters"), Map.of("strict", Set.of("false")));
        if (!NAME.matcher(function.requiredText("name")).matches()) {
            throw ApiException.invalid(
                    function.path("name"),
                    function.path("name") + " must have 1 to 64 letters, digits, underscores and dashes");
        }
        function.text("description");
        function.object("parameters");
    }
}
