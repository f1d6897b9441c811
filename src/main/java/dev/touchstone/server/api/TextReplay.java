package dev.touchstone.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.LanguageModel;
import dev.touchstone.Sampling;
import dev.touchstone.generation.Generation;
import dev.touchstone.tokenizer.TokenText;
import dev.touchstone.util.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A response with texts that are made again. */
final class TextReplay extends Replay {
    /** The texts by the indices of the choices; those with calls of functions are left out. */
    private final Map<Integer, String> texts = new TreeMap<>();

    /** @param parts the response, or the events of a stream */
    TextReplay(JsonObject proof, List<JsonNode> parts) {
        super(proof);
        parts.forEach(this::addTexts);
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

    @Override
    public String contents() {
        int tokens = 0;
        for (JsonNode choice : proof().json().path("choices")) {
            tokens += choice.path("ids").size();
        }
        return counted(proof().json().path("choices").size(), "text", "texts") + ", "
                + counted(tokens, "token", "tokens");
    }

    @Override
    Optional<String> difference(LanguageModel model) {
        JsonObject settings = proof().object("settings");
        List<JsonObject> choices = proof().objects("choices");
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
        JsonNode prompt = proof().json().path("prompt_ids").path(choice.integer("prompt"));
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

    private static String token(LanguageModel model, int[] ids, int index) {
        return index < ids.length ? ids[index] + " " + TokenText.quoted(model.tokenizer(), ids[index]) : "no token";
    }
}
