package dev.touchstone.batch;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.generation.Generation;
import dev.touchstone.util.Json;
import dev.touchstone.util.Sha256;

/**
 * A row and its continuation.
 *
 * @param logProbability the sum of the log-probabilities of the new tokens, before any penalty, bias or temperature,
 *     rounded to six decimals
 */
public record BatchAnswer(RowRequest request, Generation made, double logProbability) {
    /** SHA-256 of the JSON text of prompt ids, settings with the seed, new ids, finish reason and log-probability. */
    public String digest() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.set("prompt_ids", Json.tree(made.promptIds()));
        json.set("settings", request.json());
        json.set("ids", Json.tree(made.ids()));
        json.put("finish_reason", made.finishReason().toString());
        json.put("log_probability", logProbability);
        return Sha256.hex(json.toString());
    }

    /**
     * The fields of the row, and the answer: prompt, ids, text, finish reason, log-probability, seed if tokens are
     * sampled, digest.
     */
    public ObjectNode json() {
        BatchRow row = request.row();
        ObjectNode json = GenerationJson.into(row.given().deepCopy(), row.prompt(), made);
        json.put("log_probability", logProbability);
        if (request.seed() != null) {
            json.put("seed", request.seed());
        }
        return json.put("digest", digest());
    }
}
