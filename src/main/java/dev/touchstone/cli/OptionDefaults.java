package dev.touchstone.cli;

import dev.touchstone.cli.GenerationOptions.WindowKind;
import java.util.ListResourceBundle;
import java.util.ResourceBundle;

/** The values that the options of generation have where the command line gives none. Commands differ in them. */
enum OptionDefaults {
    GENERATE(100, WindowKind.ERROR, false),
    /** A conversation is soon longer than the context. */
    CHAT(100, WindowKind.SLIDE, false),
    /** A short text, sampled, so that each processor has an effect. */
    EXPLAIN(20, WindowKind.ERROR, true);

    static final double TEMPERATURE = 0.8;
    static final int TOP_K = 50;
    static final double TOP_P = 0.95;
    private static final long SEED = 1;

    private final int maxNewTokens;
    private final WindowKind window;
    private final boolean samples;

    OptionDefaults(int maxNewTokens, WindowKind window, boolean samples) {
        this.maxNewTokens = maxNewTokens;
        this.window = window;
        this.samples = samples;
    }

    int maxNewTokens() {
        return maxNewTokens;
    }

    WindowKind window() {
        return window;
    }

    /** A fixed seed, or a new one at each call, which is short, so that it can be typed. */
    long seed() {
        return samples ? SEED : System.nanoTime() & 0xFFFF_FFFFL;
    }

    /**
     * Whether tokens are sampled if no option says how to choose them: with {@link #TEMPERATURE}, {@link #TOP_K} and
     * {@link #TOP_P}.
     */
    boolean samples() {
        return samples;
    }

    /** How many tokens a sliding window drops at a time. In a chat many, because each time the cache is rebuilt. */
    int windowStride(int positions) {
        return this == CHAT ? Math.max(1, positions / 4) : 1;
    }

    /** What {@code --help} says of them; the descriptions of options refer to these texts by name. */
    ResourceBundle texts() {
        return new ListResourceBundle() {
            @Override
            protected Object[][] getContents() {
                return new Object[][] {
                    {"default.max-new-tokens", "" + maxNewTokens},
                    {"default.window", window.toString()},
                    {"default.window-stride", OptionDefaults.this == CHAT ? "a quarter of the context" : "1"},
                    {
                        "default.draft",
                        samples ? " Default: storyteller-draft for the included model, else --prompt-lookup." : ""
                    },
                    {"default.seed", samples ? "" + SEED : "a new seed each time"},
                    {
                        "default.greedy",
                        samples
                                ? "Default: sample with --temperature " + TEMPERATURE + " --top-k " + TOP_K
                                        + " --top-p " + TOP_P
                                : "This is the default unless an option or the model's generation_config.json asks for sampling"
                    },
                };
            }
        };
    }
}
