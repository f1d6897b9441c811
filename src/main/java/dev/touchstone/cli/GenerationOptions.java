package dev.touchstone.cli;

import dev.touchstone.Sampling;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** How to continue a prompt. */
final class GenerationOptions {
    private static final int DEFAULT_LENGTH = 100;
    private static final int SHOWN_LENGTH = 20;

    /** What happens to a sequence that outgrows the model's context. */
    enum WindowKind {
        ERROR,
        SLIDE
    }

    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = {"-n", "--max-new-tokens", "--max_new_tokens", "--max-length"},
            paramLabel = "N",
            description = "How many tokens to add at most; those of the prompt do not count. Default: " + DEFAULT_LENGTH
                    + " (" + SHOWN_LENGTH + " to explain), or fewer where the model's context ends.")
    private Integer maxNewTokens;

    @Option(
            names = "--greedy",
            description =
                    "Take the likeliest token each step. This is the default unless an option below asks to draw.")
    private boolean greedy;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "Draw the tokens; below 1 the likely become likelier, above 1 less so.")
    private Double temperature;

    @Option(names = "--top-k", paramLabel = "K", description = "Draw from the K likeliest tokens only.")
    private Integer topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            description = "Draw from the likeliest tokens that together reach the probability P.")
    private Double topP;

    @Option(
            names = "--min-p",
            paramLabel = "P",
            description = "Draw from the tokens at least P times as likely as the likeliest.")
    private Double minP;

    @Option(
            names = "--typical-p",
            paramLabel = "P",
            description = "Draw from the tokens of the most typical information that together reach P.")
    private Double typicalP;

    @Option(
            names = "--seed",
            paramLabel = "SEED",
            description = "Draw with these random numbers: the same seed, the same text. Default: a new one each time.")
    private Long seed;

    @Option(
            names = "--repetition-penalty",
            paramLabel = "X",
            description = "Above 1 makes tokens that the text already has less likely.")
    private Double repetitionPenalty;

    @Option(names = "--no-repeat-ngram", paramLabel = "N", description = "Let no run of N tokens appear twice.")
    private Integer noRepeatNgram;

    @Option(names = "--stop", paramLabel = "TEXT", description = "End before this text; may be given several times.")
    private List<String> stops = List.of();

    @Option(
            names = "--window",
            paramLabel = "error|slide",
            description =
                    "What to do where the text outgrows the model's context: refuse before any work (the default),"
                            + " or drop the oldest tokens.")
    private WindowKind window = WindowKind.ERROR;

    @Option(
            names = "--window-stride",
            paramLabel = "N",
            description = "With --window slide: drop N tokens at once, so that the cache is rebuilt more rarely."
                    + " Default: 1.")
    private Integer windowStride;

    private int length = DEFAULT_LENGTH;
    private boolean drawsForShow;

    /**
     * For a command that shows how tokens are picked: where the command line does not say how, some of everything there is
     * to see. To be called before {@link #sampling}.
     */
    void drawForShow() {
        length = SHOWN_LENGTH;
        drawsForShow = !greedy && !draws();
        if (drawsForShow) {
            temperature = 0.8;
            topK = 50;
            topP = 0.95;
        }
        seed = seed == null ? Long.valueOf(1) : seed;
    }

    /** Refuses what no model could do, before one is loaded. */
    void check() {
        Usage usage = new Usage(command);
        usage.refuse(
                maxNewTokens != null && maxNewTokens < 0, "--max-new-tokens must be at least 0, got " + maxNewTokens);
        usage.refuse(stops.contains(""), "--stop is empty: it would stop every text before it starts");
        usage.refuse(windowStride != null && window != WindowKind.SLIDE, "--window-stride is for --window slide");
        usage.refuse(
                windowStride != null && windowStride < 1, "--window-stride must be at least 1, got " + windowStride);
        usage.refuse(
                greedy && draws(),
                "--greedy takes the likeliest token, but " + drawing() + " asks to draw: leave out one");
        usage.check(this::shape);
    }

    /** Whether tokens are drawn. */
    boolean draws() {
        return drawsForShow || !drawing().isEmpty();
    }

    boolean stopsAtTexts() {
        return !stops.isEmpty();
    }

    /** The options given that make no sense unless tokens are drawn. */
    String drawing() {
        return Usage.given(command, "--temperature", "--top-k", "--top-p", "--min-p", "--typical-p", "--seed");
    }

    /** What the options say; the model says the rest. */
    Sampling sampling() {
        Sampling sampling = shape().stop(stops.toArray(String[]::new));
        sampling = maxNewTokens == null ? sampling.upToNewTokens(length) : sampling.maxNewTokens(maxNewTokens);
        return window == WindowKind.SLIDE ? sampling.slidingWindow(windowStride == null ? 1 : windowStride) : sampling;
    }

    /** The seed of the last {@link #sampling}; only if tokens are sampled at random. */
    long seed() {
        return seed;
    }

    /** What a person needs to get the same text again; empty if nothing. */
    String seedNote() {
        return draws() ? String.format(Locale.ROOT, "; seed %d", seed) : "";
    }

    /** How tokens are chosen. */
    private Sampling shape() {
        Sampling sampling = draws() ? Sampling.random() : Sampling.greedy();
        if (draws()) {
            if (seed == null) {
                seed = System.nanoTime() & 0xFFFF_FFFFL; // short enough to be typed again
            }
            sampling = sampling.seed(seed);
        }
        sampling = with(sampling, repetitionPenalty, Sampling::repetitionPenalty);
        sampling = with(sampling, noRepeatNgram, Sampling::noRepeatNgram);
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
