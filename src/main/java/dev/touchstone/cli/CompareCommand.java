package dev.touchstone.cli;

import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.cli.PromptOptions.Prompt;
import dev.touchstone.generation.CachedExecutor;
import dev.touchstone.generation.NaiveExecutor;
import dev.touchstone.generation.Settings;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.model.Transformer;
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
    private final GenerationOptions generation = new GenerationOptions();

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
        LoadedModel loaded = model.load(console);
        Prompt read = prompt.read(loaded, console);
        Settings settings = generation.settings(loaded, read.ids().length);
        List<Lap> laps = new ArrayList<>();
        ways(loaded).forEach((name, way) -> {
            Lap.of(name, way, read.ids(), settings); // a first time for the just-in-time compiler
            laps.add(Lap.of(name, way, read.ids(), settings));
        });
        if (laps.get(0).ids().length == 0) {
            throw new TouchstoneException("no token was made, so there is nothing to compare; raise --max-new-tokens");
        }
        print(laps);
        if (html != null) {
            WholeFile.write(html, ComparePage.of(loaded.name(), read.ids().length, laps));
            console.note("plot in " + html);
        }
        return 0;
    }

    private Map<String, Way> ways(LoadedModel loaded) {
        Transformer transformer = loaded.transformer();
        Kernels kernels = compute.kernels(console);
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put("without cache", Way.plain(loaded, new NaiveExecutor(transformer, kernels)));
        ways.put("with cache", Way.plain(loaded, new CachedExecutor(transformer, kernels)));
        if (speculation.isWanted()) {
            ways.put(
                    "with drafts",
                    new Way.Speculative(
                            speculation.generator(loaded, new CachedExecutor(transformer, kernels), kernels, console)));
        }
        return ways;
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

    /** Drawn with drafts, a text has the same distribution but not the same random numbers. */
    private String agreement(Lap first, Lap lap) {
        int difference = Arrays.mismatch(first.ids(), lap.ids());
        if (difference < 0) {
            return "equal";
        }
        return generation.draws() && lap.name().equals("with drafts")
                ? "drawn anew"
                : "DIFFERENT from token " + (difference + 1) + " on";
    }
}
