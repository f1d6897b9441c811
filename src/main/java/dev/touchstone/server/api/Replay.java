package dev.touchstone.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.LanguageModel;
import dev.touchstone.Sampling;
import dev.touchstone.generation.Generation;
import dev.touchstone.tokenizer.TokenText;
import dev.touchstone.util.Json;
import dev.touchstone.util.JsonObject;
import dev.touchstone.util.Sha256;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A response that is computed again, each of its texts alone. */
public final class Replay {
    private final JsonObject proof;
    /** The texts by the indices of the choices; those with calls of functions are left out. */
    private final Map<Integer, String> texts = new TreeMap<>();

    private Replay(JsonObject proof) {
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
        ObjectNode proof = null;
        for (JsonNode part : parts) {
            proof = part.path("touchstone").isObject() ? (ObjectNode) part.get("touchstone") : proof;
        }
        if (proof == null) {
            throw new TouchstoneException(name + " has no field touchstone, expected a complete response of serve");
        }
        Replay replay = new Replay(new JsonObject(name + ": touchstone", proof));
        parts.forEach(replay::addTexts);
        return replay;
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

    private void addTexts(JsonNode part) {
        for (JsonNode choice : part.path("choices")) {
            JsonNode message = choice.has("delta") ? choice.get("delta") : choice.path("message");
            JsonNode text = choice.has("text") ? choice.get("text") : message.path("content");
            int index = choice.path("index").asInt();
            if (message.has("tool_calls")) {
                texts.put(index, null);
            } else if (text.isTextual() && (!texts.containsKey(index) || texts.get(index) != null)) {
                texts.merge(index, text.textValue(), String::concat);
            }
        }
    }

    /** The number of texts. */
    public int size() {
        return proof.json().path("choices").size();
    }

    /** The number of new tokens of all texts. */
    public int tokens() {
        int tokens = 0;
        for (JsonNode choice : proof.json().path("choices")) {
            tokens += choice.path("ids").size();
        }
        return tokens;
    }

    public String digest() {
        return proof.string("digest");
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
        JsonObject settings = proof.object("settings");
        List<JsonObject> choices = proof.objects("choices");
        for (int i = 0; i < choices.size(); i++) {
            Optional<String> difference = difference(model, settings, i, choices.get(i));
            if (difference.isPresent()) {
                return difference;
            }
        }
        return Optional.empty();
    }

    private Optional<String> difference(LanguageModel model, JsonObject settings, int index, JsonObject choice) {
        Sampling sampling = Sampling.ofJson(settings).maxNewTokens(choice.integer("max_new_tokens"));
        if (choice.has("seed")) {
            sampling = sampling.seed(choice.json().get("seed").longValue());
        }
        JsonNode prompt = proof.json().path("prompt_ids").path(choice.integer("prompt"));
        int[] ids = ids(prompt);
        Generation made = model.start(ids, sampling).run(step -> {});
        return difference(model, index, choice, made, ids);
    }

    private Optional<String> difference(
            LanguageModel model, int index, JsonObject choice, Generation made, int[] prompt) {
        int[] stated = ids(choice.json().path("ids"));
        for (int t = 0; t < Math.max(stated.length, made.ids().length); t++) {
            String theirs = token(model, stated, t);
            String ours = token(model, made.ids(), t);
            if (!theirs.equals(ours)) {
                return Optional.of("choice " + index + " differs at new token " + t + ": the response has " + theirs
                        + ", computed again it is " + ours);
            }
        }
        if (!choice.string("finish_reason").equals(made.finishReason().toString())) {
            return Optional.of("choice " + index + " ended by " + choice.string("finish_reason")
                    + ", computed again it ends by " + made.finishReason());
        }
        String text = texts.get(index);
        boolean same = text == null
                || text.equals(made.text())
                || text.equals(model.tokenizer().decode(prompt) + made.text()); // with echo
        return same
                ? Optional.empty()
                : Optional.of("choice " + index + " has the same tokens but another text: the response has "
                        + TokenText.quoted(text) + ", computed again it is " + TokenText.quoted(made.text()));
    }

    private static int[] ids(JsonNode list) {
        int[] ids = new int[list.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = list.get(i).asInt();
        }
        return ids;
    }

    private static String token(LanguageModel model, int[] ids, int index) {
        return index < ids.length ? ids[index] + " " + TokenText.quoted(model.tokenizer(), ids[index]) : "no token";
    }
}
