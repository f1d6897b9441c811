package dev.touchstone.cli;

import dev.touchstone.LanguageModel;
import dev.touchstone.LoadOptions;
import dev.touchstone.Sampling;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of speculative decoding. */
final class SpeculationOptions {
    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--draft",
            paramLabel = "MODEL",
            description =
                    "Speculative decoding: let this smaller model with the same vocabulary propose tokens, which the"
                            + " model checks in one pass. Greedy text stays the same; sampled text has the same"
                            + " distribution.${default.draft}")
    private String draft;

    @Option(
            names = "--prompt-lookup",
            description =
                    "Speculative decoding without another model: propose the tokens that followed the last few tokens"
                            + " where these occurred earlier in the text.")
    private boolean promptLookup;

    @Option(
            names = "--speculate",
            paramLabel = "N",
            description = "With --draft or --prompt-lookup: propose N tokens at a time. Default: "
                    + Sampling.DRAFT_TOKENS + ".")
    private Integer count;

    private boolean bundled;

    boolean isGiven() {
        return draft != null || promptLookup;
    }

    void check() {
        Usage usage = new Usage(command);
        usage.refuse(draft != null && promptLookup, "--draft and --prompt-lookup exclude each other: leave out one");
        usage.needs(isGiven(), "--draft or --prompt-lookup", "--speculate");
        usage.refuse(count != null && count < 1, "--speculate must be at least 1, got " + count);
    }

    /**
     * Uses drafts even if no option asks for them: those of the included smaller model for the included model, else prompt
     * lookup.
     */
    void draftByDefault(ModelOptions model) {
        bundled = !isGiven() && model.isBundled();
    }

    /** What proposes tokens, in words. */
    String drafter() {
        return bundled ? "the model storyteller-draft" : draft == null ? "prompt lookup" : "the model " + draft;
    }

    /**
     * The sampling with drafts, if they are asked for; the smaller model is loaded where there is one.
     *
     * @param target whose threads the smaller model uses
     */
    Sampling apply(Sampling sampling, LanguageModel target, Console console) {
        int tokens = count == null ? Sampling.DRAFT_TOKENS : count;
        LoadOptions options = LoadOptions.defaults().sharedWith(target);
        if (bundled) {
            return sampling.draft(LanguageModel.storytellerDraft(options), tokens);
        }
        return draft == null
                ? sampling.promptLookup(tokens)
                : sampling.draft(ModelOptions.load(draft, options, console), tokens);
    }
}
