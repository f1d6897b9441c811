package dev.touchstone.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.LanguageModel;
import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Generator;
import dev.touchstone.generation.NaiveExecutor;
import dev.touchstone.server.api.Job.Run;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Answers computed without a server, an engine or a cache: each text by itself, in full at each step. */
public final class Alone {
    /** Stands for the time of creation. */
    public static final long CREATED = 1;

    private Alone() {}

    /** The answer to a request that is no stream. */
    public static ObjectNode answer(LanguageModel model, String body, String fingerprint) {
        return make(model, body, fingerprint, new ArrayList<>()).whole();
    }

    /** The chunks of the answer to a request for a stream. */
    public static List<ObjectNode> chunks(LanguageModel model, String body, String fingerprint) {
        List<ObjectNode> chunks = new ArrayList<>();
        make(model, body, fingerprint, chunks);
        return chunks;
    }

    private static Answer make(LanguageModel model, String body, String fingerprint, List<ObjectNode> chunks) {
        Context context = Context.of(model, RequestLimits.defaults());
        JsonNode json = Json.value("the body", body);
        Job job = json.has("messages") ? ChatRequest.read(json, context) : CompletionRequest.read(json, context);
        List<Run> runs = job.runs(context);
        Answer answer = new Answer(job, runs, context, CREATED, fingerprint);
        chunks.addAll(answer.opening());
        Generator generator = new Generator(new NaiveExecutor(model.transformer(), model.kernels()), model.tokenizer());
        for (int i = 0; i < runs.size(); i++) {
            int choice = i;
            int[] ids = runs.get(i).ids();
            if (job.output().echo() && job.output().hasLogprobs()) {
                Tensor logits = model.logits(ids);
                int V = logits.size(-1);
                for (int t = 0; t < ids.length; t++) {
                    answer.promptLogits(choice, t, Arrays.copyOfRange(logits.data(), t * V, (t + 1) * V));
                }
            }
            Generation made = generator.generate(
                    ids,
                    runs.get(i).settings(),
                    step -> chunks.addAll(answer.step(choice, step.id(), step.text(), step.logits())));
            chunks.addAll(answer.end(choice, made));
        }
        return answer;
    }
}
