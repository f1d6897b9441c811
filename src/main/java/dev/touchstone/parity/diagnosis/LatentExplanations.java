package dev.touchstone.parity.diagnosis;

import dev.touchstone.kernels.RotaryLayout;
import dev.touchstone.model.LatentHeads;
import dev.touchstone.model.LatentProjections;
import dev.touchstone.model.Rotary;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Explains wrong queries, keys or values of latent attention: which channels are rotated, and how the columns of the projections are
 * read. (T, H (N + R)) or (T, H E)
 */
record LatentExplanations(Difference difference, Context context) {
    private static final String NOT_ROTATED = "the rotary embedding is not applied";
    private static final String HALVES =
            "channels half a head apart are rotated together, should be neighbouring channels";
    private static final String NEIGHBOURS =
            "neighbouring channels are rotated together, should be channels half a head apart";
    private static final String IN_PLACE =
            "the rotated channels are in the order of the input, should be in two halves";

    String read() {
        double[] projected = context.of(context.tap().inputs().get(0));
        if (projected == null) {
            return "";
        }
        Map<String, double[]> guesses = switch (context.tap().kind()) {
            case QUERY -> queries(projected);
            case KEY -> keys(projected);
            default ->
                Map.of(
                        "the values are read from the columns of the keys",
                        columns(projected, 0, heads().value(), step()));
        };
        return guesses.entrySet().stream()
                .filter(guess -> difference.is(guess.getValue()))
                .findFirst()
                .map(Map.Entry::getKey)
                .orElse("");
    }

    private LatentHeads heads() {
        return ((LatentProjections) context.attention().projections()).heads();
    }

    private int step() {
        return heads().plain() + heads().value();
    }

    private Rotary rotary() {
        return context.map().model().rotaries().of(context.tap().block());
    }

    private Map<String, double[]> queries(double[] projected) {
        int plain = heads().plain();
        int rotated = heads().rotated();
        double[] first = columns(projected, 0, plain, plain + rotated);
        Map<String, double[]> guesses = new LinkedHashMap<>();
        ways(columns(projected, plain, rotated, plain + rotated))
                .forEach((clue, last) -> guesses.put(clue, joined(first, last)));
        double[] others = columns(projected, rotated, plain, plain + rotated);
        double[] turned = right(columns(projected, 0, rotated, plain + rotated));
        guesses.put(
                "the first channels of each head are rotated, should be the last",
                joined(turned, rotated, others, plain));
        return guesses;
    }

    private Map<String, double[]> keys(double[] expanded) {
        double[] compressed =
                context.of(context.tap().inputs().get(context.tap().inputs().size() - 1));
        if (compressed == null) {
            return Map.of();
        }
        int plain = heads().plain();
        int width = compressed.length / difference.rows();
        double[] shared = columns(compressed, width - heads().rotated(), heads().rotated(), width);
        double[] ofHeads = columns(expanded, 0, plain, step());
        Map<String, double[]> guesses = new LinkedHashMap<>();
        ways(shared).forEach((clue, last) -> guesses.put(clue, joined(ofHeads, last)));
        double[] turned = right(shared);
        guesses.put(
                "the values of a head are read before its keys, should be after them",
                joined(columns(expanded, heads().value(), plain, step()), turned));
        int all = expanded.length / difference.rows();
        int keys = all / step() * plain;
        guesses.put(
                "the keys of all heads are read before the values of all heads, should be head by head",
                joined(columns(expanded, 0, keys, all), turned));
        guesses.put(
                "the first channels of the compression are rotated, should be the last",
                joined(ofHeads, right(columns(compressed, 0, heads().rotated(), width))));
        return guesses;
    }

    /** Wrong ways to rotate. (T, heads R) -> (T, heads R) */
    private Map<String, double[]> ways(double[] x) {
        RotaryLayout layout = rotary().layout();
        Map<String, double[]> ways = new LinkedHashMap<>();
        ways.put(NOT_ROTATED, x);
        if (layout == RotaryLayout.HALF_SPLIT) {
            ways.put(NEIGHBOURS, rotated(x, true, false));
        } else {
            ways.put(HALVES, rotated(x, false, false));
            ways.put(IN_PLACE, rotated(x, true, true));
        }
        return ways;
    }

    private double[] right(double[] x) {
        return rotated(x, rotary().layout() != RotaryLayout.HALF_SPLIT, rotary().layout() == RotaryLayout.INTERLEAVED);
    }

    /** Rotates all channels of each head: neighbours, or channels half a head apart, in the input and in the output. */
    private double[] rotated(double[] x, boolean neighbours, boolean neighboursAfter) {
        double[] table = context.of(rotary().name());
        int R = heads().rotated();
        if (table == null) {
            return x;
        }
        double[] y = x.clone();
        int step = rotary().layout() == RotaryLayout.INTERLEAVED ? 2 : 1;
        int columns = x.length / difference.rows();
        for (int head = 0; head < x.length; head += R) {
            for (int pair = 0; pair < R / 2; pair++) {
                int angle = head / columns * 2 * R + pair * step;
                double a = x[head + (neighbours ? 2 * pair : pair)];
                double b = x[head + (neighbours ? 2 * pair + 1 : pair + R / 2)];
                y[head + (neighboursAfter ? 2 * pair : pair)] = a * table[angle] - b * table[angle + R];
                y[head + (neighboursAfter ? 2 * pair + 1 : pair + R / 2)] = b * table[angle] + a * table[angle + R];
            }
        }
        return y;
    }

    /** Of every {@code step} columns those from {@code from} on. */
    private static double[] columns(double[] x, int from, int width, int step) {
        return IntStream.range(0, x.length / step * width)
                .mapToDouble(i -> x[i / width * step + from + i % width])
                .toArray();
    }

    private double[] joined(double[] plain, double[] rotated) {
        return joined(plain, heads().plain(), rotated, heads().rotated());
    }

    /** The channels of each head of both, one after the other; the second may have the same for all heads. */
    private double[] joined(double[] first, int n, double[] second, int m) {
        int heads = first.length / n;
        int sharing = heads * m / second.length;
        return IntStream.range(0, heads * (n + m))
                .mapToDouble(i -> {
                    int head = i / (n + m);
                    int c = i % (n + m);
                    return c < n ? first[head * n + c] : second[head / sharing * m + c - n];
                })
                .toArray();
    }
}
