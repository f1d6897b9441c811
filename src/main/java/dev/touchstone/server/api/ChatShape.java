package dev.touchstone.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.server.api.Choice.Delta;
import dev.touchstone.server.api.ToolCallReader.Call;
import dev.touchstone.server.api.ToolCallReader.Part;
import java.util.ArrayList;
import java.util.List;

/** The choices of {@code /v1/chat/completions}. */
final class ChatShape implements Shape {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    @Override
    public String prefix() {
        return "chatcmpl-";
    }

    @Override
    public String object(boolean chunk) {
        return chunk ? "chat.completion.chunk" : "chat.completion";
    }

    @Override
    public ObjectNode opening(int index) {
        return chunk(index, JSON.objectNode().put("role", "assistant").put("content", ""));
    }

    @Override
    public List<ObjectNode> chunks(int index, Delta delta, String callPrefix, Choice choice) {
        List<ObjectNode> chunks = new ArrayList<>();
        for (Part part : delta.parts()) {
            ObjectNode content = JSON.objectNode();
            if (part.call() == null) {
                content.put("content", part.text());
            } else {
                int number = choice.nextCall();
                ObjectNode call = JSON.objectNode().put("index", number);
                content.putArray("tool_calls").add(call.setAll(call(part.call(), callPrefix + number)));
            }
            chunks.add(chunk(index, content));
        }
        if (!delta.logprobs().isEmpty()) {
            if (chunks.isEmpty()) {
                chunks.add(chunk(index, JSON.objectNode()));
            }
            chunks.get(0).set("logprobs", logprobs(delta.logprobs()));
        }
        return chunks;
    }

    @Override
    public ObjectNode closing(int index, String finishReason) {
        return chunk(index, JSON.objectNode()).put("finish_reason", finishReason);
    }

    private static ObjectNode chunk(int index, ObjectNode delta) {
        ObjectNode chunk = JSON.objectNode().put("index", index);
        chunk.set("delta", delta);
        return chunk.putNull("logprobs").putNull("finish_reason");
    }

    @Override
    public ObjectNode whole(int index, List<Delta> deltas, String callPrefix, Choice choice) {
        StringBuilder text = new StringBuilder();
        ArrayNode calls = JSON.arrayNode();
        List<TokenLogprobs> logprobs = new ArrayList<>();
        for (Delta delta : deltas) {
            logprobs.addAll(delta.logprobs());
            for (Part part : delta.parts()) {
                text.append(part.text());
                if (part.call() != null) {
                    calls.add(call(part.call(), callPrefix + choice.nextCall()));
                }
            }
        }
        ObjectNode message = JSON.objectNode().put("role", "assistant");
        message.put("content", calls.isEmpty() || text.length() > 0 ? text.toString() : null);
        message.putNull("refusal");
        if (!calls.isEmpty()) {
            message.set("tool_calls", calls);
        }
        ObjectNode whole = JSON.objectNode().put("index", index);
        whole.set("message", message);
        whole.set("logprobs", choice.hasLogprobs() ? logprobs(logprobs) : JSON.nullNode());
        return whole.putNull("finish_reason");
    }

    private static ObjectNode call(Call call, String id) {
        ObjectNode json = JSON.objectNode().put("id", id).put("type", "function");
        json.putObject("function").put("name", call.name()).put("arguments", call.arguments());
        return json;
    }

    private static ObjectNode logprobs(List<TokenLogprobs> all) {
        ObjectNode json = JSON.objectNode();
        ArrayNode content = json.putArray("content");
        for (TokenLogprobs token : all) {
            ObjectNode entry = entry(token.token(), token.own());
            ArrayNode top = entry.putArray("top_logprobs");
            token.top().forEach(one -> top.add(entry(one.token(), one.logprob())));
            content.add(entry);
        }
        return json.putNull("refusal");
    }

    private static ObjectNode entry(TokenLogprobs.Token token, float logprob) {
        ObjectNode entry = JSON.objectNode().put("token", token.text()).put("logprob", logprob);
        ArrayNode bytes = entry.putArray("bytes");
        for (byte b : token.bytes()) {
            bytes.add(b & 0xff);
        }
        return entry;
    }
}
