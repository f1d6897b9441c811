package dev.touchstone.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.Sampling;
import dev.touchstone.checkpoint.chat.ChatInput;
import dev.touchstone.server.api.Job.Output;
import dev.touchstone.server.api.Job.Prompt;
import java.util.List;
import java.util.Set;

/** The body of {@code POST /v1/chat/completions}. */
public final class ChatRequest {
    private static final int MOST_LOGPROBS = 20;

    private static final Set<String> NAMES = Known.withSampling(
            "model",
            "messages",
            "tools",
            "tool_choice",
            "chat_template_kwargs",
            "n",
            "max_completion_tokens",
            "logprobs",
            "top_logprobs",
            "stream",
            "stream_options",
            "user");

    private ChatRequest() {}

    /** Throws an {@link ApiException} if the request is wrong. */
    public static Job read(JsonNode body, Context context) {
        Fields fields = Fields.of(body);
        fields.only(NAMES, Known.CHAT_REFUSED);
        context.checkModel(fields);
        Tools tools = Tools.read(fields, context);
        ChatInput conversation = Conversation.read(fields, tools.descriptions());
        Integer limit = limit(fields);
        SamplingFields choosing = new SamplingFields(fields, context);
        Sampling sampling = choosing.read(limit);
        Streaming streaming = Streaming.read(fields);
        Output output =
                new Output(topLogprobs(fields), false, streaming.stream(), streaming.includeUsage(), tools.format());
        int n = fields.integer("n", 1, 1, context.limits().choices());
        int[] ids = context.model().encodeChat(conversation);
        context.checkIds("messages", ids);
        return new Job(
                List.of(new Prompt(null, ids)),
                sampling,
                limit != null,
                choosing.seed(sampling),
                n,
                output,
                fields.text("user"),
                true);
    }

    /** {@code max_tokens} under its new name or its old one. */
    private static Integer limit(Fields fields) {
        Integer limit = fields.integer("max_completion_tokens", 1, Integer.MAX_VALUE);
        Integer old = fields.integer("max_tokens", 1, Integer.MAX_VALUE);
        if (limit != null && old != null && !limit.equals(old)) {
            throw ApiException.invalid(
                    "max_tokens", "max_tokens and max_completion_tokens are two names of one limit; set one of them");
        }
        return limit == null ? old : limit;
    }

    private static int topLogprobs(Fields fields) {
        boolean wanted = fields.flag("logprobs", false);
        Integer top = fields.integer("top_logprobs", 0, MOST_LOGPROBS);
        if (top != null && !wanted) {
            throw ApiException.invalid("top_logprobs", "top_logprobs needs logprobs to be true");
        }
        return !wanted ? -1 : top == null ? 0 : top;
    }
}
