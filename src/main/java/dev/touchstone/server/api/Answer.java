package dev.touchstone.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.generation.Generation;
import dev.touchstone.server.api.Choice.Delta;
import dev.touchstone.server.api.Job.Run;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.Sha256;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/**
 * The answer to a {@link Job} while it is made. Its choices may be made in any order and interleaving; the chunks of a stream come
 * in one order, which depends on the texts only: the first token of each choice, then the second of each, and so on. Not for
 * concurrent use.
 */
public final class Answer {
    /** The digits of ids, 128 bits. */
    private static final int ID_DIGITS = 32;

    private final Job job;
    private final Shape shape;
    private final Head head;
    private final ObjectNode request;
    private final List<Choice> choices = new ArrayList<>();
    private final List<List<Delta>> deltas = new ArrayList<>();
    private final Generation[] ends;
    private final Rounds rounds;

    /**
     * What all chunks of an answer have in common.
     *
     * @param id a digest of the request, so the same request has the same id
     * @param created seconds since 1970
     */
    private record Head(String id, long created, String model, String fingerprint) {}

    /**
     * @param created seconds since 1970
     * @param fingerprint of the model and the engine
     */
    public Answer(Job job, List<Run> runs, Context context, long created, String fingerprint) {
        this.job = job;
        this.shape = job.chat() ? new ChatShape() : new CompletionShape();
        this.request = Proof.request(job, runs, context, fingerprint);
        this.head = new Head(
                Sha256.hex(request.toString()).substring(0, ID_DIGITS),
                created,
                context.model().name(),
                shortened(fingerprint));
        Tokenizer tokenizer = context.model().tokenizer();
        for (Run run : runs) {
            choices.add(new Choice(run, job.output(), tokenizer));
            deltas.add(new ArrayList<>());
        }
        this.ends = new Generation[runs.size()];
        this.rounds = new Rounds(runs.size());
    }

    /** The form of a fingerprint in the field {@code system_fingerprint}. */
    public static String shortened(String fingerprint) {
        return "fp_" + fingerprint.substring(0, 16);
    }

    /** The chunks before any token. */
    public List<ObjectNode> opening() {
        List<ObjectNode> chunks = new ArrayList<>();
        for (int i = 0; i < choices.size() && shape.opening(i) != null; i++) {
            chunks.add(chunk(shape.opening(i)));
        }
        return chunks;
    }

    /** The logits after a token of the prompt of a choice. */
    public void promptLogits(int choice, int position, float[] logits) {
        choices.get(choice).promptLogits(position, logits);
    }

    /**
     * A new token of a choice. Returns the chunks that can be sent now.
     *
     * @param logits null if probabilities are not wanted
     */
    public List<ObjectNode> step(int choice, int id, String text, float[] logits) {
        return add(choice, choices.get(choice).step(id, text, logits));
    }

    /** The end of a choice. Returns the chunks that can be sent now, the last ones of the stream with the end of the last choice. */
    public List<ObjectNode> end(int choice, Generation generation) {
        ends[choice] = generation;
        List<ObjectNode> chunks = add(choice, choices.get(choice).end(generation.finishReason(), job.chat()));
        if (job.output().stream()) {
            chunks.addAll(rounds.end(choice, List.of(closing(choice, generation))));
            if (isComplete()) {
                finish(chunks);
            }
        }
        return chunks;
    }

    private List<ObjectNode> add(int choice, Delta delta) {
        if (!job.output().stream()) {
            deltas.get(choice).add(delta);
            return new ArrayList<>();
        }
        List<ObjectNode> chunks = new ArrayList<>();
        if (!delta.isEmpty()) {
            shape.chunks(choice, delta, callPrefix(choice), choices.get(choice)).forEach(one -> chunks.add(chunk(one)));
        }
        return rounds.add(choice, chunks);
    }

    private ObjectNode closing(int choice, Generation generation) {
        return chunk(shape.closing(choice, choices.get(choice).finishReason(generation)));
    }

    /** The numbers of tokens if they are wanted, and the proof in the last chunk. */
    private void finish(List<ObjectNode> chunks) {
        if (job.output().includeUsage()) {
            ObjectNode last = head(true);
            last.putArray("choices");
            last.set("usage", usage());
            chunks.add(last);
        }
        chunks.get(chunks.size() - 1).set("touchstone", proof());
    }

    /** Whether all choices have ended. */
    public boolean isComplete() {
        return Arrays.stream(ends).allMatch(end -> end != null);
    }

    /** The complete answer, if it is not a stream. */
    public ObjectNode whole() {
        ObjectNode json = head(false);
        ArrayNode all = json.putArray("choices");
        for (int i = 0; i < ends.length; i++) {
            ObjectNode choice = shape.whole(i, deltas.get(i), callPrefix(i), choices.get(i));
            all.add(choice.put("finish_reason", choices.get(i).finishReason(ends[i])));
        }
        json.set("usage", usage());
        json.set("touchstone", proof());
        return json;
    }

    /** The digest of the complete answer. */
    public String digest() {
        return proof().get("digest").textValue();
    }

    /** The number of tokens of all prompts. */
    public int promptTokens() {
        return job.prompts().stream().mapToInt(prompt -> prompt.ids().length).sum();
    }

    private ObjectNode proof() {
        return Proof.complete(request, List.of(ends));
    }

    private ObjectNode usage() {
        int prompt = promptTokens();
        int made = Arrays.stream(ends).mapToInt(end -> end.ids().length).sum();
        return JsonNodeFactory.instance
                .objectNode()
                .put("prompt_tokens", prompt)
                .put("completion_tokens", made)
                .put("total_tokens", prompt + made);
    }

    private ObjectNode chunk(ObjectNode choice) {
        ObjectNode chunk = head(true);
        chunk.putArray("choices").add(choice);
        return job.output().includeUsage() ? chunk.putNull("usage") : chunk;
    }

    private ObjectNode head(boolean chunk) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", shape.prefix() + head.id)
                .put("object", shape.object(chunk))
                .put("created", head.created)
                .put("model", head.model)
                .put("system_fingerprint", head.fingerprint);
    }

    private String callPrefix(int choice) {
        return "call_" + head.id + "_" + choice + "_";
    }

    /** Sorts what the choices send by rounds: in each, the first choice sends before the second, and so on. */
    private static final class Rounds {
        private final List<Queue<List<ObjectNode>>> waiting = new ArrayList<>();
        private final boolean[] ended;
        private int turn;

        Rounds(int choices) {
            ended = new boolean[choices];
            for (int i = 0; i < choices; i++) {
                waiting.add(new ArrayDeque<>());
            }
        }

        List<ObjectNode> add(int choice, List<ObjectNode> chunks) {
            waiting.get(choice).add(chunks);
            return ready();
        }

        List<ObjectNode> end(int choice, List<ObjectNode> chunks) {
            waiting.get(choice).add(chunks);
            ended[choice] = true;
            return ready();
        }

        private List<ObjectNode> ready() {
            List<ObjectNode> ready = new ArrayList<>();
            int idle = 0;
            while (idle < ended.length) {
                if (!waiting.get(turn).isEmpty()) {
                    ready.addAll(waiting.get(turn).remove());
                    idle = 0;
                } else if (ended[turn]) {
                    idle++;
                } else {
                    break;
                }
                turn = (turn + 1) % ended.length;
            }
            return ready;
        }
    }
}
