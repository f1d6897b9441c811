package dev.touchstone.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.cli.PromptOptions.Prompt;
import dev.touchstone.generation.Executor;
import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Generator;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.Step;
import dev.touchstone.kernels.Kernels;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "generate",
        description = "Continue a text.",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  touchstone generate --prompt \"Once upon a time\"",
            "  touchstone generate --prompt \"Once upon a time\" --temperature 0.8 --top-p 0.95 --seed 7",
            "  touchstone generate --prompt \"Once upon a time\" --max-new-tokens 20 --show-steps",
            "  touchstone generate --batch-file prompts.jsonl --out texts.jsonl"
        })
final class GenerateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command;

    @Mixin
    private final PromptOptions prompt = new PromptOptions();

    @Mixin
    private final BatchOptions batch = new BatchOptions();

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final GenerationOptions generation = new GenerationOptions();

    @Mixin
    private final BeamOptions beams = new BeamOptions();

    @Mixin
    private final SpeculationOptions speculation = new SpeculationOptions();

    @Mixin
    private final ComputeOptions compute = new ComputeOptions();

    @Option(names = "--show-steps", description = "Print a line for each step: token, probability, runners-up.")
    private boolean showSteps;

    @Option(
            names = "--json",
            description = "Print one JSON object: prompt, prompt_ids, ids and text of the continuation, finish_reason,"
                    + " seconds, tokens_per_second, time_to_first_token.")
    private boolean json;

    @Mixin
    private final Console console;

    GenerateCommand(Streams streams) {
        this.console = new Console(streams);
    }

    @Override
    public Integer call() {
        check();
        Kernels kernels = compute.kernels(console); // which warm up while the model loads
        LoadedModel loaded = model.load(console);
        Executor executor = compute.executor(loaded, kernels);
        if (batch.isWanted()) {
            Generator generator = new Generator(executor, loaded.tokenizer());
            batch.run(generator, length -> generation.settings(loaded, length), console);
            return 0;
        }
        Prompt read = prompt.read(loaded, console);
        Settings settings = generation.settings(loaded, read.ids().length);
        String text = read.text() == null ? loaded.tokenizer().decode(read.ids()) : read.text();
        Way way = way(loaded, executor, kernels);
        if (json) {
            print(text, read.ids(), settings, way);
        } else {
            tell(text, read.ids(), settings, way, loaded);
        }
        return 0;
    }

    private void check() {
        Usage usage = new Usage(command);
        if (batch.isWanted()) {
            String alone = Usage.given(
                    command,
                    "--prompt",
                    "--prompt-ids",
                    "--show-steps",
                    "--json",
                    "--beams",
                    "--draft",
                    "--prompt-lookup");
            usage.refuse(!alone.isEmpty(), "--batch-file cannot be used with " + alone);
        } else {
            prompt.check();
        }
        usage.refuse(showSteps && json, "--show-steps and --json exclude each other: leave out one");
        usage.refuse(
                beams.areWanted() && speculation.isWanted(),
                "--beams and speculation exclude each other: leave out one");
        usage.refuse(beams.areWanted() && showSteps, "--beams knows its text only at the end and has no steps to show");
        batch.check();
        generation.check();
        beams.check(generation);
        speculation.check();
        compute.check();
    }

    private Way way(LoadedModel loaded, Executor executor, Kernels kernels) {
        if (beams.areWanted()) {
            return Way.beams(loaded, executor, beams.beams());
        }
        return speculation.isWanted()
                ? new Way.Speculative(speculation.generator(loaded, executor, kernels, console))
                : Way.plain(loaded, executor);
    }

    private void tell(String text, int[] ids, Settings settings, Way way, LoadedModel loaded) {
        StoryPrinter story = new StoryPrinter(console, text);
        Consumer<Step> printer = showSteps ? new StepPrinter(console, loaded.tokenizer()) : story;
        Stopwatch watch = new Stopwatch();
        Generation made = way.generate(ids, settings, step -> {
            watch.token();
            printer.accept(step);
        });
        watch.end(made.ids().length);
        if (showSteps || beams.areWanted()) {
            story.print(made.text());
        }
        story.end();
        console.note(watch + "; ended by " + made.finishReason() + way.note() + generation.seedNote());
    }

    private void print(String text, int[] ids, Settings settings, Way way) {
        Stopwatch watch = new Stopwatch();
        Generation made = way.generate(ids, settings, step -> watch.token());
        watch.end(made.ids().length);
        ObjectNode object = GenerationJson.of(text, made);
        watch.describe(object);
        way.describe(object);
        if (generation.draws()) {
            object.put("seed", settings.seed());
        }
        console.print(object + "\n");
    }
}
