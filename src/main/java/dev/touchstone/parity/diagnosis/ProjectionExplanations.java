package dev.touchstone.parity.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** What was done otherwise between the projections of attention and its q, k and v: which columns, turned in which way. */
record ProjectionExplanations(Difference it, Parts parts) {
    private static final List<String> PARTS = List.of("q", "k", "v");

    /**
     * What q, k or v may be before it is turned.
     *
     * @param part whose it is
     * @param interleaved the columns that a head has in a fused projection; 0 where parts lie side by side, or by themselves
     */
    private record Source(String part, int interleaved, double[] values) {}

    /** How heads of so many channels may be turned. */
    private record Turn(Kind kind, int headSize) {}

    private enum Kind {
        NOT("it is not turned"),
        HALVES("channels that are half a head apart are turned together"),
        NEIGHBOURS("neighbouring channels are turned together: those that are half a head apart belong together"),
        /** The same, each by the angle that the table has at the channel's place. */
        NEIGHBOURS_IN_PLACE(NEIGHBOURS.clue),
        BACK("it is turned the other way: the sign of the sine"),
        LAST("the last channels of a head are turned: the first belong turned");

        private final String clue;

        Kind(String clue) {
            this.clue = clue;
        }
    }

    String read() {
        List<Source> sources = sources();
        double[] expected = it.expected();
        double[] actual = it.elements().mapToDouble(i -> it.actual()[i]).toArray();
        for (Source right : sources) {
            for (Turn turn : turns()) {
                if (right.part.equals(it.point()) && same(turned(right.values, turn), expected)) {
                    return against(right, turn, sources, actual);
                }
            }
        }
        return "";
    }

    private String against(Source right, Turn turn, List<Source> sources, double[] actual) {
        for (Source ours : sources) {
            if (ours != right && same(turned(ours.values, turn), actual)) {
                return !ours.part.equals(right.part) && ours.interleaved == right.interleaved
                        ? "this is " + ours.part + ": q, k and v are swapped"
                        : "q, k and v are taken " + laidOut(ours) + ": they " + lie(right);
            }
        }
        return turns().stream()
                .filter(other -> other.kind != turn.kind && same(turned(right.values, other), actual))
                .findFirst()
                .map(other -> other.kind.clue)
                .orElse("");
    }

    private static String laidOut(Source source) {
        return source.interleaved == 0
                ? "to lie side by side"
                : "for interleaved, every " + source.interleaved + " columns";
    }

    private static String lie(Source source) {
        return source.interleaved == 0
                ? "lie side by side"
                : "are interleaved, every " + source.interleaved + " columns";
    }

    private List<Source> sources() {
        List<Source> sources = new ArrayList<>();
        for (String part : PARTS) {
            for (String alone : List.of(part + "_norm", part + "_proj")) {
                double[] values = parts.of(parts.beside(alone));
                if (values != null && values.length == it.actual().length) {
                    sources.add(new Source(part, 0, values));
                }
            }
        }
        for (String fused : List.of("c_attn", "query_key_value")) {
            double[] values = parts.of(parts.beside(fused));
            if (values != null && values.length == 3 * it.actual().length) {
                PARTS.forEach(part -> addParts(values, part, sources));
            }
        }
        return sources;
    }

    private void addParts(double[] fused, String part, List<Source> sources) {
        int C = it.columns();
        int mine = PARTS.indexOf(part);
        sources.add(new Source(part, 0, columns(fused, c -> mine * C + c)));
        for (int D = 1; D < C; D++) {
            int size = D;
            if (C % D == 0) {
                sources.add(new Source(part, D, columns(fused, c -> (c / size * 3 + mine) * size + c % size)));
            }
        }
    }

    private double[] columns(double[] fused, IntUnaryOperator column) {
        int C = it.columns();
        return it.elements()
                .mapToDouble(i -> fused[i / C * 3 * C + column.applyAsInt(i % C)])
                .toArray();
    }

    /** All that may be: how many channels a head has is not known here. */
    private List<Turn> turns() {
        List<Turn> turns = new ArrayList<>(List.of(new Turn(Kind.NOT, 1)));
        double[] table = parts.of("rotary_emb");
        if (table == null || it.point().equals("v") || table.length % (2 * it.rows()) != 0) {
            return turns;
        }
        int turning = table.length / it.rows() / 2;
        for (int D = turning; D <= it.columns(); D++) {
            for (Kind kind : it.columns() % D == 0 ? Kind.values() : new Kind[0]) {
                turns.add(new Turn(kind, D));
            }
        }
        return turns;
    }

    private double[] turned(double[] x, Turn turn) {
        double[] y = x.clone();
        if (turn.kind == Kind.NOT) {
            return y;
        }
        double[] table = parts.of("rotary_emb");
        int turning = table.length / it.rows() / 2;
        int from = turn.kind == Kind.LAST ? turn.headSize - turning : 0;
        boolean inPlace = turn.kind == Kind.NEIGHBOURS_IN_PLACE;
        boolean neighbours = turn.kind == Kind.NEIGHBOURS || inPlace;
        for (int head = 0; head < x.length; head += turn.headSize) {
            for (int pair = 0; pair < turning / 2; pair++) {
                int a = head + from + (neighbours ? 2 * pair : pair);
                int b = neighbours ? a + 1 : a + turning / 2;
                int angle = head / it.columns() * 2 * turning + (inPlace ? 2 * pair : pair);
                double sin = table[angle + turning] * (turn.kind == Kind.BACK ? -1 : 1);
                y[a] = x[a] * table[angle] - x[b] * sin;
                y[b] = x[b] * table[angle] + x[a] * sin;
            }
        }
        return y;
    }

    private boolean same(double[] a, double[] b) {
        return IntStream.range(0, a.length).allMatch(i -> Math.abs(a[i] - b[i]) <= it.bound());
    }
}
