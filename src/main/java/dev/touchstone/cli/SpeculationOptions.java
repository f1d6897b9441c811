package dev.touchstone.cli;

import dev.touchstone.LanguageModel;
import dev.touchstone.LoadOptions;
import dev.touchstone.Sampling;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Speculative decoding. */
final class SpeculationOptions {
    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--draft",
            paramLabel = "MODEL",
            description =
                    "Let this smaller model of the same vocabulary propose tokens, which the model then verifies in"
                            + " one pass. Greedy text stays the same, drawn text is drawn from the same distribution.")
    private String draft;

    @Option(
            names = "--prompt-lookup",
            description = "Propose what followed the last few tokens earlier in the text; needs no other model.")
    private boolean promptLookup;

    @Option(
            names = "--speculate",
            paramLabel = "N",
            description = "How many tokens to propose at a time. Default: " + Sampling.DRAFT_TOKENS + ".")
    private Integer count;

    private boolean bundled;

    boolean isWanted() {
        return draft != null || promptLookup;
    }

    void check() {
        Usage usage = new Usage(command);
        usage.refuse(draft != null && promptLookup, "--draft and --prompt-lookup exclude each other: leave out one");
        usage.needs(isWanted(), "--draft or --prompt-lookup", "--speculate");
        usage.refuse(count != null && count < 1, "--speculate must be at least 1, got " + count);
    }

    /**
     * For a command that shows drafts whether they are asked for or not: the smaller model that comes with the program where
     * its larger one is used, else prompt lookup.
     */
    void draftForShow(ModelOptions model) {
        bundled = !isWanted() && model.isBundled();
    }

    /** Who makes drafts, in words. */
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
