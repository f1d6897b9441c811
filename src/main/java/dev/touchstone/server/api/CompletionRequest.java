package dev.touchstone.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.Sampling;
import dev.touchstone.server.api.Job.Output;
import dev.touchstone.server.api.Job.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The body of {@code POST /v1/completions}. */
public final class CompletionRequest {
    /** The number of new tokens that OpenAI documents for a request without a limit. */
    private static final int DEFAULT_TOKENS = 16;

    private static final int MOST_LOGPROBS = 20;

    private static final Set<String> NAMES =
            Known.withSampling("model", "prompt", "n", "echo", "logprobs", "stream", "stream_options", "user");

    private CompletionRequest() {}

    /** Throws an {@link ApiException} if the request is wrong. */
    public static Job read(JsonNode body, Context context) {
        Fields fields = Fields.of(body);
        fields.only(NAMES, Known.COMPLETION_REFUSED);
        context.checkModel(fields);
        List<Prompt> prompts = Prompts.read(fields, "prompt", context.limits().choices(), context);
        int n = fields.integer("n", 1, 1, context.limits().choices());
        if ((long) n * prompts.size() > context.limits().choices()) {
            throw ApiException.invalid(
                    "n",
                    prompts.size() + " prompts with n = " + n + " ask for more than "
                            + context.limits().choices() + " texts; send several requests");
        }
        Integer limit = fields.integer("max_tokens", 0, Integer.MAX_VALUE);
        SamplingFields choosing = new SamplingFields(fields, context);
        Sampling sampling = choosing.read(limit);
        sampling = limit == null ? sampling.defaultNewTokens(DEFAULT_TOKENS) : sampling;
        Streaming streaming = Streaming.read(fields);
        Output output = new Output(
                fields.integer("logprobs", -1, 0, MOST_LOGPROBS),
                fields.flag("echo", false),
                streaming.stream(),
                streaming.includeUsage(),
                null);
        return new Job(
                new ArrayList<>(prompts),
                sampling,
                limit != null,
                choosing.seed(sampling),
                n,
                output,
                fields.text("user"),
                false);
    }
}
