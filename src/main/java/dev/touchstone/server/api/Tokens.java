package dev.touchstone.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.chat.ChatInput;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.Json;
import java.util.Set;

/** {@code POST /tokenize} and {@code POST /detokenize}, in the format of vLLM. */
public final class Tokens {
    private static final Set<String> TEXT = Set.of("model", "prompt", "add_special_tokens", "return_token_strs");
    private static final Set<String> CHAT = Set.of(
            "model",
            "messages",
            "tools",
            "tool_choice",
            "chat_template_kwargs",
            "add_generation_prompt",
            "return_token_strs");
    private static final Set<String> IDS = Set.of("model", "tokens");

    private Tokens() {}

    /** The tokens of a text or of a conversation. */
    public static ObjectNode tokenize(JsonNode body, Context context) {
        Fields fields = Fields.of(body);
        int[] ids = fields.has("messages") ? chat(fields, context) : text(fields, context);
        Tokenizer tokenizer = context.model().tokenizer();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("count", ids.length).put("max_model_len", context.positions()).set("tokens", Json.tree(ids));
        if (fields.flag("return_token_strs", false)) {
            ArrayNode strings = json.putArray("token_strs");
            for (int id : ids) {
                strings.add(tokenizer.token(id));
            }
        }
        return json;
    }

    private static int[] text(Fields fields, Context context) {
        fields.only(TEXT, Known.NONE);
        context.checkModel(fields);
        String text = fields.requiredText("prompt");
        Tokenizer tokenizer = context.model().tokenizer();
        return fields.flag("add_special_tokens", true) ? tokenizer.encode(text) : tokenizer.encodeTemplated(text);
    }

    private static int[] chat(Fields fields, Context context) {
        fields.only(CHAT, Known.NONE);
        context.checkModel(fields);
        ChatInput conversation =
                Conversation.read(fields, Tools.read(fields, context).descriptions());
        boolean prompt = fields.flag("add_generation_prompt", true);
        return context.model().encodeChat(prompt ? conversation : conversation.withoutGenerationPrompt());
    }

    /** The text of token ids. */
    public static ObjectNode detokenize(JsonNode body, Context context) {
        Fields fields = Fields.of(body);
        fields.only(IDS, Known.NONE);
        context.checkModel(fields);
        if (!fields.has("tokens")) {
            throw ApiException.invalid("tokens", "tokens is missing, expected a list of token ids");
        }
        int[] ids = Prompts.ids("tokens", fields.node("tokens"));
        context.checkVocabulary("tokens", ids);
        return JsonNodeFactory.instance
                .objectNode()
                .put("prompt", context.model().tokenizer().decode(ids));
    }
}
