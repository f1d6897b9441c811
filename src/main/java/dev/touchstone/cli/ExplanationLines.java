package dev.touchstone.cli;

import dev.touchstone.explain.Candidate;
import dev.touchstone.explain.Explanation;
import dev.touchstone.explain.Layer;
import dev.touchstone.explain.Piece;
import dev.touchstone.explain.SourceFile;
import dev.touchstone.explain.Speculation;
import dev.touchstone.explain.Stage;
import dev.touchstone.explain.TimeCategory;
import dev.touchstone.explain.TracedStep;
import dev.touchstone.generation.SpeculativeGenerator.Statistics;
import dev.touchstone.tokenizer.TokenText;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Prints a summary of an explanation. */
final class ExplanationLines {
    private static final String SOURCES = "src/main/java/dev/touchstone/";
    private static final int MAX_TOKENS = 12;
    private static final int LIKELIEST = 3;

    private final Explanation run;
    private final Console console;
    private int number;

    private ExplanationLines(Explanation run, Console console) {
        this.run = run;
        this.console = console;
    }

    static void print(Explanation run, Console console) {
        ExplanationLines lines = new ExplanationLines(run, console);
        run.stages().forEach(lines::stage);
    }

    private void stage(Stage stage) {
        console.print(Console.Style.PROMPT, (number == 0 ? "" : "\n") + ++number + "  " + stage.title());
        console.print("  " + stage.shapes() + "\n");
        console.print(
                Console.Style.FAINT,
                stage.sources().stream()
                                .map(source -> SourceFile.path(source).replace(SOURCES, ""))
                                .collect(Collectors.joining(", ", "   computed in ", "\n"))
                        + stage.checks().stream()
                                .map(check -> check.test() + " (" + check.of() + ")")
                                .collect(Collectors.joining(", ", "   checked by ", "\n")));
        switch (stage.kind()) {
            case TOKENIZATION -> tokens();
            case EMBEDDING -> embedding();
            case POSITIONS -> positions();
            case BLOCKS -> blocks();
            case OUTPUT -> output();
            case CHOICE -> choice();
            case GENERATION -> generation();
            case SPECULATION -> speculation();
            case MEMORY_AND_TIME -> memoryAndTime();
        }
    }

    private void tokens() {
        if (run.dropped() > 0) {
            line("%d tokens before these were dropped: the prompt is longer than the context window", run.dropped());
        }
        line("%3s %7s  %-16s %s", "", "id", "token", "bytes");
        for (int t = 0; t < shown(); t++) {
            Piece piece = run.vocabulary().get(run.ids()[t]);
            line("%3d %7d  %-16s %s", t, run.ids()[t], piece.text(), piece.bytes());
        }
        more();
    }

    private void embedding() {
        for (int t = 0; t < shown(); t++) {
            float[] ends = run.embedding().get(0).ends()[t];
            line("%3d  %-16s [%.4f, %.4f, %.4f, ..., %.4f]", t, text(run.ids()[t]), ends[0], ends[1], ends[2], ends[3]);
        }
        more();
    }

    private void positions() {
        line("%s", run.positions().description());
        if (run.positions().vectors() != null) {
            line("tap %s", run.positions().vectors().tap());
        }
        if (!run.positions().slopes().isEmpty()) {
            line("slopes of the heads: %s", run.positions().slopes());
        }
    }

    /** The last token only, from which the next one is predicted. */
    private void blocks() {
        line("norms at the last token:");
        line("%-24s %10s %10s %10s", "", "attention", "MLP", "residual");
        line("%-24s %10s %10s %10.3f", run.lens().points().get(0), "", "", last(blockInput()));
        for (Layer layer : run.layers()) {
            line(
                    "%-24s %10.3f %10.3f %10.3f",
                    layer.name(), last(layer.attentionNorms()), last(layer.mlpNorms()), last(layer.residualNorms()));
        }
    }

    private double[] blockInput() {
        return run.embedding().get(run.embedding().size() - 1).norms();
    }

