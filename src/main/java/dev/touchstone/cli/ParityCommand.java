package dev.touchstone.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.LanguageModel;
import dev.touchstone.checkpoint.safetensors.Safetensors;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.parity.CaseResult;
import dev.touchstone.parity.Exemptions;
import dev.touchstone.parity.Fixture;
import dev.touchstone.parity.Goldens;
import dev.touchstone.parity.Limits;
import dev.touchstone.parity.NearTieCounts;
import dev.touchstone.parity.Parity;
import dev.touchstone.parity.Ratios;
import dev.touchstone.parity.Report;
import dev.touchstone.parity.RunDifference;
import dev.touchstone.parity.TapResult;
import dev.touchstone.parity.choices.ChoiceDifference;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.Json;
import dev.touchstone.util.JsonObject;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.util.Utf8;
import dev.touchstone.util.WholeFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "parity",
        description =
                "Compare every intermediate tensor with the expected ones of a fixture, in the order of computation, and"
                        + " name the first that is wrong.",
        footer = {
            "",
            "Examples:",
            "  touchstone parity fixtures/tiny-gpt2",
            "  touchstone parity --quiet --html report.html fixtures/tiny-gpt2",
            "  touchstone parity --quiet --json before.json fixtures/tiny-gpt2",
            "  touchstone parity --quiet --json after.json fixtures/tiny-gpt2",
            "  touchstone parity --diff before.json after.json"
        })
