package dev.touchstone.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A picture of milliseconds per token against position, in characters. */
final class TextPlot {
    private static final int WIDTH = 60;
    private static final int HEIGHT = 12;
    private static final char[] MARKS = {'o', '+', 'x'};

    private static final char SEVERAL = '*';

    private TextPlot() {}

    static String of(List<Lap> laps) {
        int tokens = laps.stream().mapToInt(lap -> lap.ids().length).max().orElse(0);
        int columns = Math.min(WIDTH, tokens);
        double top = laps.stream()
                .flatMapToDouble(lap -> Arrays.stream(columns(lap, tokens, columns)))
                .max()
                .orElse(1);
        char[][] picture = new char[HEIGHT][columns];
        for (char[] line : picture) {
            Arrays.fill(line, ' ');
        }
        for (int i = 0; i < laps.size(); i++) {
            double[] heights = columns(laps.get(i), tokens, columns);
            for (int x = 0; x < columns; x++) {
                if (!Double.isNaN(heights[x])) {
                    int y = (int) Math.min(HEIGHT - 1, heights[x] / top * HEIGHT);
                    char[] line = picture[HEIGHT - 1 - y];
                    line[x] = line[x] == ' ' ? MARKS[i % MARKS.length] : SEVERAL;
                }
            }
        }
        return draw(picture, top, tokens, laps);
    }

    private static String draw(char[][] picture, double top, int tokens, List<Lap> laps) {
        StringBuilder text = new StringBuilder("ms per token\n");
        for (int y = 0; y < HEIGHT; y++) {
            String label = y == 0 ? String.format(Locale.ROOT, "%.2f", top) : y == HEIGHT - 1 ? "0" : "";
            text.append(String.format("%9s |%s%n", label, new String(picture[y]).stripTrailing()));
        }
        text.append(String.format("%9s +%s%n", "", "-".repeat(picture[0].length)));
        text.append(String.format("%9s  %-" + Math.max(1, picture[0].length - 6) + "s%6d tokens%n", "", "1", tokens));
        for (int i = 0; i < laps.size(); i++) {
            text.append(String.format(
                    "%9s  %s %s%n", "", MARKS[i % MARKS.length], laps.get(i).name()));
        }
        return text.append(String.format("%9s  %s several%n", "", SEVERAL)).toString();
    }

    /** The median time of the tokens that share a column: one pause of the machine is no trend. */
    private static double[] columns(Lap lap, int tokens, int columns) {
        double[] medians = new double[columns];
        for (int x = 0; x < columns; x++) {
            int from = Math.min((int) ((long) x * tokens / columns), lap.ids().length);
            int to = Math.min((int) ((long) (x + 1) * tokens / columns), lap.ids().length);
            double[] part = Arrays.copyOfRange(lap.milliseconds(), from, to);
            Arrays.sort(part);
            medians[x] = part.length == 0 ? Double.NaN : part[part.length / 2];
        }
        return medians;
    }
}
