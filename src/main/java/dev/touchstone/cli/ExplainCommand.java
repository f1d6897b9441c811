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
            "Print one run of a model stage by stage, with its numbers: tokens, embeddings, positions, blocks, logits,"
                    + " sampling, generation, speculative decoding, memory and time."
        },
        sortOptions = false,
        footer = {"", "Example:", "  touchstone explain --prompt \"What is machine learning?\" --html run.html"})
final class ExplainCommand implements Callable<Integer> {
    @Mixin
    private final PromptOptions prompt = new PromptOptions();

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write an HTML page with more detail, which needs no network.")
    private Path html;

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final GenerationOptions generation = new GenerationOptions(OptionDefaults.EXPLAIN);

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
        speculation.draftByDefault(model);
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
