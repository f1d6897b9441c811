package dev.touchstone.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.LanguageModel;
import dev.touchstone.util.Json;
import dev.touchstone.util.JsonObject;
import dev.touchstone.util.Sha256;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A response that is computed again, each of its texts alone. */
public abstract class Replay {
    private final JsonObject proof;

    Replay(JsonObject proof) {
        this.proof = proof;
    }

    /**
     * The response in a file: the JSON object, or the events of a stream.
     *
     * @param name of the file, for messages
     * @throws TouchstoneException if it is no complete response of this server
     */
    public static Replay read(String name, String text) {
        boolean stream = !text.stripLeading().startsWith("{");
        List<JsonNode> parts = stream ? events(name, text) : List.of(Json.value(name, text));
        ObjectNode found = null;
        for (JsonNode part : parts) {
            found = part.path("touchstone").isObject() ? (ObjectNode) part.get("touchstone") : found;
        }
        if (found == null) {
            throw new TouchstoneException(name + " has no field touchstone, expected a complete response of serve");
        }
        JsonObject proof = new JsonObject(name + ": touchstone", found);
        return proof.has("embeddings")
                ? new EmbeddingReplay(proof, new JsonObject(name, parts.get(0)))
                : new TextReplay(proof, parts);
    }

    private static List<JsonNode> events(String name, String text) {
        List<JsonNode> events = new ArrayList<>();
        for (String line : text.split("\r?\n")) {
            if (line.startsWith("data:") && !line.substring(5).strip().equals("[DONE]")) {
                events.add(Json.value(name, line.substring(5)));
            }
        }
        return events;
    }

    JsonObject proof() {
        return proof;
    }

    public String digest() {
        return proof.string("digest");
    }

    /** What the response has, such as {@code 2 texts, 12 tokens}. */
    public abstract String contents();

    static String counted(int count, String one, String several) {
        return count + " " + (count == 1 ? one : several);
    }

    /**
     * Computes everything again. Returns the first difference; empty if there is none.
     *
     * @param fingerprint of the model
     */
    public Optional<String> difference(LanguageModel model, String fingerprint) {
        ObjectNode rest = proof.json().deepCopy();
        rest.remove("digest");
        String actual = Sha256.hex(rest.toString());
        if (!actual.equals(digest())) {
            return Optional.of("the response was changed after it was made: its fields have the digest " + actual
                    + ", but it states " + digest());
        }
        if (!proof.string("fingerprint").equals(fingerprint)) {
            return Optional.of(
                    "the response was made by another model or another version of the engine: its fingerprint is "
                            + proof.string("fingerprint") + ", this one is " + fingerprint);
        }
        return difference(model);
    }

    /** The first difference to what {@code model} computes. */
    abstract Optional<String> difference(LanguageModel model);

    static int[] ids(JsonNode list) {
        int[] ids = new int[list.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = list.get(i).asInt();
        }
        return ids;
    }
}
