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
                "Continue the same prompt with and without the cache, and with drafts where asked for: the time of"
                        + " each token as the text grows, and whether the ids agree.",
        sortOptions = false,
        footer = {
            "",
            "Example: touchstone compare --prompt \"Once upon a time\" --max-new-tokens 200 --html compare.html"
        })
final class CompareCommand implements Callable<Integer> {
    @Mixin
    private final PromptOptions prompt = new PromptOptions();

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final GenerationOptions generation = new GenerationOptions(GenerationDefaults.GENERATE);

    @Mixin
    private final SpeculationOptions speculation = new SpeculationOptions();

    @Mixin
    private final KernelOptions compute = new KernelOptions();

    @Option(names = "--html", paramLabel = "FILE", description = "Write the plot to this page as well.")
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
            List<Lap> laps = new ArrayList<>();
            samplings(loaded).forEach((name, sampling) -> {
                Lap.of(name, loaded.start(read.ids(), sampling)); // a first time for the just-in-time compiler
                loaded.clearCache();
                laps.add(Lap.of(name, loaded.start(read.ids(), sampling)));
                loaded.clearCache();
            });
            show(laps, loaded, read);
        }
        return 0;
    }

    private void show(List<Lap> laps, LanguageModel loaded, Prompt read) {
        if (laps.get(0).ids().length == 0) {
            throw new TouchstoneException("no token was made, so there is nothing to compare; raise --max-new-tokens");
        }
        print(laps);
        if (html != null) {
            WholeFile.write(html, ComparePage.of(loaded, read, laps, lap -> agreement(laps.get(0), lap)));
            console.note("plot in " + html);
        }
    }

    private Map<String, Sampling> samplings(LanguageModel loaded) {
        Sampling sampling = generation.sampling(loaded);
        Map<String, Sampling> samplings = new LinkedHashMap<>();
        samplings.put("without cache", sampling.useCache(false));
        samplings.put("with cache", sampling);
        if (speculation.isWanted()) {
            samplings.put("with drafts", speculation.apply(sampling, loaded, console));
        }
        return samplings;
    }

    private void print(List<Lap> laps) {
        Lap first = laps.get(0);
        console.print(String.format(
                "%-14s %6s %10s %12s %12s %9s  %s%n",
                "", "tokens", "tokens/s", "ms at first", "ms at last", "speed-up", "ids"));
        for (Lap lap : laps) {
            console.print(String.format(
                    Locale.ROOT,
                    "%-14s %6d %10.1f %12.3f %12.3f %8.2fx  %s%n",
                    lap.name(),
                    lap.ids().length,
                    lap.tokensPerSecond(),
                    lap.mean(0, 0.1),
                    lap.mean(0.9, 1),
                    first.seconds() / lap.seconds(),
                    agreement(first, lap)));
        }
        console.print("\n" + TextPlot.of(laps));
    }

    /** With drafts, sampling has the same distribution but uses other random numbers. */
    private String agreement(Lap first, Lap lap) {
        int difference = Arrays.mismatch(first.ids(), lap.ids());
        if (difference < 0) {
            return "equal";
        }
        return generation.isRandom() && lap.name().equals("with drafts")
                ? "sampled with other random numbers"
                : "DIFFERENT from token " + (difference + 1) + " on";
    }
}
