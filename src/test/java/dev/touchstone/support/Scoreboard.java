package dev.touchstone.support;

import dev.touchstone.checkpoint.chat.TemplateCount;
import dev.touchstone.checkpoint.walk.WalkCount;
import dev.touchstone.parity.CaseResult;
import dev.touchstone.parity.Exemptions;
import dev.touchstone.parity.Fixture;
import dev.touchstone.parity.Ratios;
import dev.touchstone.parity.Report;
import dev.touchstone.parity.TapResult;
import dev.touchstone.tokenizer.OracleCount;
import dev.touchstone.util.PageIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/** Collects the results of the test suite; prints totals and writes the parity report at the end of the run. */
public final class Scoreboard implements TestExecutionListener {
    private static final Path FOLDER = Path.of(System.getProperty("touchstone.basedir", "."))
            .resolve(System.getProperty("touchstone.reports", "target"))
            .resolve("parity");
    private static final Report REPORT = new Report(Map.of(
            "Java",
            Runtime.version().toString(),
            "processor",
            System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors() + " cores",
            "system",
            System.getProperty("os.name"),
            "kernels",
            "scalar"));
    private static final List<TapResult> GOLDEN = new ArrayList<>();
    private static final List<TapResult> GGUF = new ArrayList<>();
    private static final List<TapResult> ORACLE = new ArrayList<>();
    private static final List<TapResult> MODELS = new ArrayList<>();
    private static final List<TapResult> JUDGED = new ArrayList<>();
    private static int prompts;
    private static int models;
    private static long replayed;
    private static long fuzzed;
    private static int outcomes;
    private static long fuzzSeed;

    /** Adds the result of a golden file. */
    public static synchronized void golden(Fixture fixture, String name, CaseResult result) {
        GOLDEN.addAll(result.taps());
        REPORT.add(fixture, name, result);
    }

    /** Adds the result of the goldens of a GGUF model, which the report does not have. */
    public static synchronized void gguf(CaseResult result) {
        GGUF.addAll(result.taps());
    }

    /** Adds the result of a prompt that PyTorch ran in this process. */
    public static synchronized void oracle(CaseResult result) {
        ORACLE.addAll(result.taps());
        prompts++;
    }

    /**
     * Adds the result of a random model, which was compared with the same equations in libtorch.
     *
     * @param judged the taps with enough elements to limit their ratio
     */
    public static synchronized void model(CaseResult result, List<TapResult> judged) {
        MODELS.addAll(result.taps());
        JUDGED.addAll(judged);
        models++;
    }

    /** Counts an input of the fuzzing corpus. */
    public static synchronized void replayed() {
        replayed++;
    }

    /**
     * Adds the totals of a run of fuzzing.
     *
     * @param results the number of different results
     */
    public static synchronized void fuzzed(long inputs, int results, long seed) {
        fuzzed += inputs;
        outcomes += results;
        fuzzSeed = seed;
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        Totals totals = new Totals();
        if (!GOLDEN.isEmpty()) {
            comparisons(totals, "goldens", "%,d taps".formatted(GOLDEN.size()), GOLDEN, GOLDEN);
            totals.line("", "%s", Exemptions.of(GOLDEN).describe());
            write("index.html", REPORT.html());
            write("report.json", REPORT.json().toPrettyString());
        }
        if (!GGUF.isEmpty()) {
            comparisons(totals, "GGUF goldens", "%,d taps".formatted(GGUF.size()), GGUF, GGUF);
        }
        if (prompts > 0) {
            comparisons(totals, "live oracle", prompts + " prompts", ORACLE, ORACLE);
        }
        if (models > 0) {
            comparisons(totals, "random models", models + " models", MODELS, JUDGED);
        }
        OracleCount.report(totals);
        TemplateCount.report(totals);
        WalkCount.report(totals);
        if (fuzzed > 0) {
            totals.line(
                    "fuzzing",
                    "%,d new inputs and %,d of the corpus, with %,d different results (seed %d)",
                    fuzzed,
                    replayed,
                    outcomes,
                    fuzzSeed);
        }
        KillMatrix.report(totals);
        KillMatrix.write();
        if (!GOLDEN.isEmpty()) {
            PageIndex.write(FOLDER.getParent());
            totals.line("reports", "target/index.html links them: target/parity/index.html, target/zoo/index.html");
        }
        totals.print();
    }

    private static void comparisons(
            Totals totals, String label, String what, List<TapResult> taps, List<TapResult> judged) {
        Ratios largest = Ratios.of(judged);
        totals.line(
                label,
                "%s, %,d numbers compared; error over PyTorch's: geometric mean %.3f, largest %.3f (%s)",
                what,
                taps.stream().mapToLong(tap -> tap.inherited().finite()).sum(),
                Ratios.of(taps).geometricMean(),
                largest.largest(),
                largest.largestTap());
    }

    private static void write(String name, String content) {
        try {
            Files.createDirectories(FOLDER);
            Files.writeString(FOLDER.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
