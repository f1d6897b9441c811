package dev.touchstone.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A plot of milliseconds per token against position, in characters. */
final class TextPlot {
    private static final int WIDTH = 60;
    private static final int HEIGHT = 12;
    private static final char[] MARKS = {'o', '+', 'x'};

    private static final char SEVERAL = '*';

    private TextPlot() {}

    static String of(List<TimedRun> runs) {
        int tokens = runs.stream().mapToInt(run -> run.ids().length).max().orElse(0);
        int columns = Math.min(WIDTH, tokens);
        double top = runs.stream()
                .flatMapToDouble(run -> Arrays.stream(columns(run, tokens, columns)))
                .max()
                .orElse(1);
        char[][] plot = new char[HEIGHT][columns];
        for (char[] line : plot) {
            Arrays.fill(line, ' ');
        }
        for (int i = 0; i < runs.size(); i++) {
            double[] heights = columns(runs.get(i), tokens, columns);
            for (int x = 0; x < columns; x++) {
                if (!Double.isNaN(heights[x])) {
                    int y = (int) Math.min(HEIGHT - 1, heights[x] / top * HEIGHT);
                    char[] line = plot[HEIGHT - 1 - y];
                    line[x] = line[x] == ' ' ? MARKS[i % MARKS.length] : SEVERAL;
                }
            }
        }
        return format(plot, top, tokens, runs);
    }

    private static String format(char[][] plot, double top, int tokens, List<TimedRun> runs) {
        StringBuilder text = new StringBuilder("ms per token\n");
        for (int y = 0; y < HEIGHT; y++) {
            String label = y == 0 ? String.format(Locale.ROOT, "%.2f", top) : y == HEIGHT - 1 ? "0" : "";
            text.append(String.format("%9s |%s%n", label, new String(plot[y]).stripTrailing()));
        }
        text.append(String.format("%9s +%s%n", "", "-".repeat(plot[0].length)));
        text.append(String.format("%9s  %-" + Math.max(1, plot[0].length - 6) + "s%6d tokens%n", "", "1", tokens));
        for (int i = 0; i < runs.size(); i++) {
            text.append(String.format(
                    "%9s  %s %s%n", "", MARKS[i % MARKS.length], runs.get(i).name()));
        }
        return text.append(String.format("%9s  %s several%n", "", SEVERAL)).toString();
    }

    /** The median time of the tokens in each column, which a single pause does not change. (tokens) -> (columns) */
    private static double[] columns(TimedRun run, int tokens, int columns) {
        double[] medians = new double[columns];
        for (int x = 0; x < columns; x++) {
            int from = Math.min((int) ((long) x * tokens / columns), run.ids().length);
            int to = Math.min((int) ((long) (x + 1) * tokens / columns), run.ids().length);
            double[] part = Arrays.copyOfRange(run.milliseconds(), from, to);
            Arrays.sort(part);
            medians[x] = part.length == 0 ? Double.NaN : part[part.length / 2];
        }
        return medians;
    }
}
