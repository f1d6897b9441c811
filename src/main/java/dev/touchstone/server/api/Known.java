package dev.touchstone.server.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The parameters of OpenAI's API that are not supported, each with the values, besides null, that ask for nothing else than what
 * the server does. They are refused by name, never ignored.
 */
final class Known {
    static final Map<String, Set<String>> COMPLETION_REFUSED = Map.of("best_of", Set.of("1"), "suffix", Set.of());

    static final Map<String, Set<String>> CHAT_REFUSED = chat();

    static final Map<String, Set<String>> EMBEDDING_REFUSED = Map.of("dimensions", Set.of());

    static final Map<String, Set<String>> NONE = Map.of();

    private Known() {}

    private static Map<String, Set<String>> chat() {
        Map<String, Set<String>> refused = new LinkedHashMap<>();
        refused.put("audio", Set.of());
        refused.put("function_call", Set.of());
        refused.put("functions", Set.of());
        refused.put("metadata", Set.of());
        refused.put("modalities", Set.of("[\"text\"]"));
        refused.put("moderation", Set.of());
        refused.put("parallel_tool_calls", Set.of("true"));
        refused.put("prediction", Set.of());
        refused.put("prompt_cache_key", Set.of());
        refused.put("prompt_cache_options", Set.of());
        refused.put("prompt_cache_retention", Set.of());
        refused.put("reasoning_effort", Set.of());
        refused.put("response_format", Set.of("{\"type\":\"text\"}"));
        refused.put("safety_identifier", Set.of());
        refused.put("service_tier", Set.of("\"auto\"", "\"default\""));
        refused.put("store", Set.of("false"));
        refused.put("verbosity", Set.of());
        refused.put("web_search_options", Set.of());
        return Map.copyOf(refused);
    }

    /** The names of the fields that choose tokens, and others. */
    static Set<String> withSampling(String... others) {
        Set<String> names = new TreeSet<>(SamplingFields.NAMES);
        names.addAll(Set.of(others));
        return names;
    }
}
