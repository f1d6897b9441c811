package dev.touchstone.cli;

import dev.touchstone.LanguageModel;
import dev.touchstone.Sampling;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options for a file of prompts. */
final class BatchOptions {
    private static final int DEFAULT_SIZE = 8;

    /** Options that do not change the generated text. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "--batch-file", "--out", "--batch-size", "--quiet", "--stacktrace", "--no-cache", "--kernels", "--threads");

    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--batch-file",
            paramLabel = "FILE",
            description =
                    "Continue each prompt of this file (JSON Lines). A line is a string, or an object with prompt or"
                            + " prompt_ids, whose other fields are copied to the output. Prints one line of JSON for each"
                            + " prompt, in the same order.")
    private Path file;

    @Option(
            names = {"-o", "--out"},
            paramLabel = "FILE",
            description =
                    "With --batch-file: write the lines to FILE. Until all of them are done they are in FILE.part;"
                            + " after an interruption, run the same command again to continue.")
    private Path out;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "With --batch-file: continue N prompts at a time. Default: " + DEFAULT_SIZE + ".")
    private Integer size;

    boolean isGiven() {
        return file != null;
    }

    void check() {
        Usage usage = new Usage(command);
        usage.needs(isGiven(), "--batch-file", "--out", "--batch-size");
        usage.refuse(size != null && size < 1, "--batch-size must be at least 1, got " + size);
    }

    void run(LanguageModel model, Sampling sampling, boolean cache, PromptEncoder encoder, Console console) {
        List<BatchPrompt> prompts = BatchPrompt.read(file, encoder);
        prompts.forEach(prompt -> prompt.check(model.settings(prompt.ids(), sampling)));
        Stopwatch watch = new Stopwatch();
        BatchRun run = new BatchRun(model, sampling, size == null ? DEFAULT_SIZE : size, cache);
        int tokens;
        if (out == null) {
            tokens = run.from(0, prompts, line -> console.print(line + "\n"));
        } else {
            try (BatchOutput lines = BatchOutput.open(out, prompts, settingsGiven())) {
                if (lines.done() > 0) {
                    console.note("continuing: " + lines.done() + " of " + prompts.size() + " prompts are already done");
                }
                tokens = run.from(lines.done(), prompts, lines::add);
                lines.finish();
            }
        }
        watch.end(tokens);
        console.note(prompts.size() + " prompts; " + watch.total());
    }

    /** The options that the generated texts depend on, with their values. */
    private String settingsGiven() {
        return command.commandLine().getParseResult().matchedOptions().stream()
                .filter(option -> !WITHOUT_EFFECT.contains(option.longestName()))
                .map(option -> option.longestName() + "=" + values(option))
                .sorted()
                .collect(Collectors.joining(" "));
    }

    private static List<String> values(OptionSpec option) {
        return option.originalStringValues();
    }
}
