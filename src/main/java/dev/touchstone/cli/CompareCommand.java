package dev.touchstone.cli;

import dev.touchstone.LanguageModel;
import dev.touchstone.Sampling;
import dev.touchstone.cli.PromptOptions.Prompt;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.util.WholeFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "compare",
        description =
                "Continue a prompt with and without the cache, and with --draft or --prompt-lookup if given. Prints the"
                        + " time per token as the text grows, and whether the token ids are the same.",
        sortOptions = false,
        footer = {"", "Example:", "  touchstone compare --prompt \"The king\" --max-new-tokens 60 --html plot.html"})
final class CompareCommand implements Callable<Integer> {
    @Mixin
    private final PromptOptions prompt = new PromptOptions();

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final GenerationOptions generation = new GenerationOptions(OptionDefaults.GENERATE);

    @Mixin
    private final SpeculationOptions speculation = new SpeculationOptions();

    @Mixin
    private final KernelOptions compute = new KernelOptions();

    @Option(names = "--html", paramLabel = "FILE", description = "Also write the plot as an HTML page.")
    private Path html;

    @Mixin
    private final Console console;

    CompareCommand(Streams streams) {
        this.console = new Console(streams);
    }

    @Override
    public Integer call() {
        prompt.check();
        generation.check();
        speculation.check();
        compute.check();
        try (LanguageModel loaded = model.load(compute, console)) {
            Prompt read = prompt.read(loaded.checkpoint(), console);
            List<TimedRun> runs = new ArrayList<>();
            samplings(loaded).forEach((name, sampling) -> {
                TimedRun.of(name, loaded.start(read.ids(), sampling)); // warms up the just-in-time compiler
                loaded.clearCache();
                runs.add(TimedRun.of(name, loaded.start(read.ids(), sampling)));
                loaded.clearCache();
            });
            show(runs, loaded, read);
        }
        return 0;
    }

    private void show(List<TimedRun> runs, LanguageModel loaded, Prompt read) {
        if (runs.get(0).ids().length == 0) {
            throw new TouchstoneException(
                    "no token was generated, so there is nothing to compare; raise --max-new-tokens");
        }
        print(runs);
        if (html != null) {
            WholeFile.write(html, ComparePage.of(loaded, read, runs, run -> agreement(runs.get(0), run)));
            console.note("plot in " + html);
        }
    }

    private Map<String, Sampling> samplings(LanguageModel loaded) {
        Sampling sampling = generation.sampling(loaded);
        Map<String, Sampling> samplings = new LinkedHashMap<>();
        samplings.put("without cache", sampling.useCache(false));
        samplings.put("with cache", sampling);
        if (speculation.isGiven()) {
            samplings.put("with drafts", speculation.apply(sampling, loaded, console));
        }
        return samplings;
    }

    private void print(List<TimedRun> runs) {
        TimedRun first = runs.get(0);
        console.print(String.format(
                "%-14s %6s %10s %12s %12s %9s  %s%n",
                "", "tokens", "tokens/s", "ms at first", "ms at last", "speed-up", "ids"));
        for (TimedRun run : runs) {
            console.print(String.format(
                    Locale.ROOT,
                    "%-14s %6d %10.1f %12.3f %12.3f %8.2fx  %s%n",
                    run.name(),
                    run.ids().length,
                    run.tokensPerSecond(),
                    run.mean(0, 0.1),
                    run.mean(0.9, 1),
                    first.seconds() / run.seconds(),
                    agreement(first, run)));
        }
        console.print("\n" + TextPlot.of(runs));
    }

    /** With drafts, sampling has the same distribution but uses other random numbers. */
    private String agreement(TimedRun first, TimedRun run) {
        int difference = Arrays.mismatch(first.ids(), run.ids());
        if (difference < 0) {
            return "equal";
        }
        return generation.isRandom() && run.name().equals("with drafts")
                ? "sampled with other random numbers"
                : "DIFFERENT from token " + (difference + 1) + " on";
    }
}
