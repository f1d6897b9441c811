package dev.touchstone.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.checkpoint.tokenizer.TokenizerFiles;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds tokenizer.json from Java maps. */
public final class TinyTokenizers {
    private TinyTokenizers() {}

    /** A tokenizer.json with these components; all others are null. */
    public static String json(Map<String, ?> parts) {
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("version", "1.0");
        for (String name :
                List.of("truncation", "padding", "normalizer", "pre_tokenizer", "post_processor", "decoder")) {
            whole.put(name, null);
        }
        whole.put("added_tokens", List.of());
        whole.putAll(parts);
        try {
            return new ObjectMapper().writeValueAsString(whole);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A component: its type, then names and values of settings. */
    public static Map<String, Object> component(String type, Object... settings) {
        Map<String, Object> component = new LinkedHashMap<>(Map.of("type", type));
        for (int i = 0; i < settings.length; i += 2) {
            component.put((String) settings[i], settings[i + 1]);
        }
        return component;
    }

    /** An added token with these of its flags set, such as {@code special}. */
    public static Map<String, Object> added(int id, String content, String... flags) {
        Map<String, Object> token = new LinkedHashMap<>(Map.of("id", id, "content", content));
        List.of("special", "single_word", "lstrip", "rstrip", "normalized")
                .forEach(flag -> token.put(flag, List.of(flags).contains(flag)));
        return token;
    }

    /** The tokenizer that the code under test reads from it. */
    public static Tokenizer read(String json) {
        Map<String, byte[]> files = Map.of("tokenizer.json", json.getBytes(StandardCharsets.UTF_8));
        return TokenizerFiles.read("tiny", name -> Optional.ofNullable(files.get(name)));
    }

    /** Tokens with ids 0, 1, 2 and so on. */
    public static Map<String, Integer> vocabulary(Iterable<String> tokens) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        tokens.forEach(token -> ids.putIfAbsent(token, ids.size()));
        return ids;
    }
}
