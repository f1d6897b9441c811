package dev.touchstone.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.server.api.Choice.Delta;
import dev.touchstone.server.api.ToolCallReader.Part;
import java.util.List;
import java.util.stream.Collectors;

/** The choices of {@code /v1/completions}. */
final class CompletionShape implements Shape {
    @Override
    public String prefix() {
        return "cmpl-";
    }

    @Override
    public String object(boolean chunk) {
        return "text_completion";
    }

    @Override
    public ObjectNode opening(int index) {
        return null;
    }

    @Override
    public List<ObjectNode> chunks(int index, Delta delta, String callPrefix, Choice choice) {
        return List.of(choice(index, text(delta), delta.logprobs(), choice.hasLogprobs()));
    }

    @Override
    public ObjectNode closing(int index, String finishReason) {
        return choice(index, "", List.of(), false).put("finish_reason", finishReason);
    }

    @Override
    public ObjectNode whole(int index, List<Delta> deltas, String callPrefix, Choice choice) {
        String text = deltas.stream().map(CompletionShape::text).collect(Collectors.joining());
        List<TokenLogprobs> logprobs =
                deltas.stream().flatMap(delta -> delta.logprobs().stream()).toList();
        return choice(index, text, logprobs, choice.hasLogprobs());
    }

    private static String text(Delta delta) {
        return delta.parts().stream().map(Part::text).collect(Collectors.joining());
    }

    private static ObjectNode choice(int index, String text, List<TokenLogprobs> logprobs, boolean wanted) {
        ObjectNode choice = JsonNodeFactory.instance.objectNode();
        choice.put("text", text).put("index", index);
        choice.set("logprobs", wanted ? logprobs(logprobs) : JsonNodeFactory.instance.nullNode());
        return choice.putNull("finish_reason");
    }

    private static ObjectNode logprobs(List<TokenLogprobs> all) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode tokens = json.putArray("tokens");
        ArrayNode own = json.putArray("token_logprobs");
        ArrayNode top = json.putArray("top_logprobs");
        ArrayNode offsets = json.putArray("text_offset");
        for (TokenLogprobs token : all) {
            tokens.add(token.token().text());
            own.add(token.own());
            offsets.add(token.offset());
            if (token.own() == null) {
                top.addNull();
            } else {
                ObjectNode alternatives = top.addObject();
                token.top()
                        .forEach(
                                one -> { // of tokens with the same text the most likely one
                                    if (!alternatives.has(one.token().text())) {
                                        alternatives.put(one.token().text(), one.logprob());
                                    }
                                });
            }
        }
        return json;
    }
}
