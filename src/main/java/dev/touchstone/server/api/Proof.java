package dev.touchstone.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.Sampling;
import dev.touchstone.generation.Generation;
import dev.touchstone.server.api.Job.Prompt;
import dev.touchstone.server.api.Job.Run;
import dev.touchstone.util.Json;
import dev.touchstone.util.Sha256;
import java.util.HexFormat;
import java.util.List;

/**
 * The field {@code touchstone} of an answer: all that is needed to compute it again, and what was computed.
 *
 * <pre>
 * {"fingerprint": of weights, tokenizer and engine,
 *  "settings": by the names of generation_config.json,
 *  "prompt_ids": [[...]],
 *  "choices": [{"prompt": 0, "seed": 7, "max_new_tokens": 16, "ids": [...], "finish_reason": "length"}],
 *  "digest": SHA-256 of the JSON text of all fields before}
 * </pre>
 *
 * An answer of embeddings has these fields:
 *
 * <pre>
 * {"fingerprint": of weights, tokenizer and engine,
 *  "pooling": "mean" or "last",
 *  "prompt_ids": [[...]],
 *  "embeddings": SHA-256 of each vector, as floats in little-endian order,
 *  "digest": SHA-256 of the JSON text of all fields before}
 * </pre>
 */
final class Proof {
    private Proof() {}

    /** What is known before the answer. */
    static ObjectNode request(Job job, List<Run> runs, Context context, String fingerprint) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("fingerprint", fingerprint);
        Sampling sampling = job.sampling();
        json.set("settings", sampling.json(context.model().checkpoint()));
        addIds(json, job.prompts());
        ArrayNode choices = json.putArray("choices");
        for (Run run : runs) {
            ObjectNode choice = choices.addObject().put("prompt", run.prompt());
            if (run.seed() != null) {
                choice.put("seed", run.seed());
            }
            choice.put("max_new_tokens", run.settings().maxNewTokens());
        }
        return json;
    }

    /** Adds what was computed, and the digest. */
    static ObjectNode complete(ObjectNode request, List<Generation> made) {
        ObjectNode json = request.deepCopy();
        for (int i = 0; i < made.size(); i++) {
            ObjectNode choice = (ObjectNode) json.get("choices").get(i);
            choice.set("ids", Json.tree(made.get(i).ids()));
            choice.put("finish_reason", made.get(i).finishReason().toString());
        }
        return signed(json);
    }

    static ObjectNode ofEmbeddings(Embeddings request, List<float[]> vectors, String fingerprint) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("fingerprint", fingerprint);
        json.put("pooling", request.pooling().toString());
        addIds(json, request.inputs());
        ArrayNode digests = json.putArray("embeddings");
        vectors.forEach(vector -> digests.add(digest(vector)));
        return signed(json);
    }

    private static void addIds(ObjectNode json, List<Prompt> prompts) {
        ArrayNode all = json.putArray("prompt_ids");
        for (Prompt prompt : prompts) {
            all.add(Json.tree(prompt.ids()));
        }
    }

    /** The digest of a vector. (C) */
    static String digest(float[] vector) {
        return HexFormat.of().formatHex(Sha256.of(Embeddings.bytes(vector)));
    }

    /** Adds the digest of all fields. */
    private static ObjectNode signed(ObjectNode json) {
        return json.put("digest", Sha256.hex(json.toString()));
    }
}
