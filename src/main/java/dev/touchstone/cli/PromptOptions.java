package dev.touchstone.cli;

import dev.touchstone.batch.PromptEncoder;
import dev.touchstone.checkpoint.LoadedModel;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options for the prompt. */
final class PromptOptions {
    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = {"-p", "--prompt", "--text"},
            paramLabel = "TEXT",
            description =
                    "The text to continue. Spaces are kept. If TEXT is -, standard input is read as UTF-8, without a"
                            + " byte order mark at its start and a line end at its end.")
    private String text;

    @Option(
            names = {"--prompt-ids", "--prompt_ids"},
            paramLabel = "IDS",
            converter = TokenIds.Converter.class,
            description = "The token ids to continue, such as 464,3290.")
    private TokenIds ids;

    /** Rejects a command line without a prompt, or with two. */
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
        return read(new PromptEncoder(model.text(), null), console);
    }

    Prompt read(PromptEncoder encoder, Console console) {
        if (ids != null) {
            return new Prompt(null, ids.ids());
        }
        String prompt = text.equals("-") ? console.readAll() : text;
        return new Prompt(prompt, encoder.encode(prompt));
    }

    /**
     * A prompt as text and as token ids.
     *
     * @param text null if ids were given, which need no tokenizer
     */
    record Prompt(String text, int[] ids) {}
}
