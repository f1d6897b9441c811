package dev.touchstone.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.GenerationTask;
import dev.touchstone.LanguageModel;
import dev.touchstone.Sampling;
import dev.touchstone.Sampling.InEffect;
import dev.touchstone.batch.GenerationJson;
import dev.touchstone.batch.PromptEncoder;
import dev.touchstone.checkpoint.chat.ChatInput;
import dev.touchstone.cli.PromptOptions.Prompt;
import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Step;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.List;
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
            "  touchstone generate --prompt \"The king\" --temperature 0.8 --top-p 0.95",
            "  touchstone generate --prompt \"The king\" --max-new-tokens 20 --show-steps",
            "  touchstone generate --chat --prompt \"Hello\" --template chatml.jinja",
            "  touchstone generate --batch-file prompts.jsonl --out texts.jsonl"
        })
final class GenerateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command;

    @Mixin
    private final PromptOptions prompt = new PromptOptions();

    @Option(
            names = "--chat",
            description = "Answer the prompt: render it by the model's chat template, as a message of the user.")
    private boolean chat;

    @Mixin
    private final ChatOptions conversation = new ChatOptions();

    @Mixin
    private final BatchOptions batch = new BatchOptions();

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final GenerationOptions generation = new GenerationOptions(OptionDefaults.GENERATE);

    @Mixin
    private final BeamOptions beams = new BeamOptions();

    @Mixin
    private final SpeculationOptions speculation = new SpeculationOptions();

    @Mixin
    private final ComputeOptions compute = new ComputeOptions();

    @Option(
            names = "--show-steps",
            description = "Print a line for each step: the token, its probability, and the next most likely tokens.")
    private boolean showSteps;

    @Option(
            names = "--json",
            description =
                    "Print one JSON object: prompt, prompt_ids, ids, text, finish_reason, seconds, tokens_per_second,"
                            + " time_to_first_token, and, if they apply, speculation and seed.")
    private boolean json;

    @Option(
            names = "--show-settings",
            description = "Print each setting in effect and where it comes from: an option, or the model's"
                    + " generation_config.json.")
    private boolean showSettings;

    @Mixin
    private final Console console;

    GenerateCommand(Streams streams) {
        this.console = new Console(streams);
    }

    @Override
    public Integer call() {
        check();
        ChatInput opening = chat ? conversation.input() : null;
        try (LanguageModel loaded = model.load(compute.kernels(), conversation, console)) {
            PromptEncoder encoder = new PromptEncoder(loaded.checkpoint().text(), opening);
            Sampling sampling = compute.apply(beams.apply(generation.sampling(loaded)));
            if (batch.isGiven()) {
                batch.run(loaded, sampling, compute.usesCache(), encoder, console);
                return 0;
            }
            Prompt read = prompt.read(encoder, console);
            String text = read.text() == null ? loaded.tokenizer().decode(read.ids()) : read.text();
            sampling = speculation.isGiven() ? speculation.apply(sampling, loaded, console) : sampling;
            GenerationTask task = loaded.start(read.ids(), sampling);
            List<InEffect> settings = showSettings ? sampling.inEffect(loaded.checkpoint()) : List.of();
            if (json) {
                printJson(text, task, settings);
            } else {
                settings.forEach(setting -> console.note(line(setting)));
                printText(text, task, loaded.tokenizer());
            }
            return 0;
        }
    }

    private void check() {
        Usage usage = new Usage(command);
        if (batch.isGiven()) {
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
        conversation.check(usage, chat, "--chat");
        usage.refuse(
                chat && !Usage.given(command, "--prompt-ids").isEmpty(),
                "--chat and --prompt-ids exclude each other: a chat template renders text; give --prompt");
        usage.refuse(showSteps && json, "--show-steps and --json exclude each other: leave out one");
        usage.refuse(
                beams.areGiven() && speculation.isGiven(),
                "--beams and speculative decoding exclude each other: leave out one");
        usage.refuse(
                beams.areGiven() && showSteps,
                "--beams and --show-steps exclude each other: beam search has no text before its end");
        batch.check();
        generation.check();
        beams.check(generation);
        speculation.check();
        compute.check();
    }

    private static String line(InEffect setting) {
        return String.format("%-34s %s (%s)", setting.name(), setting.value(), setting.source());
    }

    private void printText(String text, GenerationTask task, Tokenizer tokenizer) {
        StoryPrinter story = new StoryPrinter(console, chat ? null : text);
        Consumer<Step> printer = showSteps ? new StepPrinter(console, tokenizer) : story;
        Stopwatch watch = new Stopwatch();
        Generation made = task.run(step -> {
            watch.token();
            printer.accept(step);
        });
        watch.end(made.ids().length);
        if (showSteps || beams.areGiven()) {
            story.print(made.text());
        }
        story.end();
        String drafts = task.speculation().map(DraftStatistics::note).orElse("");
        console.note(watch + "; ended by " + made.finishReason() + drafts + generation.seedNote());
    }

    private void printJson(String text, GenerationTask task, List<InEffect> settings) {
        Stopwatch watch = new Stopwatch();
        Generation made = task.run(step -> watch.token());
        watch.end(made.ids().length);
        ObjectNode object = GenerationJson.of(text, made);
        watch.describe(object);
        task.speculation().ifPresent(drafts -> DraftStatistics.describe(drafts, object));
        if (generation.isRandom()) {
            object.put("seed", generation.seed());
        }
        if (showSettings) {
            ObjectNode used = object.putObject("settings");
            settings.forEach(setting ->
                    used.putObject(setting.name()).put("value", setting.value()).put("source", setting.source()));
        }
        console.print(object + "\n");
    }
}
