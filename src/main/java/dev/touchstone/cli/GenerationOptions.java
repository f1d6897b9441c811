package dev.touchstone.cli;

import dev.touchstone.LanguageModel;
import dev.touchstone.Sampling;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options that say how to generate, as of {@code generate}, {@code chat}, {@code compare}, {@code explain}. */
final class GenerationOptions {
    /** What happens to a sequence that is longer than the model's context. */
    enum WindowKind {
        ERROR,
        SLIDE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final OptionDefaults defaults;

    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = {"-n", "--max-new-tokens", "--max_new_tokens", "--max-length"},
            paramLabel = "N",
            description = "Generate at most N new tokens. Default: ${default.max-new-tokens}, or fewer if the model's"
                    + " context ends first.")
    private Integer maxNewTokens;

    @Option(names = "--greedy", description = "Choose the most likely token at each step. ${default.greedy}.")
    private boolean greedy;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description =
                    "Sample, with the scores divided by T. Below 1, likely tokens become more likely; above 1, less"
                            + " likely.")
    private Double temperature;

    @Option(names = "--top-k", paramLabel = "K", description = "Sample from the K most likely tokens only.")
    private Integer topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            description = "Sample from the most likely tokens whose probabilities add up to P.")
    private Double topP;

    @Option(
            names = "--min-p",
            paramLabel = "P",
            description = "Sample from the tokens that are at least P times as likely as the most likely one.")
    private Double minP;

    @Option(
            names = "--typical-p",
            paramLabel = "P",
            description = "Locally typical sampling: sample from the tokens whose information content is closest to the"
                    + " expected one and whose probabilities add up to P.")
    private Double typicalP;

    @Option(
            names = "--seed",
            paramLabel = "SEED",
            description = "Sample with this seed. The same seed gives the same text. Default: ${default.seed}.")
    private Long seed;

    @Option(
            names = "--repetition-penalty",
            paramLabel = "X",
            description = "Above 1, make tokens that occur in the text already less likely. Default: 1.")
    private Double repetitionPenalty;

    @Option(
            names = "--no-repeat-ngram",
            paramLabel = "N",
            description = "Never generate the same N tokens in a row twice. Default: 0, no limit.")
    private Integer noRepeatNgram;

    @Option(
            names = "--stop",
            paramLabel = "TEXT",
            description = "End the generated text before TEXT. Can be given several times.")
    private List<String> stops = List.of();

    @Option(
            names = "--window",
            paramLabel = "error|slide",
            description =
                    "What to do if the text is longer than the model's context: end with an error before anything is"
                            + " generated (error), or drop the oldest tokens (slide). Default: ${default.window}.")
    private WindowKind window;

    @Option(
            names = "--window-stride",
            paramLabel = "N",
            description =
                    "With --window slide: drop N tokens at a time. With a larger N the cache is rebuilt less often."
                            + " Default: ${default.window-stride}.")
    private Integer windowStride;

    @Option(
            names = "--no-model-defaults",
            description = "Ignore the settings in the model's generation_config.json, except its end-of-text tokens.")
    private boolean noModelDefaults;

    /** Whether the last {@link #sampling} chooses tokens at random. */
    private boolean random;

    GenerationOptions(OptionDefaults defaults) {
        this.defaults = defaults;
    }

    OptionDefaults defaults() {
        return defaults;
    }

    /** Rejects what no model can do, before a model is loaded. */
    void check() {
        Usage usage = new Usage(command);
        usage.refuse(
                maxNewTokens != null && maxNewTokens < 0, "--max-new-tokens must be at least 0, got " + maxNewTokens);
        usage.refuse(stops.contains(""), "--stop is empty: it would end every text before its first character");
        usage.refuse(windowStride != null && window() != WindowKind.SLIDE, "--window-stride needs --window slide");
        usage.refuse(
                windowStride != null && windowStride < 1, "--window-stride must be at least 1, got " + windowStride);
        usage.refuse(
                greedy && !samplingOptions().isEmpty(),
                "--greedy and " + samplingOptions() + " exclude each other: leave out one");
        usage.check(this::shape);
    }

    /** Whether tokens are sampled. */
    boolean samples() {
        return !samplingOptions().isEmpty() || samplesByDefault();
    }

    private boolean samplesByDefault() {
        boolean chosen =
                greedy || Stream.of(temperature, topK, topP, minP, typicalP).anyMatch(Objects::nonNull);
        return defaults.samples() && !chosen;
    }

    boolean stopsAtTexts() {
        return !stops.isEmpty();
    }

    /** The given options that have a meaning for sampling only; empty if there are none. */
    String samplingOptions() {
        return Usage.given(command, "--temperature", "--top-k", "--top-p", "--min-p", "--typical-p", "--seed");
    }

    private WindowKind window() {
        return window == null ? defaults.window() : window;
    }

    private int windowStride(int positions) {
        return windowStride == null ? defaults.windowStride(positions) : windowStride;
    }

    /** The options that are not given but have a value by default, with that value, under the names of the options. */
    Map<String, String> impliedSettings(LanguageModel model) {
        int positions = model.transformer().shape().positions();
        Map<String, String> implied = new TreeMap<>();
        if (!greedy && !sampling(model).isRandom(model.checkpoint())) {
            implied.put("greedy", "");
        }
        if (maxNewTokens == null) {
            implied.put("max-new-tokens", "" + defaults.maxNewTokens());
        }
        if (window == null) {
            implied.put("window", window().toString());
        }
        if (windowStride == null && window() == WindowKind.SLIDE) {
            implied.put("window-stride", "" + windowStride(positions));
        }
        return implied;
    }

    /** The settings for a model. */
    Sampling sampling(LanguageModel model) {
        Sampling sampling = stops.isEmpty() ? shape() : shape().stop(stops.toArray(String[]::new));
        sampling = maxNewTokens == null
                ? sampling.defaultNewTokens(defaults.maxNewTokens())
                : sampling.maxNewTokens(maxNewTokens);
        if (window() == WindowKind.SLIDE) {
            int positions = model.transformer().shape().positions();
            sampling = sampling.slidingWindow(windowStride(positions));
        }
        random = sampling.isRandom(model.checkpoint());
        return sampling;
    }

    /** Whether the last {@link #sampling} chooses tokens at random, be it by options or by the model's settings. */
    boolean isRandom() {
        return random;
    }

    /** The seed of the last {@link #sampling}; only if tokens are sampled at random. */
    long seed() {
        return seed;
    }

    /** The seed, to be added to the statistics; empty if tokens are not sampled. */
    String seedNote() {
        return random ? String.format(Locale.ROOT, "; seed %d", seed) : "";
    }

    /** How tokens are chosen. */
    private Sampling shape() {
        Sampling sampling = samples() ? Sampling.random() : greedy ? Sampling.greedy() : Sampling.ofModel();
        sampling = noModelDefaults ? sampling.withoutModelDefaults() : sampling;
        if (!greedy) {
            if (seed == null) {
                seed = defaults.seed();
            }
            sampling = sampling.seed(seed);
        }
        sampling = with(sampling, repetitionPenalty, Sampling::repetitionPenalty);
        sampling = with(sampling, noRepeatNgram, Sampling::noRepeatNgram);
        if (samplesByDefault()) {
            return sampling.temperature(OptionDefaults.TEMPERATURE)
                    .topK(OptionDefaults.TOP_K)
                    .topP(OptionDefaults.TOP_P);
        }
        sampling = with(sampling, temperature, Sampling::temperature);
        sampling = with(sampling, topK, Sampling::topK);
        sampling = with(sampling, topP, Sampling::topP);
        sampling = with(sampling, minP, Sampling::minP);
        return with(sampling, typicalP, Sampling::typicalP);
    }

    private static <T> Sampling with(Sampling sampling, T value, BiFunction<Sampling, T, Sampling> setter) {
        return value == null ? sampling : setter.apply(sampling, value);
    }
}
