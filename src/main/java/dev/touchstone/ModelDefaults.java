package dev.touchstone;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.checkpoint.GenerationDefaults;
import dev.touchstone.generation.Beams.EarlyStopping;
import dev.touchstone.util.JsonObject;
import dev.touchstone.util.Remedy;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The settings of a model's {@code generation_config.json}, as Hugging Face's {@code GenerationConfig} reads them. Fields that
 * change no token of the text, such as {@code output_scores}, are ignored. An unsupported field that does change the text is an
 * error that names it.
 */
final class ModelDefaults {
    /** The default of {@code top_k} in Hugging Face's {@code generate} if tokens are sampled. */
    static final int TOP_K = 50;

    /** Unsupported fields, and the values, besides null, for which they change nothing. */
    private static final Map<String, Set<String>> UNSUPPORTED = unsupported();

    private final JsonObject file;
    private final Map<Setting, Object> values = new EnumMap<>(Setting.class);

    private ModelDefaults(JsonObject file) {
        this.file = file;
    }

    private static Map<String, Set<String>> unsupported() {
        Map<String, Set<String>> fields = new LinkedHashMap<>();
        fields.put("guidance_scale", Set.of("1", "1.0"));
        fields.put("encoder_no_repeat_ngram_size", Set.of("0"));
        fields.put("remove_invalid_values", Set.of("false"));
        fields.put("renormalize_logits", Set.of("false"));
        fields.put("top_h", Set.of());
        fields.put("epsilon_cutoff", Set.of("0", "0.0"));
        fields.put("eta_cutoff", Set.of("0", "0.0"));
        fields.put("watermarking_config", Set.of());
        fields.put("penalty_alpha", Set.of("0", "0.0"));
        fields.put("dola_layers", Set.of());
        fields.put("num_beam_groups", Set.of("1"));
        fields.put("diversity_penalty", Set.of("0", "0.0"));
        fields.put("constraints", Set.of());
        fields.put("force_words_ids", Set.of());
        fields.put("token_healing", Set.of("false"));
        fields.put("num_return_sequences", Set.of("1"));
        fields.put("max_time", Set.of());
        return fields;
    }

    static Map<Setting, Object> read(GenerationDefaults defaults) {
        ModelDefaults read = new ModelDefaults(defaults.settings());
        read.refuseUnsupported();
        read.readAll();
        return read.values;
    }

    private void refuseUnsupported() {
        UNSUPPORTED.forEach((name, harmless) -> {
            if (file.has(name) && !harmless.contains(file.json().get(name).toString())) {
                throw new TouchstoneException(
                        file.path() + ": " + name + " is "
                                + file.json().get(name)
                                + ", which is not supported; generate without the model's defaults to ignore"
                                + " its generation settings",
                        new Remedy("noModelDefaults"));
            }
        });
    }

    private void readAll() {
        put(Setting.DO_SAMPLE, name -> file.flag(name, false));
        for (Setting number : List.of(
                Setting.TEMPERATURE,
                Setting.TOP_P,
                Setting.MIN_P,
                Setting.TYPICAL_P,
                Setting.REPETITION_PENALTY,
                Setting.ENCODER_REPETITION_PENALTY,
                Setting.LENGTH_PENALTY)) {
            put(number, name -> file.number(name, 0));
        }
        for (Setting whole : List.of(
                Setting.TOP_K,
                Setting.NO_REPEAT_NGRAM_SIZE,
                Setting.MIN_LENGTH,
                Setting.MIN_NEW_TOKENS,
                Setting.MAX_LENGTH,
                Setting.MAX_NEW_TOKENS,
                Setting.NUM_BEAMS,
                Setting.FORCED_BOS_TOKEN_ID)) {
            put(whole, file::integer);
        }
        for (Setting ids :
                List.of(Setting.SUPPRESS_TOKENS, Setting.BEGIN_SUPPRESS_TOKENS, Setting.FORCED_EOS_TOKEN_ID)) {
            put(ids, name -> Set.copyOf(file.integers(name)));
        }
        put(Setting.STOP_STRINGS, this::strings);
        put(Setting.EARLY_STOPPING, this::earlyStopping);
        put(Setting.EXPONENTIAL_DECAY_LENGTH_PENALTY, this::decay);
        put(Setting.BAD_WORDS_IDS, this::sequences);
        put(Setting.SEQUENCE_BIAS, this::biases);
    }

    /** Reads a field of the file. */
    private interface Reader {
        Object read(String name);
    }

    private void put(Setting setting, Reader reader) {
        if (file.has(setting.toString())) {
            values.put(setting, reader.read(setting.toString()));
        }
    }

    private List<String> strings(String name) {
        return file.json().get(name).isTextual() ? List.of(file.string(name)) : file.texts(name);
    }

    private EarlyStopping earlyStopping(String name) {
        JsonNode value = file.json().get(name);
        if (value.isBoolean()) {
            return value.booleanValue() ? EarlyStopping.TRUE : EarlyStopping.FALSE;
        }
        if (!value.asText().equals("never")) {
            throw file.error(name, "true, false or \"never\"");
        }
        return EarlyStopping.NEVER;
    }

    private Sampling.Decay decay(String name) {
        List<JsonNode> pair = file.list(name);
        if (pair.size() != 2 || !pair.get(0).isInt() || !pair.get(1).isNumber()) {
            throw file.error(name, "a list of a start and a factor, such as [15, 1.05]");
        }
        return new Sampling.Decay(pair.get(0).intValue(), pair.get(1).doubleValue());
    }

    private List<List<Integer>> sequences(String name) {
        return file.list(name).stream().map(sequence -> ids(name, sequence)).toList();
    }

    private Map<List<Integer>, Double> biases(String name) {
        Map<List<Integer>, Double> biases = new LinkedHashMap<>();
        for (JsonNode pair : file.list(name)) {
            if (pair.size() != 2 || !pair.get(1).isNumber()) {
                throw file.error(name, "a list of sequences with a bias each, such as [[[15, 2], -1.5]]");
            }
            biases.put(ids(name, pair.get(0)), pair.get(1).doubleValue());
        }
        return biases;
    }

    private List<Integer> ids(String name, JsonNode sequence) {
        List<Integer> ids = new ArrayList<>();
        for (JsonNode id : sequence) {
            if (!id.isInt() || id.intValue() < 0) {
                throw file.error(name, "lists of token ids");
            }
            ids.add(id.intValue());
        }
        if (ids.isEmpty()) {
            throw file.error(name, "lists of token ids, none of them empty");
        }
        return List.copyOf(ids);
    }
}
