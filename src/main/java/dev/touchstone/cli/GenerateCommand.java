package dev.touchstone.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.cli.PromptOptions.Prompt;
import dev.touchstone.generation.CachedExecutor;
import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Generator;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.Step;
import dev.touchstone.kernels.ScalarKernels;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "generate",
        description = "Continue a text.",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  touchstone generate --prompt \"Once upon a time\"",
            "  touchstone generate --prompt \"Once upon a time\" --max-new-tokens 20 --show-steps"
        })
final class GenerateCommand implements Callable<Integer> {
    @Mixin
    private final PromptOptions prompt = new PromptOptions();

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final GenerationOptions generation = new GenerationOptions();

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
        prompt.check();
        generation.check();
        LoadedModel loaded = model.load(console);
        Prompt read = prompt.read(loaded, console);
        String text = read.text() == null ? loaded.tokenizer().decode(read.ids()) : read.text();
        Settings settings = generation.settings(loaded, read.ids().length);
        Generator generator =
                new Generator(new CachedExecutor(loaded.transformer(), new ScalarKernels()), loaded.tokenizer());
        if (json) {
            Stopwatch watch = new Stopwatch();
            Generation made = generator.generate(read.ids(), settings, step -> watch.token());
            console.print(watch.into(json(text, made)) + "\n");
        } else {
            tell(text, read.ids(), settings, generator);
        }
        return 0;
    }

    private void tell(String text, int[] ids, Settings settings, Generator generator) {
        StoryPrinter story = new StoryPrinter(console, text);
        Consumer<Step> print = showSteps ? new StepPrinter(console, generator.tokenizer()) : story;
        Stopwatch watch = new Stopwatch();
        Generation made = generator.generate(ids, settings, step -> {
            watch.token();
            print.accept(step);
        });
        if (showSteps) {
            story.print(made.text());
        }
        story.end();
        console.note(watch + "; ended by " + made.finishReason());
    }

    private static ObjectNode json(String prompt, Generation made) {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("prompt", prompt);
        json.set("prompt_ids", mapper.valueToTree(made.promptIds()));
        json.set("ids", mapper.valueToTree(made.ids()));
        return json.put("text", made.text())
                .put("finish_reason", made.finishReason().toString());
    }
}
