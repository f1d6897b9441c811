package dev.touchstone.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.Sampling;
import dev.touchstone.checkpoint.LoadedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;

/**
 * The fields that say how tokens are chosen and when a text ends. What is not set comes from the model's
 * {@code generation_config.json}, as in the command {@code generate}.
 */
final class SamplingFields {
    static final Set<String> NAMES = Set.of(
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "presence_penalty",
            "frequency_penalty",
            "repetition_penalty",
            "logit_bias",
            "seed",
            "stop",
            "max_tokens");

    /** Seeds that the server chooses are exact in JavaScript too. */
    private static final long SEEDS = 1L << 53;

    private static final int MOST_STOPS = 16;
    private static final int MOST_BIASES = 1024;

    private final Fields fields;
    private final Context context;

    SamplingFields(Fields fields, Context context) {
        this.fields = fields;
        this.context = context;
    }

    /**
     * All settings but the seed.
     *
     * @param maxTokens the most new tokens; null if the request sets no limit
     */
    Sampling read(Integer maxTokens) {
        Double temperature = fields.number("temperature", 0, 2);
        Double topP = fields.number("top_p", 0, 1);
        Double minP = fields.number("min_p", 0, 1);
        Integer topK = fields.integer("top_k", 0, Integer.MAX_VALUE);
        Sampling sampling = Sampling.ofModel();
        if (temperature != null && temperature == 0) {
            // The limit of small temperatures, in which no filter removes the likeliest token.
            sampling = Sampling.greedy();
        } else if (temperature != null || topP != null || minP != null || topK != null) {
            sampling = with(Sampling.random(), temperature, Sampling::temperature);
            sampling = with(sampling, topP, Sampling::topP);
            sampling = with(sampling, minP, Sampling::minP);
            sampling = with(sampling, topK, Sampling::topK);
        }
        sampling = with(sampling, fields.number("presence_penalty", -2, 2), Sampling::presencePenalty);
        sampling = with(sampling, fields.number("frequency_penalty", -2, 2), Sampling::frequencyPenalty);
        sampling = with(sampling, fields.number("repetition_penalty", 0.01, 10), Sampling::repetitionPenalty);
        sampling = with(sampling, biases(), Sampling::logitBias);
        sampling = with(sampling, stops(), Sampling::stop);
        return with(sampling, maxTokens, Sampling::maxNewTokens);
    }

    /** The seed of the request; a new one if it has none; null if tokens are not sampled, so that no seed has an effect. */
    Long seed(Sampling sampling) {
        Long seed = fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE);
        LoadedModel model = context.model().checkpoint();
        if (!sampling.isRandom(model)) {
            return null;
        }
        return seed == null ? ThreadLocalRandom.current().nextLong(SEEDS) : seed;
    }

    private static <T> Sampling with(Sampling sampling, T value, BiFunction<Sampling, T, Sampling> setter) {
        return value == null ? sampling : setter.apply(sampling, value);
    }

    private String[] stops() {
        JsonNode stop = fields.node("stop");
        if (stop == null) {
            return null;
        }
        List<String> stops = new ArrayList<>();
        List<JsonNode> texts = stop.isTextual() ? List.of(stop) : fields.list("stop", MOST_STOPS);
        for (JsonNode text : texts) {
            stops.add(Fields.text(fields.path("stop"), text));
        }
        if (stops.contains("")) {
            throw ApiException.invalid(
                    fields.path("stop"), "a stop string is empty: it would end every text before it starts");
        }
        return stops.toArray(String[]::new);
    }

    private Map<Integer, Double> biases() {
        Fields biases = fields.object("logit_bias");
        if (biases == null || biases.json().isEmpty()) {
            return null;
        }
        if (biases.json().size() > MOST_BIASES) {
            throw ApiException.invalid(
                    "logit_bias",
                    "logit_bias has " + biases.json().size() + " tokens, expected at most " + MOST_BIASES);
        }
        Map<Integer, Double> byId = new TreeMap<>();
        for (Map.Entry<String, JsonNode> bias : biases.json().properties()) {
            if (!bias.getKey().matches("[0-9]{1,9}") || Integer.parseInt(bias.getKey()) >= context.vocabulary()) {
                throw ApiException.invalid(
                        "logit_bias",
                        "logit_bias has a name that is no token id; ids go from 0 to " + (context.vocabulary() - 1));
            }
            byId.put(
                    Integer.valueOf(bias.getKey()),
                    Fields.number("logit_bias." + bias.getKey(), bias.getValue(), -100, 100));
        }
        return byId;
    }
}
