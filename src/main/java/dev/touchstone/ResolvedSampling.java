package dev.touchstone;

import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.generation.Beams;
import dev.touchstone.generation.Beams.EarlyStopping;
import dev.touchstone.generation.Sampler;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.Window;
import dev.touchstone.generation.processors.LogitsProcessor;
import dev.touchstone.generation.processors.Processors;
import dev.touchstone.util.Remedy;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** Settings by name, and what they mean together. */
record ResolvedSampling(Map<Setting, Object> values) {
    boolean isRandom() {
        return get(Setting.DO_SAMPLE, false);
    }

    boolean usesCache() {
        return get(Setting.USE_CACHE, true);
    }

    /** Null without speculative decoding. */
    Sampling.Draft draft() {
        return get(Setting.DRAFT, null);
    }

    /** The caller's own processors. */
    List<LogitsProcessor> processors() {
        return get(Setting.PROCESSORS, List.of());
    }

    /** Null without beam search. */
    Beams beams() {
        int count = get(Setting.NUM_BEAMS, 1);
        return count == 1
                ? null
                : new Beams(count, get(Setting.LENGTH_PENALTY, 1.0), get(Setting.EARLY_STOPPING, EarlyStopping.FALSE));
    }

    Settings settings(LoadedModel model, int[] prompt) {
        int positions = model.transformer().shape().positions();
        int stride = get(Setting.WINDOW_STRIDE, 0);
        Set<Integer> eosIds = get(Setting.EOS_TOKEN_ID, Set.of());
        int maxNewTokens = maxNewTokens(prompt.length, positions, stride > 0);
        return new Settings(
                maxNewTokens,
                eosIds,
                processors(prompt, eosIds, maxNewTokens),
                isRandom() ? Sampler.MULTINOMIAL : Sampler.GREEDY,
                get(Setting.SEED, ThreadLocalRandom.current().nextLong()),
                get(Setting.STOP_STRINGS, List.of()),
                stride > 0 ? Window.slide(positions, stride) : Window.error(positions));
    }

    private int maxNewTokens(int promptLength, int positions, boolean slides) {
        if (values.containsKey(Setting.MAX_NEW_TOKENS)) {
            return get(Setting.MAX_NEW_TOKENS, 0);
        }
        // The last new token is never fed back, so it needs no position.
        int fits = slides ? Integer.MAX_VALUE : Math.max(1, positions - promptLength + 1);
        if (values.containsKey(Setting.MAX_LENGTH)) {
            int maxLength = get(Setting.MAX_LENGTH, 0);
            refuse(
                    promptLength >= maxLength,
                    "the prompt has " + promptLength + " tokens, and the model's settings limit a text to max_length "
                            + maxLength + "; set how many new tokens may follow",
                    new Remedy("maxNewTokens"));
            return Math.min(maxLength - promptLength, fits);
        }
        return Math.min(get(Setting.DEFAULT_NEW_TOKENS, positions), fits);
    }

    /** In the order of {@link Processors}. Those that shape a distribution are left out unless tokens are sampled from it. */
    private List<LogitsProcessor> processors(int[] prompt, Set<Integer> eosIds, int maxNewTokens) {
        Processors processors = new Processors();
        apply(Setting.SEQUENCE_BIAS, processors::sequenceBias);
        apply(Setting.LOGIT_BIAS, processors::logitBias);
        apply(Setting.ENCODER_REPETITION_PENALTY, (Double it) -> processors.encoderRepetitionPenalty(it, prompt));
        apply(Setting.REPETITION_PENALTY, processors::repetitionPenalty);
        processors.occurrencePenalty(
                get(Setting.PRESENCE_PENALTY, 0.0), get(Setting.FREQUENCY_PENALTY, 0.0), prompt.length);
        apply(Setting.NO_REPEAT_NGRAM_SIZE, processors::noRepeatNgram);
        apply(Setting.BAD_WORDS_IDS, (List<List<Integer>> it) -> processors.badWords(it, eosIds));
        int minLength = values.containsKey(Setting.MIN_NEW_TOKENS)
                ? prompt.length + get(Setting.MIN_NEW_TOKENS, 0)
                : get(Setting.MIN_LENGTH, 0);
        processors.minLength(minLength, eosIds);
        apply(Setting.FORCED_BOS_TOKEN_ID, processors::forcedBos);
        apply(Setting.FORCED_EOS_TOKEN_ID, (Set<Integer> it) -> processors.forcedEos(it, prompt.length + maxNewTokens));
        apply(
                Setting.EXPONENTIAL_DECAY_LENGTH_PENALTY,
                (Sampling.Decay it) -> processors.exponentialDecay(prompt.length + it.start(), it.factor(), eosIds));
        apply(Setting.SUPPRESS_TOKENS, processors::suppress);
        boolean bosIsForced = values.containsKey(Setting.FORCED_BOS_TOKEN_ID) && prompt.length == 1;
        apply(
                Setting.BEGIN_SUPPRESS_TOKENS,
                (Set<Integer> it) -> processors.suppressAt(prompt.length + (bosIsForced ? 1 : 0), it));
        if (isRandom()) {
            warpers(processors);
        }
        List<LogitsProcessor> all = new ArrayList<>(processors.forSampling());
        all.addAll(processors());
        return all;
    }