final class ParityCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "FIXTURE",
            description = "A folder that ci/regenerate.sh wrote, such as fixtures/tiny-gpt2.")
    private List<Path> folders = List.of();

    @Option(
            names = "--diff",
            arity = "2",
            paramLabel = "REPORT",
            description =
                    "Compare two reports that --json wrote, such as those of two versions of an engine. Exits with"
                            + " code 1 if a tap passes in the first and fails in the second.")
    private List<Path> reports = List.of();

    @Option(
            names = "--ours",
            paramLabel = "TRACE",
            description = "Compare the tensors in this safetensors file instead of running this engine. It must have"
                    + " input_ids and the taps of the model, as the command trace writes them.")
    private Path ours;

    @Option(
            names = "--partial",
            description = "Compare only the taps that TRACE has. Without this, an absent tap is an error.")
    private boolean partial;

    @Option(
            names = "--tolerance",
            paramLabel = "TYPE",
            description =
                    "What TRACE should reach: pytorch, which is PyTorch in float32, or what PyTorch reaches in bf16,"
                            + " fp16 or int8, or the limits in a JSON file with ratio and local. Default: pytorch.")
    private String tolerance;

    @Option(names = "--html", paramLabel = "FILE", description = "Write the report as an HTML page.")
    private Path html;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the report as JSON.")
    private Path json;

    @Mixin
    private final KernelOptions kernels = new KernelOptions();

    @Mixin
    private final Console console;

    ParityCommand(Streams streams) {
        this.console = new Console(streams);
    }

    @Override
    public Integer call() {
        kernels.check();
        Usage usage = new Usage(spec);
        usage.refuse(
                folders.isEmpty() == reports.isEmpty(), "give the folders of fixtures, or --diff with two reports");
        if (!reports.isEmpty()) {
            usage.refuse(reports.size() != 2, "--diff needs two reports, got " + reports.size());
            return compareReports();
        }
        usage.needs(ours != null, "--ours TRACE", "--partial", "--tolerance");
        usage.check(this::limits);
        return compareFixtures();
    }

    private int compareFixtures() {
        Map<String, String> environment = Map.of(
                "Java",
                Runtime.version().toString(),
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                "engine",
                ours == null ? "Touchstone" : ours.toString(),
                "tolerance",
                tolerance == null ? "pytorch" : tolerance);
        Report report = new Report(environment, limits());
        List<TapResult> taps = new ArrayList<>();
        List<ChoiceDifference> choices = new ArrayList<>();
        boolean passes = true;
        int absent = 0;
        for (Path folder : folders) {
            Fixture fixture = fixture(folder);
            for (CaseOf one : check(fixture)) {
                report.add(fixture, one.name, one.result);
                print(fixture.name() + " " + one.name, one.result);
                taps.addAll(one.result.taps());
                choices.addAll(one.result.choices());
                passes &= one.result.passes();
                absent += one.result.absent().size();
            }
        }
        Ratios ratios = Ratios.of(taps);
        console.print(String.format(
                Locale.ROOT,
                "%,d taps compared, %d wrong; error over PyTorch's own: geometric mean %.3f%s%n",
                taps.size(),
                taps.stream().filter(tap -> !tap.passes()).count(),
                ratios.geometricMean(),
                largest(ratios)));
        if (absent > 0) {
            console.print(String.format("%,d taps are absent from %s and were not compared%n", absent, ours));
        }
        String exemptions = Exemptions.of(taps).describe();
        if (!exemptions.isEmpty()) {
            console.print(exemptions + "\n");
        }
        String nearTies = NearTieCounts.of(taps, choices).describe();
        if (!nearTies.isEmpty()) {
            console.print(nearTies + "\n");
        }
        write(html, report::html);
        write(json, () -> report.json().toPrettyString());
        return passes ? 0 : 1;
    }

    private int compareReports() {
        RunDifference difference = RunDifference.of(json(reports.get(0)), json(reports.get(1)));
        if (!console.isQuiet()) {
            console.print(RunDifferenceLines.of(difference));
        }
        console.print(RunDifferenceLines.summary(difference));
        return difference.failures().isEmpty() ? 0 : 1;
    }

    private static JsonNode json(Path file) {
        return Json.value(file.toString(), Utf8.read(file));
    }

    /** Empty if every tap is exempt from the limit on the ratio. */
    private static String largest(Ratios ratios) {
        return ratios.largestTap().isEmpty()
                ? ""
                : String.format(Locale.ROOT, ", largest %.3f (%s)", ratios.largest(), ratios.largestTap());
    }

    private record CaseOf(String name, CaseResult result) {}

    private static Fixture fixture(Path folder) {
        if (!Files.isDirectory(folder.resolve("goldens"))) {
            throw new TouchstoneException(folder + " is not a fixture: it has no folder goldens; to write one, run"
                    + " ci/regenerate.sh --model MODEL --out " + folder);
        }
        return new Fixture(folder.toAbsolutePath().normalize());
    }

    private List<CaseOf> check(Fixture fixture) {
        try (LanguageModel model = ModelOptions.load(fixture.folder().toString(), kernels.options(console), console)) {
            return ours == null ? checkThisEngine(fixture, model) : List.of(checkTrace(fixture, model));
        }
    }

    private static List<CaseOf> checkThisEngine(Fixture fixture, LanguageModel model) {
        TapMap map = TapMap.of(model.transformer());
        List<CaseOf> cases = new ArrayList<>();
        for (Path file : fixture.cases()) {
            try (Goldens goldens = new Goldens(file)) {
                cases.add(new CaseOf(name(file), Parity.check(model::trace, map, goldens)));
            }
        }
        return cases;
    }

    /** Compares the trace with the case that has the same prompt. */
    private CaseOf checkTrace(Fixture fixture, LanguageModel model) {
        try (Safetensors trace = Safetensors.open(ours)) {
            int[] ids = trace.get("input_ids").ints();
            for (Path file : fixture.cases()) {
                try (Goldens goldens = new Goldens(file)) {
                    if (Arrays.equals(ids, goldens.ids())) {
                        TapMap map = TapMap.of(model.transformer());
                        return new CaseOf(
                                name(file),
                                Parity.check(name -> tap(trace, name), model::trace, map, goldens, limits()));
                    }
                }
            }
            throw new TouchstoneException(ours + " has " + ids.length + " input_ids that are not those of a case of "
                    + fixture.folder() + "; run the other engine on the input_ids of one of its golden files");
        }
    }

    private Limits limits() {
        if (tolerance == null || tolerance.equals("pytorch")) {
            return Limits.FLOAT32;
        }
        if (!tolerance.endsWith(".json")) {
            return Limits.named(tolerance);
        }
        return Limits.of(new JsonObject(tolerance, json(Path.of(tolerance))));
    }

    private Tensor tap(Safetensors trace, String name) {
        return partial && !trace.names().contains(name) ? null : trace.get(name).floats();
    }

    private static String name(Path file) {
        return file.getFileName().toString().replace(".safetensors", "");
    }

    private void print(String title, CaseResult result) {
        if (!console.isQuiet()) {
            console.print(title + "\n" + TapLine.HEAD);
            result.taps().forEach(tap -> console.print(TapLine.of(tap)));
            result.choices().forEach(choice -> console.print("  " + choice.describe() + "\n"));
            if (result.predictions() != null) {
                console.print(PredictionLines.of(result.predictions()));
            }
        }
        result.firstDivergence().ifPresent(tap -> {
            console.print(title + ": first wrong at " + tap.name() + "\n");
            result.clues().forEach(clue -> console.print("  " + clue + "\n"));
            List<String> others =
                    result.wrongOperations().skip(1).map(TapResult::name).toList();
            if (!others.isEmpty()) {
                console.print("  wrong by themselves too: " + String.join(", ", others) + "\n");
            }
        });
    }

    private void write(Path file, Supplier<String> content) {
        if (file != null) {
            WholeFile.write(file, content.get());
            console.note("wrote " + file);
        }
    }
}
