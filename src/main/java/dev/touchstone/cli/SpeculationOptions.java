package dev.touchstone.cli;

import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.generation.CachedExecutor;
import dev.touchstone.generation.Drafter;
import dev.touchstone.generation.Executor;
import dev.touchstone.generation.ModelDrafter;
import dev.touchstone.generation.PromptLookup;
import dev.touchstone.generation.SpeculativeGenerator;
import dev.touchstone.generation.Window;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.Progress;
import dev.touchstone.weights.WeightType;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Speculative decoding. */
final class SpeculationOptions {
    private static final int DEFAULT_COUNT = 4;
    private static final int LONGEST_LOOKUP = 3;

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
            description = "How many tokens to propose at a time. Default: " + DEFAULT_COUNT + ".")
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

    /** The way to generate with drafts, the smaller model loaded where there is one. */
    SpeculativeGenerator generator(LoadedModel model, Executor target, Kernels kernels, Console console) {
        Drafter drafter = draft == null && !bundled
                ? new PromptLookup(LONGEST_LOOKUP, model.transformer().shape().vocabulary())
                : drafter(model, kernels, console);
        return new SpeculativeGenerator(target, model.tokenizer(), drafter, count == null ? DEFAULT_COUNT : count);
    }

    private Drafter drafter(LoadedModel model, Kernels kernels, Console console) {
        LoadedModel small = bundled
                ? Checkpoint.storytellerDraft(WeightType.STORED, Progress.OFF)
                : ModelOptions.load(draft, WeightType.STORED, console);
        if (!sameVocabulary(small.tokenizer(), model.tokenizer())) {
            throw new TouchstoneException("the draft model " + small.name() + " has another vocabulary than "
                    + model.name() + "; its proposals would mean something else");
        }
        int positions = small.transformer().shape().positions();
        // A quarter at once: its cache is rebuilt rarely, and a guess may be made from less.
        Window window = Window.slide(positions, Math.max(1, positions / 4));
        return new ModelDrafter(new CachedExecutor(small.transformer(), kernels), window);
    }

    private static boolean sameVocabulary(Tokenizer a, Tokenizer b) {
        if (a.vocabularySize() != b.vocabularySize()) {
            return false;
        }
        for (int id = 0; id < a.vocabularySize(); id++) {
            if (!a.token(id).equals(b.token(id))) {
                return false;
            }
        }
        return true;
    }
}
