package dev.touchstone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.GenerationDefaults;
import dev.touchstone.generation.Beams.EarlyStopping;
import dev.touchstone.util.Json;
import dev.touchstone.util.JsonObject;
import dev.touchstone.util.TouchstoneException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Settings as a JSON object, under the names and in the format of {@code generation_config.json}, and back. */
final class SettingsJson {
    /** Settings that a JSON object cannot hold. */
    private static final Set<Setting> OBJECTS = Set.of(Setting.PROCESSORS, Setting.DRAFT);

    /** Settings without an effect on the text, once all others are written. */
    private static final Set<Setting> NEUTRAL = Set.of(Setting.USE_CACHE, Setting.MODEL_DEFAULTS);

    private SettingsJson() {}

    /** The settings that have an effect, in the order of {@link Setting}. */
    static ObjectNode write(ResolvedSampling sampling) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        sampling.values().forEach((setting, value) -> {
            if (OBJECTS.contains(setting)) {
                throw new TouchstoneException("settings with " + setting + " cannot be written as JSON");
            }
            if (!NEUTRAL.contains(setting) && (sampling.isRandom() || !setting.isForSampling())) {
                json.set(setting.toString(), tree(value));
            }
        });
        return json;
    }

    private static JsonNode tree(Object value) {
        if (value instanceof Set<?> ids) {
            return Json.tree(new TreeSet<>(ids));
        }
        if (value instanceof Sampling.Decay decay) {
            return array().add(decay.start()).add(decay.factor());
        }
        if (value instanceof EarlyStopping when) {
            return when == EarlyStopping.NEVER ? Json.tree("never") : Json.tree(when == EarlyStopping.TRUE);
        }
        if (value instanceof Map<?, ?> biases && biases.keySet().iterator().next() instanceof List<?>) {
            ArrayNode pairs = array();
            biases.forEach((sequence, bias) ->
                    pairs.addArray().add(Json.tree(sequence)).add((Double) bias));
            return pairs;
        }
        return Json.tree(value);
    }

    private static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /** Throws a {@link TouchstoneException} for an unknown name, and for a value of the wrong type. */
    static Map<Setting, Object> read(JsonObject json) {
        json.json().fieldNames().forEachRemaining(name -> {
            Setting setting = Setting.named(name);
            if (setting == null || OBJECTS.contains(setting) || NEUTRAL.contains(setting)) {
                throw new TouchstoneException(json.path() + ": " + name + " is no setting that can be read");
            }
        });
        Map<Setting, Object> values = ModelDefaults.read(new GenerationDefaults(List.of(), json, json.path()));
        for (Setting penalty : List.of(Setting.PRESENCE_PENALTY, Setting.FREQUENCY_PENALTY)) {
            put(json, penalty, values, name -> json.number(name, 0));
        }
        for (Setting count : List.of(Setting.DEFAULT_NEW_TOKENS, Setting.WINDOW_STRIDE)) {
            put(json, count, values, json::integer);
        }
        put(json, Setting.EOS_TOKEN_ID, values, name -> Set.copyOf(json.integers(name)));
        put(json, Setting.LOGIT_BIAS, values, name -> biases(json.object(name)));
        put(json, Setting.SEED, values, name -> seed(json, name));
        return values;
    }

    /** Reads a field. */
    private interface Reader {
        Object read(String name);
    }

    private static void put(JsonObject json, Setting setting, Map<Setting, Object> values, Reader reader) {
        if (json.has(setting.toString())) {
            values.put(setting, reader.read(setting.toString()));
        }
    }

    private static Map<Integer, Double> biases(JsonObject json) {
        Map<Integer, Double> biases = new TreeMap<>();
        json.json().fieldNames().forEachRemaining(id -> {
            if (!id.matches("[0-9]{1,9}")) {
                throw json.error(id, "token ids as names");
            }
            biases.put(Integer.valueOf(id), json.number(id, 0));
        });
        return biases;
    }

    private static long seed(JsonObject json, String name) {
        JsonNode seed = json.json().get(name);
        if (!seed.isIntegralNumber() || !seed.canConvertToLong()) {
            throw json.error(name, "a whole number of 64 bits");
        }
        return seed.longValue();
    }
}
