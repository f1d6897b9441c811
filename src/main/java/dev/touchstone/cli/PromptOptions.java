package dev.touchstone.cli;

import dev.touchstone.checkpoint.LoadedModel;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What the model is to read. */
final class PromptOptions {
    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = {"-p", "--prompt", "--text"},
            paramLabel = "TEXT",
            description = "The text to continue, unchanged, spaces included. - reads standard input as UTF-8, without a"
                    + " byte order mark at its start and a line end at its end.")
    private String text;

    @Option(
            names = {"--prompt-ids", "--prompt_ids"},
            paramLabel = "IDS",
            converter = TokenIds.Converter.class,
            description = "Token ids to begin with, such as 464,3290.")
    private TokenIds ids;

    /** Refuses a command line that names no prompt, or two. */
    void check() {
        if ((text == null) == (ids == null)) {
            throw new ParameterException(
                    command.commandLine(),
                    text == null
                            ? "a prompt is missing: give --prompt or --prompt-ids"
                            : "--prompt and --prompt-ids exclude each other: leave out one");
        }
    }

    boolean isGiven() {
        return text != null || ids != null;
    }

    Prompt read(LoadedModel model, Console console) {
        if (ids != null) {
            return new Prompt(null, ids.ids());
        }
        String prompt = text.equals("-") ? console.readAll() : text;
        return new Prompt(prompt, model.tokenizer().encode(prompt));
    }

    /**
     * A prompt in both forms.
     *
     * @param text null where ids were given: no tokenizer is needed for those
     */
    record Prompt(String text, int[] ids) {}
}
