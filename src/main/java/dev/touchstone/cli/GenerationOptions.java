package dev.touchstone.cli;

import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.Window;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** How to continue a prompt. */
final class GenerationOptions {
    private static final int DEFAULT_LENGTH = 100;

    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = {"-n", "--max-new-tokens", "--max_new_tokens", "--max-length"},
            paramLabel = "N",
            description = "How many tokens to add at most; those of the prompt do not count. Default: " + DEFAULT_LENGTH
                    + ", or fewer where the model's context ends.")
    private Integer maxNewTokens;

    @Option(names = "--greedy", description = "Take the likeliest token each step. This is the default.")
    private boolean greedy;

    /** Refuses what no model could do, before one is loaded. */
    void check() {
        if (maxNewTokens != null && maxNewTokens < 0) {
            throw new ParameterException(
                    command.commandLine(), "--max-new-tokens must be at least 0, got " + maxNewTokens);
        }
    }

    Settings settings(LoadedModel model, int promptLength) {
        int positions = model.transformer().shape().positions();
        Window window = Window.error(positions);
        // The last new token is never fed back, so it needs no position.
        int fits = Math.max(1, Math.min(DEFAULT_LENGTH, positions - promptLength + 1));
        return Settings.greedy(
                maxNewTokens == null ? fits : maxNewTokens,
                Set.copyOf(model.generation().eosIds()),
                window);
    }
}