    private void output() {
        line("%s", list(run.next()));
        line("logit lens, most likely next tokens after each layer:");
        List<String> points = run.lens().points();
        for (int i = 0; i < points.size(); i++) {
            List<List<Candidate>> predictions = run.lens().predictions().get(i);
            line("%-24s %s", points.get(i), list(predictions.get(predictions.size() - 1)));
        }
    }

    private void choice() {
        TracedStep first = run.steps().get(0);
        String setting = run.settings().get(run.settings().size() - 1);
        line("%-24s %7s  %s", "after", "allowed", "most likely");
        for (TracedStep.Scores scores : first.scores()) {
            line(
                    "%-24s %7d  %s",
                    scores.processor() == null ? "output of the model" : scores.processor(),
                    scores.allowed(),
                    list(scores.mostLikely()));
        }
        line("%s %s, %s", setting.equals("greedy") ? "chosen" : "sampled", text(first.id()), setting);
    }

    private void generation() {
        line("%4s %7s  %-16s %8s %8s %9s  %s", "step", "id", "token", "prob.", "cached", "KiB", "time");
        for (int i = 0; i < run.steps().size(); i++) {
            TracedStep step = run.steps().get(i);
            line(
                    "%4d %7d  %-16s %8s %8d %9.1f  %.1f ms",
                    i + 1,
                    step.id(),
                    text(step.id()),
                    percent(step.probability()),
                    step.cachedTokens(),
                    step.cacheBytes() / 1024.0,
                    step.untraced());
        }
        line(
                "%s; ended by %s",
                quoted(run.generation().text()), run.generation().finishReason());
    }

    private void speculation() {
        Statistics statistics = run.speculation().statistics();
        line(
                "%s: %d of %d drafted tokens accepted, %d tokens in %d passes; %s",
                run.speculation().drafter(),
                statistics.accepted(),
                statistics.proposed(),
                statistics.tokens(),
                statistics.passes(),
                run.speculation().sameIds() ? "the same ids" : "other ids, sampled from the same distribution");
        int at = 1;
        for (Speculation.Pass pass : run.speculation().passes()) {
            if (pass.drafted().length > 0) {
                int[] accepted = Arrays.copyOf(pass.drafted(), pass.accepted());
                int[] rejected = Arrays.copyOfRange(pass.drafted(), pass.accepted(), pass.drafted().length);
                line("pass %3d  accepted %s  rejected %s", at, texts(accepted), texts(rejected));
            }
            at++;
        }
    }

    private void memoryAndTime() {
        Map<TimeCategory, Double> prompt = run.times().prompt();
        line("the cache allocates memory for %d tokens at a time", run.cachePage());
        for (TimeCategory part : TimeCategory.values()) {
            line(
                    "%-50s prompt %.2f ms, a step %.2f ms",
                    part, prompt.getOrDefault(part, 0.0), run.times().step().getOrDefault(part, 0.0));
        }
        line(
                "all steps %.2f s, %.2f s with all taps recorded; %s",
                run.times().untraced(),
                run.times().traced(),
                run.times().sameIds() ? "the ids are the same" : "THE IDS DIFFER");
    }

    private int shown() {
        return Math.min(MAX_TOKENS, run.ids().length);
    }

    private void more() {
        if (run.ids().length > MAX_TOKENS) {
            line("... and %d more", run.ids().length - MAX_TOKENS);
        }
    }

    private void line(String format, Object... values) {
        console.print(("   " + String.format(Locale.ROOT, format, values)).stripTrailing() + "\n");
    }

    private String text(int id) {
        return run.vocabulary().get(id).text();
    }

    private String texts(int[] ids) {
        return ids.length == 0
                ? "none"
                : Arrays.stream(ids).mapToObj(this::text).collect(Collectors.joining(" "));
    }

    private String list(List<Candidate> candidates) {
        return candidates.stream()
                .limit(LIKELIEST)
                .map(one -> text(one.id()) + " " + percent(one.probability()))
                .collect(Collectors.joining(", "));
    }

    private static String quoted(String text) {
        return TokenText.quoted(text);
    }

    private static double last(double[] values) {
        return values[values.length - 1];
    }

    private static String percent(double probability) {
        return String.format(Locale.ROOT, "%.2f%%", 100 * probability);
    }
}
