package dev.touchstone;

import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.generation.Beams;
import dev.touchstone.generation.Beams.EarlyStopping;
import dev.touchstone.generation.Sampler;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.Window;
import dev.touchstone.generation.processors.LogitsProcessor;
import dev.touchstone.generation.processors.Processors;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * How to choose tokens, and when to stop. Start from {@link #greedy} or {@link #random} and add settings by name:
 *
 * <pre>{@code
 * Sampling.random().temperature(0.8).topP(0.95).seed(7).maxNewTokens(100).stop("\n\n")
 * }</pre>
 *
 * Immutable: each method returns a changed copy. It throws a {@link TouchstoneException} if the value is out of range or
 * contradicts another setting. Settings mean what they mean in Hugging Face's {@code GenerationConfig}. End-of-text tokens and
 * the length of the context come from the model unless they are set here.
 */
public final class Sampling implements Cloneable {
    /** How many tokens a draft has unless a number is given. */
    public static final int DRAFT_TOKENS = 4;

    private final Sampler sampler;
    private Double temperature;
    private Integer topK;
    private Double topP;
    private Double minP;
    private Double typicalP;
    private Double repetitionPenalty;
    private Integer noRepeatNgram;
    private List<LogitsProcessor> furtherProcessors = List.of();
    private Long seed;
    private Integer beams;
    private Double lengthPenalty;
    private EarlyStopping earlyStopping;
    private Draft draft;
    private List<String> stops = List.of();
    private Set<Integer> eosIds;
    private Integer maxNewTokens;
    private boolean fewerIfFull;
    private int windowStride;
    private boolean useCache = true;

    /**
     * Speculative decoding.
     *
     * @param model proposes tokens; null if they are looked up in the text itself
     * @param tokens how many are proposed at a time
     */
    record Draft(LanguageModel model, int tokens) {}

    private Sampling(Sampler sampler) {
        this.sampler = sampler;
    }

    /** The most likely token at each step; the first of several equally likely ones. */
    public static Sampling greedy() {
        return new Sampling(Sampler.GREEDY);
    }

    /** A token at random, with the probability that the model gives it. */
    public static Sampling random() {
        return new Sampling(Sampler.MULTINOMIAL);
    }

    /** Divides the logits. Below 1 likely tokens become more likely, above 1 less. Must be above 0. */
    public Sampling temperature(double temperature) {
        return with(changed -> changed.temperature = temperature);
    }

    /** Samples from the {@code k} most likely tokens only. 0 keeps all. */
    public Sampling topK(int k) {
        return with(changed -> changed.topK = k);
    }

    /** Samples from the smallest set of most likely tokens whose probabilities add up to {@code p}. 1 keeps all. */
    public Sampling topP(double p) {
        return with(changed -> changed.topP = p);
    }

    /** Samples from tokens that are at least {@code p} times as likely as the most likely one. 0 keeps all. */
    public Sampling minP(double p) {
        return with(changed -> changed.minP = p);
    }

    /** Locally typical sampling (Meister et al., 2022) from tokens whose probabilities add up to {@code p}. 1 keeps all. */
    public Sampling typicalP(double p) {
        return with(changed -> changed.typicalP = p);
    }

    /** Above 1 makes tokens that occur in the text so far less likely, below 1 more likely. Must be above 0. */
    public Sampling repetitionPenalty(double penalty) {
        return with(changed -> changed.repetitionPenalty = penalty);
    }

    /** Lets no sequence of {@code size} tokens occur twice. 0 allows all. */
    public Sampling noRepeatNgram(int size) {
        return with(changed -> changed.noRepeatNgram = size);
    }

    /** Adds a processor of the caller's own, which runs after all others. */
    public Sampling processor(LogitsProcessor processor) {
        List<LogitsProcessor> all = new ArrayList<>(furtherProcessors);
        all.add(Objects.requireNonNull(processor, "processor"));
        return with(changed -> changed.furtherProcessors = List.copyOf(all));
    }

    /** The seed of the random numbers: the same seed gives the same text. Default: a new one for each call. */
    public Sampling seed(long seed) {
        return with(changed -> changed.seed = seed);
    }

    /** Beam search with {@code count} beams, 2 or more: keeps the most likely texts and returns the best one. */
    public Sampling beams(int count) {
        return with(changed -> changed.beams = count);
    }

    /** With beams: a text's score is its log-probability divided by its length to this power. Default: 1. */
    public Sampling lengthPenalty(double penalty) {
        return with(changed -> changed.lengthPenalty = penalty);
    }

    /** With beams: when to stop the search. Default: {@link EarlyStopping#FALSE}. */
    public Sampling earlyStopping(EarlyStopping when) {
        return with(changed -> changed.earlyStopping = when);
    }

    /**
     * Speculative decoding (Leviathan et al., 2023): {@code model}, a smaller one with the same vocabulary, proposes tokens,
     * which one forward pass verifies. Greedy text stays the same; random text has the same distribution.
     *
     * @param tokens how many are proposed at a time
     */
    public Sampling draft(LanguageModel model, int tokens) {
        return with(changed -> changed.draft = new Draft(Objects.requireNonNull(model, "model"), tokens));
    }

    /**
     * As {@link #draft}, without another model: proposes the tokens that followed the last few tokens where these occurred
     * before (prompt lookup decoding).
     *
     * @param tokens how many are proposed at a time
     */
    public Sampling promptLookup(int tokens) {
        return with(changed -> changed.draft = new Draft(null, tokens));
    }

    /** Ends a text before any of these strings, wherever token boundaries are. Replaces those that were set before. */
    public Sampling stop(String... texts) {
        return with(changed -> changed.stops = List.of(texts));
    }

    /** Tokens that end a text, instead of the model's own. None: only the other limits end it. */
    public Sampling eosIds(int... ids) {
        return with(changed -> changed.eosIds =
                Set.copyOf(Arrays.stream(ids).boxed().distinct().toList()));
    }

    /**
     * Ends a text after this many tokens, without those of the prompt. Default: when the model's context is full; with a
     * sliding window, after as many tokens as the context has.
     */
    public Sampling maxNewTokens(int count) {
        return with(changed -> {
            changed.maxNewTokens = count;
            changed.fewerIfFull = false;
        });
    }

    /** As {@link #maxNewTokens}, or fewer if the model's context is full before that. */
    public Sampling upToNewTokens(int count) {
        return with(changed -> {
            changed.maxNewTokens = count;
            changed.fewerIfFull = true;
        });
    }

    /**
     * Lets a text outgrow the model's context: when it is full, the oldest {@code stride} tokens leave it. Default: a text
     * that does not fit is an error.
     */
    public Sampling slidingWindow(int stride) {
        if (stride < 1) {
            throw new TouchstoneException("the stride of a sliding window must be at least 1, got " + stride);
        }
        return with(changed -> changed.windowStride = stride);
    }

    /** Whether to keep keys and values between steps. It changes the speed, no bit of the result. Default: true. */
    public Sampling useCache(boolean use) {
        return with(changed -> changed.useCache = use);
    }

    boolean usesCache() {
        return useCache;
    }

    /** Null without speculative decoding. */
    Draft draft() {
        return draft;
    }

    /** Null without beam search. */
    Beams beamSearch() {
        return beams == null
                ? null
                : new Beams(
                        beams,
                        lengthPenalty == null ? 1 : lengthPenalty,
                        earlyStopping == null ? EarlyStopping.FALSE : earlyStopping);
    }

    /** All settings for a prompt of this length, those of the model included, as the classes of {@code generation} take them. */
    public Settings settings(LoadedModel model, int promptLength) {
        int positions = model.transformer().shape().positions();
        // The last new token is never fed back, so it needs no position.
        boolean slides = windowStride > 0;
        int fits = slides ? Integer.MAX_VALUE : Math.max(1, positions - promptLength + 1);
        Set<Integer> ends = eosIds == null ? Set.copyOf(model.generation().eosIds()) : eosIds;
        return new Settings(
                maxNewTokens == null
                        ? Math.min(fits, positions)
                        : fewerIfFull ? Math.min(maxNewTokens, fits) : maxNewTokens,
                ends,
                processors(),
                sampler,
                seed == null ? ThreadLocalRandom.current().nextLong() : seed,
                stops,
                slides ? Window.slide(positions, windowStride) : Window.error(positions));
    }

    private List<LogitsProcessor> processors() {
        Processors processors = new Processors();
        set(repetitionPenalty, processors::repetitionPenalty);
        set(noRepeatNgram, processors::noRepeatNgram);
        set(temperature, processors::temperature);
        set(topK, processors::topK);
        set(topP, processors::topP);
        set(minP, processors::minP);
        set(typicalP, processors::typicalP);
        List<LogitsProcessor> all =
                new ArrayList<>(sampler == Sampler.GREEDY ? processors.forSearch() : processors.forSampling());
        all.addAll(furtherProcessors);
        return all;
    }

    private static <T> void set(T value, Consumer<T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }

    private Sampling with(Consumer<Sampling> change) {
        Sampling changed = clone();
        change.accept(changed);
        changed.check();
        return changed;
    }

    private void check() {
        processors();
        beamSearch();
        boolean isRandom = sampler != Sampler.GREEDY;
        refuse(seed != null && !isRandom, "a seed is for random sampling, and greedy decoding uses no random numbers");
        refuse(beams != null && isRandom, "beam search cannot sample at random: start from Sampling.greedy()");
        refuse(beams != null && draft != null, "beam search and speculative decoding exclude each other");
        refuse(
                beams != null && !stops.isEmpty(),
                "beam search ends a text at an end-of-text token, not at a stop string");
        refuse(beams == null && lengthPenalty != null, "a length penalty is for beam search: set beams first");
        refuse(beams == null && earlyStopping != null, "early stopping is for beam search: set beams first");
        refuse(draft != null && draft.tokens < 1, "a draft must have at least 1 token");
        refuse(maxNewTokens != null && maxNewTokens < 0, "max new tokens must be at least 0, got " + maxNewTokens);
        refuse(stops.contains(""), "a stop string is empty: it would stop every text before it starts");
    }

    private static void refuse(boolean contradiction, String why) {
        if (contradiction) {
            throw new TouchstoneException(why);
        }
    }

    @Override
    protected Sampling clone() {
        try {
            return (Sampling) super.clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }
}
