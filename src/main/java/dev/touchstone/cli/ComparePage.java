package dev.touchstone.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The comparison as a page of its own: nothing is fetched, and it follows the reader's choice of light or dark. */
final class ComparePage {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 420;
    private static final int LEFT = 70;
    private static final int BOTTOM = 50;
    private static final int TOP = 20;
    private static final String STYLE = """
            :root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --grid: #ccc;
              --lap0: #b3402a; --lap1: #1f6fb2; --lap2: #2a7d3f; }
            @media (prefers-color-scheme: dark) {
              :root { --ink: #e8e8e8; --paper: #161616; --grid: #444; --lap0: #ff9d85; --lap1: #7cc0ff; --lap2: #86d69a; }
            }
            body { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif;
              max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
            svg { width: 100%; height: auto; } text { fill: var(--ink); font-size: 13px; }
            .grid { stroke: var(--grid); } .lap { fill: none; stroke-width: 2; }
            .wide { overflow-x: auto; } table { border-collapse: collapse; } th, td { padding: .25rem .9rem; text-align: right; }
            th:first-child, td:first-child { text-align: left; }
            """;

    private ComparePage() {}

    static String of(String model, int promptTokens, List<Lap> laps) {
        String title = "Milliseconds per token: " + escape(model);
        return """
                <!doctype html>
                <html lang="en">
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%s</title>
                <style>
                %s</style>
                <h1>%s</h1>
                <p>One prompt of %d tokens, continued in different ways. The ids of the new tokens are %s.</p>
                %s
                %s
                </html>
                """.formatted(
                title, STYLE, title, promptTokens, agree(laps) ? "equal" : "not equal", plot(laps), table(laps));
    }

    private static boolean agree(List<Lap> laps) {
        return laps.stream()
                .allMatch(lap -> Arrays.equals(lap.ids(), laps.get(0).ids()));
    }

    private static String plot(List<Lap> laps) {
        int tokens = laps.stream().mapToInt(lap -> lap.ids().length).max().orElse(1);
        double top = laps.stream()
                .flatMapToDouble(lap -> Arrays.stream(lap.milliseconds()).skip(1)) // the first includes the prompt
                .max()
                .orElse(1);
        StringBuilder svg = new StringBuilder(String.format(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Milliseconds per token against position\">%n",
                WIDTH, HEIGHT));
        for (int i = 0; i <= 4; i++) {
            double y = y(top * i / 4, top);
            svg.append(line("grid", LEFT, y, WIDTH, y));
            svg.append(text(LEFT - 8, y + 4, "end", String.format(Locale.ROOT, "%.2f", top * i / 4)));
            svg.append(text(
                    x(1 + (tokens - 1) * i / 4, tokens),
                    HEIGHT - BOTTOM + 20,
                    "middle",
                    "" + (1 + (tokens - 1) * i / 4)));
        }
        svg.append(text(LEFT, HEIGHT - 8, "start", "position of the new token; vertical: milliseconds"));
        for (int i = 0; i < laps.size(); i++) {
            svg.append(curve(laps.get(i), i, tokens, top));
            svg.append(String.format("<g fill=\"var(--lap%d)\">", i % 3));
            svg.append(text(LEFT + 20, TOP + 16 + 20 * i, "start", laps.get(i).name())
                    .replace("<text", "<text style=\"fill:inherit\""));
            svg.append("</g>\n");
        }
        return svg.append("</svg>").toString();
    }

    private static String curve(Lap lap, int index, int tokens, double top) {
        String points = IntStream.range(1, lap.ids().length)
                .mapToObj(i -> String.format(
                        Locale.ROOT, "%.1f,%.1f", x(i + 1, tokens), y(Math.min(top, lap.milliseconds()[i]), top)))
                .collect(Collectors.joining(" "));
        return String.format(
                "<polyline class=\"lap\" stroke=\"var(--lap%d)\" points=\"%s\"><title>%s</title></polyline>%n",
                index % 3, points, escape(lap.name()));
    }

    private static double x(int position, int tokens) {
        return LEFT + (double) (WIDTH - LEFT - 20) * (position - 1) / Math.max(1, tokens - 1);
    }

    private static double y(double milliseconds, double top) {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * milliseconds / top;
    }

    private static String line(String style, double x1, double y1, double x2, double y2) {
        return String.format(
                Locale.ROOT,
                "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n",
                style,
                x1,
                y1,
                x2,
                y2);
    }

    private static String text(double x, double y, String anchor, String text) {
        return String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, escape(text));
    }

    private static String table(List<Lap> laps) {
        String rows = laps.stream()
                .map(lap -> String.format(
                        Locale.ROOT,
                        "<tr><td>%s<td>%d<td>%.1f<td>%.3f<td>%.3f<td>%.2f\u00d7%n",
                        escape(lap.name()),
                        lap.ids().length,
                        lap.tokensPerSecond(),
                        lap.mean(0, 0.1),
                        lap.mean(0.9, 1),
                        laps.get(0).seconds() / lap.seconds()))
                .collect(Collectors.joining());
        return "<div class=\"wide\"><table>\n<tr><th><th>tokens<th>tokens/s<th>ms at first<th>ms at last<th>speed-up\n"
                + rows + "</table></div>";
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
