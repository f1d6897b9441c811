package dev.touchstone;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.generation.Beams.EarlyStopping;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.processors.LogitsProcessor;
import dev.touchstone.util.JsonObject;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * How to choose tokens, and when to stop. Start from {@link #greedy}, {@link #random} or {@link #ofModel} and add settings by
 * name:
 *
 * <pre>{@code
 * Sampling.random().temperature(0.8).topP(0.95).seed(7).maxNewTokens(100).stop("\n\n")
 * }</pre>
 *
 * Immutable: each method returns a changed copy. It throws a {@link TouchstoneException} if the value is out of range or
 * contradicts another setting. Settings mean what they mean in Hugging Face's {@code GenerationConfig}. What is not set comes
 * from the model's {@code generation_config.json}, as in Hugging Face's {@code generate}.
 */
public final class Sampling {
    /** How many tokens a draft has unless a number is given. */
    public static final int DRAFT_TOKENS = 4;

    private final Map<Setting, Object> values;

    /**
     * Speculative decoding.
     *
     * @param model proposes tokens; null if they are looked up in the text itself
     * @param tokens how many are proposed at a time
     */
    record Draft(LanguageModel model, int tokens) {
        @Override
        public String toString() {
            return tokens + " tokens by " + (model == null ? "prompt lookup" : model.name());
        }
    }

    /** @param start how many new tokens come before the penalty */
    record Decay(int start, double factor) {}

    private Sampling(Map<Setting, Object> values) {
        this.values = values;
    }

    /** The most likely token at each step; the first of several equally likely ones. */
    public static Sampling greedy() {
        return ofModel().with(Setting.DO_SAMPLE, false);
    }

    /** Samples each token with its probability. */
    public static Sampling random() {
        return ofModel().with(Setting.DO_SAMPLE, true);
    }

    /**
     * The settings of the model's {@code generation_config.json}: greedy decoding unless it has {@code do_sample}. With
     * {@code do_sample} and no {@code top_k} the 50 most likely tokens are sampled from, which is Hugging Face's default.
     */
    public static Sampling ofModel() {
        return new Sampling(Map.of());
    }

    /** Ignores {@code generation_config.json}, except its end-of-text tokens. */
    public Sampling withoutModelDefaults() {
        return with(Setting.MODEL_DEFAULTS, false);
    }

    /** Divides the logits. Below 1 likely tokens become more likely, above 1 less. Must be above 0. */
    public Sampling temperature(double temperature) {
        return with(Setting.TEMPERATURE, temperature);
    }

    /** Samples from the {@code k} most likely tokens only. 0 keeps all. */
    public Sampling topK(int k) {
        return with(Setting.TOP_K, k);
    }

    /** Samples from the smallest set of most likely tokens whose probabilities add up to {@code p}. 1 keeps all. */
    public Sampling topP(double p) {
        return with(Setting.TOP_P, p);
    }

    /** Samples from tokens that are at least {@code p} times as likely as the most likely one. 0 keeps all. */
    public Sampling minP(double p) {
        return with(Setting.MIN_P, p);
    }

    /** Locally typical sampling (Meister et al., 2022) from tokens whose probabilities add up to {@code p}. 1 keeps all. */
    public Sampling typicalP(double p) {
        return with(Setting.TYPICAL_P, p);
    }

    /** The seed of the random numbers: the same seed gives the same text. Default: a new one for each call. */
    public Sampling seed(long seed) {
        return with(Setting.SEED, seed);
    }

    /** Above 1 makes tokens that occur in the text so far less likely, below 1 more likely. Must be above 0. */
    public Sampling repetitionPenalty(double penalty) {
        return with(Setting.REPETITION_PENALTY, penalty);
    }

    /** OpenAI's penalty: subtracts this from the score of each token that occurs in the new text. */
    public Sampling presencePenalty(double penalty) {
        return with(Setting.PRESENCE_PENALTY, penalty);
    }

    /** OpenAI's penalty: subtracts this from the score of a token once for each time that it occurs in the new text. */
    public Sampling frequencyPenalty(double penalty) {
        return with(Setting.FREQUENCY_PENALTY, penalty);
    }

    /** Adds a number to the scores of single tokens, given by their ids. */
    public Sampling logitBias(Map<Integer, Double> biases) {
        return with(Setting.LOGIT_BIAS, new TreeMap<>(biases));
    }

    /** Above 1 makes tokens that occur in the prompt more likely, below 1 less likely. Must be above 0. */
    public Sampling encoderRepetitionPenalty(double penalty) {
        return with(Setting.ENCODER_REPETITION_PENALTY, penalty);
    }

    /** Lets no sequence of {@code size} tokens occur twice. 0 allows all. */
    public Sampling noRepeatNgram(int size) {
        return with(Setting.NO_REPEAT_NGRAM_SIZE, size);
    }

    /** Adds a number to the score of each token that would complete one of these sequences of token ids. */
    public Sampling sequenceBias(Map<List<Integer>, Double> biases) {
        return with(Setting.SEQUENCE_BIAS, new LinkedHashMap<>(biases));
    }

    /** Sequences of token ids that must not occur in the new text. */
    public Sampling badWords(List<List<Integer>> sequences) {
        return with(Setting.BAD_WORDS_IDS, sequences.stream().map(List::copyOf).toList());
    }

    /** Tokens that must not occur in the new text. */
    public Sampling suppressTokens(int... ids) {
        return with(Setting.SUPPRESS_TOKENS, set(ids));
    }

    /** Tokens that must not be the first of the new text. */
    public Sampling beginSuppressTokens(int... ids) {
        return with(Setting.BEGIN_SUPPRESS_TOKENS, set(ids));
    }

    /** Makes one of these tokens the last, if the text has not ended before its greatest length. */
    public Sampling forcedEosIds(int... ids) {
        return with(Setting.FORCED_EOS_TOKEN_ID, set(ids));
    }

    /** Makes the end of the text more and more likely after {@code start} new tokens: by {@code factor} to their number. */
    public Sampling exponentialDecayLengthPenalty(int start, double factor) {
        return with(Setting.EXPONENTIAL_DECAY_LENGTH_PENALTY, new Decay(start, factor));
    }

    /** Adds a processor of the caller's own, which runs after all others. */
    public Sampling processor(LogitsProcessor processor) {
        List<LogitsProcessor> all = new ArrayList<>(new ResolvedSampling(values).processors());
        all.add(Objects.requireNonNull(processor, "processor"));
        return with(Setting.PROCESSORS, List.copyOf(all));
    }

    /** Beam search with {@code count} beams: keeps the most likely texts and returns the best one. 1: no beam search. */
    public Sampling beams(int count) {
        return with(Setting.NUM_BEAMS, count);
    }

    /** With beams: a text's score is its log-probability divided by its length to this power. Default: 1. */
    public Sampling lengthPenalty(double penalty) {
        return with(Setting.LENGTH_PENALTY, penalty);
    }

    /** With beams: when to stop the search. Default: {@link EarlyStopping#FALSE}. */
    public Sampling earlyStopping(EarlyStopping when) {
        return with(Setting.EARLY_STOPPING, Objects.requireNonNull(when, "when"));
    }

    /**
     * Speculative decoding (Leviathan et al., 2023): {@code model}, a smaller one with the same vocabulary, proposes tokens,
     * which one forward pass verifies. Greedy text stays the same; random text has the same distribution.
     *
     * @param tokens how many are proposed at a time
     */
    public Sampling draft(LanguageModel model, int tokens) {
        return with(Setting.DRAFT, new Draft(Objects.requireNonNull(model, "model"), tokens));
    }

    /**
     * As {@link #draft}, without another model: proposes the tokens that followed the last few tokens where these occurred
     * before (prompt lookup decoding).
     *
     * @param tokens how many are proposed at a time
     */
    public Sampling promptLookup(int tokens) {
        return with(Setting.DRAFT, new Draft(null, tokens));
    }

    /** Ends a text before any of these strings, wherever token boundaries are. Replaces those that were set before. */
    public Sampling stop(String... texts) {
        return with(Setting.STOP_STRINGS, List.of(texts));
    }

    /** Tokens that end a text, instead of the model's own. None: only the other limits end it. */
    public Sampling eosIds(int... ids) {
        return with(Setting.EOS_TOKEN_ID, set(ids));
    }

    /** Lets no text end before it has this many new tokens. */
    public Sampling minNewTokens(int count) {
        return with(Setting.MIN_NEW_TOKENS, count);
    }

    /**
     * Ends a text after this many new tokens. Default: the model's setting; if it has none, the number of positions that are
     * left in the context, or with a sliding window, the number of positions of the context.
     */
    public Sampling maxNewTokens(int count) {
        return with(Setting.MAX_NEW_TOKENS, count);
    }

    /** A {@link #maxNewTokens} that applies if the model has no such setting; reduced to the positions left in the context. */
    public Sampling defaultNewTokens(int count) {
        return with(Setting.DEFAULT_NEW_TOKENS, count);
    }

    /**
     * Allows texts that are longer than the model's context: when it is full, the oldest {@code stride} tokens are dropped.
     * Default: a text that does not fit is an error.
     */
    public Sampling slidingWindow(int stride) {
        return with(Setting.WINDOW_STRIDE, stride);
    }

    /** Whether to keep keys and values between steps. It changes the speed, no bit of the result. Default: true. */
    public Sampling useCache(boolean use) {
        return with(Setting.USE_CACHE, use);
    }

    /** All settings for a prompt, those of the model included, as the classes of {@code generation} take them. */
    public Settings settings(LoadedModel model, int[] prompt) {
        return resolved(model).settings(model, prompt);
    }

    /**
     * As {@link #settings}, for an engine that computes many requests together.
     *
     * @throws TouchstoneException with beams or drafts, which such an engine does not support
     */
    public Settings engineSettings(LoadedModel model, int[] prompt) {
        ResolvedSampling resolved = resolved(model);
        if (resolved.beams() != null || resolved.draft() != null) {
            throw new TouchstoneException((resolved.beams() != null ? "beam search" : "speculative decoding")
                    + " is not possible among other requests; generate the text by itself");
        }
        return resolved.settings(model, prompt);
    }

    /** Whether tokens are chosen at random, be it set here or by the model. */
    public boolean isRandom(LoadedModel model) {
        return resolved(model).isRandom();
    }

    /**
     * A setting that has an effect.
     *
     * @param name as in Hugging Face's {@code GenerationConfig}, such as {@code top_p}
     * @param source {@code "set"} if a method of this class set it, {@code "default"}, or the name of the model's file
     */
    public record InEffect(String name, String value, String source) {}

    /** The settings with which a model would generate. */
    public List<InEffect> inEffect(LoadedModel model) {
        Map<Setting, Object> ofModel = modelDefaults(model);
        List<InEffect> settings = new ArrayList<>();
        ResolvedSampling resolved = resolved(model);
        resolved.values().forEach((setting, value) -> {
            if (resolved.isRandom() || !setting.isForSampling()) {
                String source = values.containsKey(setting)
                        ? "set"
                        : ofModel.containsKey(setting) ? model.generation().file() : "default";
                settings.add(new InEffect(setting.toString(), describe(value), source));
            }
        });
        return settings;
    }

    /**
     * The settings with which a model would generate, its own included, as a JSON object with the names of Hugging Face's
     * {@code GenerationConfig}. Set a {@link #seed} first if tokens are sampled, or the object has none.
     *
     * @throws TouchstoneException if a draft model or the caller's own processors are set
     */
    public ObjectNode json(LoadedModel model) {
        return SettingsJson.write(resolved(model));
    }

    /**
     * The settings in a JSON object that {@link #json} wrote. The model's own settings are ignored then, as the object has them.
     *
     * @throws TouchstoneException if a name is unknown, or a value out of range or of the wrong type
     */
    public static Sampling ofJson(JsonObject json) {
        Map<Setting, Object> values = new EnumMap<>(SettingsJson.read(json));
        values.put(Setting.MODEL_DEFAULTS, false);
        new ResolvedSampling(values).check();
        return new Sampling(values);
    }

    /**
     * These settings, those of the model included, with the changes in a JSON object, whose names are those of {@link #ofJson}.
     *
     * @throws TouchstoneException if a name is unknown, if a value is out of range or of the wrong type, or if a setting of the
     *     object has no effect because tokens are not sampled
     */
    public Sampling with(LoadedModel model, JsonObject changes) {
        Map<Setting, Object> all = resolved(model).values();
        Map<Setting, Object> changed = SettingsJson.read(changes);
        all.putAll(changed);
        all.put(Setting.MODEL_DEFAULTS, false);
        ResolvedSampling together = new ResolvedSampling(all);
        together.check();
        for (Setting setting : changed.keySet()) {
            if (setting.isForSampling() && setting != Setting.SEED && !together.isRandom()) {
                throw new TouchstoneException(
                        changes.path() + ": " + setting + " has an effect on sampling only; add do_sample: true");
            }
        }
        return new Sampling(all);
    }

    /** The seed that was set here. */
    public OptionalLong givenSeed() {
        Object seed = values.get(Setting.SEED);
        return seed == null ? OptionalLong.empty() : OptionalLong.of((Long) seed);
    }

    private static String describe(Object value) {
        return value instanceof Set<?> set
                ? new TreeSet<>(set).toString()
                : value instanceof List<?> list
                        ? list.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"))
                        : String.valueOf(value);
    }

    /** What is set here, and by the model where it is not. */
    ResolvedSampling resolved(LoadedModel model) {
        Map<Setting, Object> all = modelDefaults(model);
        boolean sampledByModel =
                Boolean.TRUE.equals(all.get(Setting.DO_SAMPLE)) && !values.containsKey(Setting.DO_SAMPLE);
        if (sampledByModel) {
            all.putIfAbsent(Setting.TOP_K, ModelDefaults.TOP_K);
        }
        all.putAll(values);
        ResolvedSampling resolved = new ResolvedSampling(all);
        resolved.check();
        return resolved;
    }

    private Map<Setting, Object> modelDefaults(LoadedModel model) {
        Map<Setting, Object> defaults = new EnumMap<>(Setting.class);
        if (!values.containsKey(Setting.MODEL_DEFAULTS)) {
            defaults.putAll(ModelDefaults.read(model.generation()));
        }
        defaults.put(Setting.EOS_TOKEN_ID, Set.copyOf(model.generation().eosIds()));
        return defaults;
    }

    private Sampling with(Setting setting, Object value) {
        Map<Setting, Object> changed = new EnumMap<>(Setting.class);
        changed.putAll(values);
        changed.put(setting, value);
        ResolvedSampling resolved = new ResolvedSampling(changed);
        resolved.check();
        resolved.checkNoWarperWithoutSampling();
        return new Sampling(changed);
    }

    private static Set<Integer> set(int... ids) {
        return Set.copyOf(Arrays.stream(ids).boxed().distinct().toList());
    }
}