    private void warpers(Processors processors) {
        apply(Setting.TEMPERATURE, processors::temperature);
        apply(Setting.TOP_K, processors::topK);
        apply(Setting.TOP_P, processors::topP);
        apply(Setting.MIN_P, processors::minP);
        apply(Setting.TYPICAL_P, processors::typicalP);
    }

    /** Throws if a value is out of range, or if two settings contradict each other. */
    void check() {
        boolean beams = beams() != null;
        processors(new int[] {0}, get(Setting.EOS_TOKEN_ID, Set.of()), 1);
        warpers(new Processors());
        refuse(
                beams && isRandom(),
                "beam search with random sampling is not supported: choose greedy decoding or one beam",
                new Remedy("greedy"));
        refuse(beams && draft() != null, "beam search and speculative decoding exclude each other");
        refuse(
                beams
                        && !this.<List<String>>get(Setting.STOP_STRINGS, List.of())
                                .isEmpty(),
                "beam search ends a text at an end-of-text token, not at a stop string");
        refuse(draft() != null && draft().tokens() < 1, "a draft must have at least 1 token");
        for (Setting count : List.of(Setting.MAX_NEW_TOKENS, Setting.DEFAULT_NEW_TOKENS, Setting.MIN_NEW_TOKENS)) {
            int value = get(count, 0);
            refuse(value < 0, count.toString().replace('_', ' ') + " must be at least 0, got " + value);
        }
        refuse(
                this.<List<String>>get(Setting.STOP_STRINGS, List.of()).contains(""),
                "a stop string is empty: it would stop every text before it starts");
        checkForced(Setting.FORCED_BOS_TOKEN_ID, Set.of(get(Setting.FORCED_BOS_TOKEN_ID, -1)));
        checkForced(Setting.FORCED_EOS_TOKEN_ID, get(Setting.FORCED_EOS_TOKEN_ID, Set.of()));
        int stride = get(Setting.WINDOW_STRIDE, 1);
        refuse(stride < 1, "the stride of a sliding window must be at least 1, got " + stride);
    }

    private void checkForced(Setting setting, Set<Integer> forced) {
        Set<Integer> suppressed = get(Setting.SUPPRESS_TOKENS, Set.of());
        refuse(
                !forced.isEmpty() && suppressed.containsAll(forced),
                setting + " and suppress_tokens contradict each other: every token of the one is in the other");
    }

    /** Throws if a setting has no effect because of another one. */
    void checkNoWarperWithoutSampling() {
        if (values.containsKey(Setting.DO_SAMPLE) && !isRandom()) {
            Processors processors = new Processors();
            warpers(processors);
            processors.forSearch();
            refuse(
                    values.containsKey(Setting.SEED),
                    "a seed is for random sampling, and greedy decoding uses no random numbers");
        }
        boolean beams = beams() != null;
        refuse(
                !beams && values.containsKey(Setting.LENGTH_PENALTY),
                "a length penalty is for beam search: set beams first");
        refuse(
                !beams && values.containsKey(Setting.EARLY_STOPPING),
                "early stopping is for beam search: set beams first");
    }

    @SuppressWarnings("unchecked") // each setting's type is that of the method which sets it
    private <T> T get(Setting setting, T fallback) {
        Object value = values.get(setting);
        return value == null ? fallback : (T) value;
    }

    @SuppressWarnings("unchecked")
    private <T> void apply(Setting setting, Consumer<T> processor) {
        if (values.containsKey(setting)) {
            processor.accept((T) values.get(setting));
        }
    }

    private static void refuse(boolean contradiction, String why, Remedy... remedies) {
        if (contradiction) {
            throw new TouchstoneException(why, remedies);
        }
    }
}
