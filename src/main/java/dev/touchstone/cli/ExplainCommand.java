package dev.touchstone.cli;

import dev.touchstone.GenerationTask;
import dev.touchstone.LanguageModel;
import dev.touchstone.Sampling;
import dev.touchstone.cli.PromptOptions.Prompt;
import dev.touchstone.explain.Explainer;
import dev.touchstone.explain.Explanation;
import dev.touchstone.explain.ExplanationPage;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.SpeculativeGenerator;
import dev.touchstone.util.WholeFile;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "explain",
        description = {
            "Walk through one run of a model, from text to text, with its real numbers: tokens, embedding, positions,"
                    + " blocks, output, choice, generation, drafts, memory and time.",
            "Unless told otherwise it draws 20 tokens with temperature 0.8, top-k 50, top-p 0.95 and seed 1, so that"
                    + " there is something to see at each of them. Drafts are made by storyteller-draft, which comes with the"
                    + " program, or by prompt lookup for other models."
        },
        sortOptions = false,
        footer = {"", "Example: touchstone explain --prompt \"What is machine learning?\" --html explain.html"})
final class ExplainCommand implements Callable<Integer> {
    @Mixin
    private final PromptOptions prompt = new PromptOptions();

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write everything as one page, which needs no network. It appears whole or not at all.")
    private Path html;

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final GenerationOptions generation = new GenerationOptions(GenerationDefaults.EXPLAIN);

    @Mixin
    private final SpeculationOptions speculation = new SpeculationOptions();

    @Mixin
    private final KernelOptions compute = new KernelOptions();

    @Mixin
    private final Console console;

    ExplainCommand(Streams streams) {
        this.console = new Console(streams);
    }

    @Override
    public Integer call() {
        prompt.check();
        generation.check();
        speculation.check();
        compute.check();
        speculation.draftForShow(model);
        Explanation explanation;
        try (LanguageModel loaded = model.load(compute, console)) {
            explanation = explain(loaded);
        }
        ExplanationLines.print(explanation, console);
        if (html != null) {
            WholeFile.write(html, ExplanationPage.html(explanation));
            console.note("wrote " + html);
        }
        return 0;
    }

    private Explanation explain(LanguageModel loaded) {
        Prompt read = prompt.read(loaded.checkpoint(), console);
        Sampling sampling = generation.sampling(loaded);
        Settings settings = sampling.settings(loaded.checkpoint(), read.ids());
        Sampling drafted = speculation.apply(sampling, loaded, console);
        return new Explainer(loaded.checkpoint(), loaded.kernels())
                .explain(read.text(), read.ids(), settings, () -> run(loaded, read, drafted), speculation.drafter());
    }

    private static SpeculativeGenerator.Result run(LanguageModel loaded, Prompt prompt, Sampling drafted) {
        GenerationTask task = loaded.start(prompt.ids(), drafted);
        task.run(step -> {});
        return task.speculation().orElseThrow();
    }
}
