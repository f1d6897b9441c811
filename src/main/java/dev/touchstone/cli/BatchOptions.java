package dev.touchstone.cli;

import dev.touchstone.LanguageModel;
import dev.touchstone.Sampling;
import dev.touchstone.batch.BatchAnswer;
import dev.touchstone.batch.BatchRow;
import dev.touchstone.batch.BatchRun;
import dev.touchstone.batch.PromptEncoder;
import dev.touchstone.batch.RowReader;
import dev.touchstone.batch.RowRequest;
import dev.touchstone.serving.Limits;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
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
                    "Continue each prompt of this file (JSON Lines). A line is a string, or an object with prompt,"
                            + " prompt_ids or messages. Its settings, an object with the names of generation_config.json,"
                            + " override those of the command, and its id changes the seed. All fields are copied to the"
                            + " output: one line of JSON for each prompt, in the same order.")
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
        List<BatchRow> rows = BatchFile.read(file, new RowReader(encoder));
        List<RowRequest> requests = rows.stream()
                .map(row -> RowRequest.of(row, model.checkpoint(), sampling))
                .toList();
        Stopwatch watch = new Stopwatch();
        int tokens;
        if (out == null) {
            tokens = compute(model, cache, requests, line -> console.print(line + "\n"));
        } else {
            try (BatchOutput lines = BatchOutput.open(out, rows, settingsGiven())) {
                if (lines.done() > 0) {
                    console.note("continuing: " + lines.done() + " of " + rows.size() + " prompts are already done");
                }
                tokens = compute(model, cache, requests.subList(lines.done(), requests.size()), lines::add);
                lines.finish();
            }
        }
        watch.end(tokens);
        console.note(rows.size() + " prompts; " + watch.total());
    }

    /** Passes the lines of the output on, in the order of the rows. Returns the number of generated tokens. */
    private int compute(LanguageModel model, boolean cache, List<RowRequest> requests, Consumer<String> answers) {
        int tokens = 0;
        int together = size == null ? DEFAULT_SIZE : size;
        long pageBytes = Limits.defaults().pageBytes();
        try (BatchRun run = new BatchRun(model.transformer(), model::engine, together, pageBytes)) {
            Iterator<BatchAnswer> made = run.inOrder(
                    requests.iterator(), request -> cache ? run.submit(request) : BatchRun.alone(model, request));
            while (made.hasNext()) {
                BatchAnswer answer = made.next();
                answers.accept(answer.json().toString());
                tokens += answer.made().ids().length;
            }
        }
        return tokens;
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
