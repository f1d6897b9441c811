package dev.touchstone.parity.diagnosis;

import java.util.stream.IntStream;

/**
 * Products of queries and keys, (H, T, S), by where heads are taken to keep their channels. Null where keys are not all
 * known, as some are in a cache.
 */
final class Products {
    private final Difference it;
    private final double[] q;
    private final double[] k;

    Products(Difference it, Parts parts) {
        this.it = it;
        this.q = parts.of(parts.beside("q"));
        this.k = parts.of(parts.beside("k"));
    }

    /** The channel where a head of queries, or the one of keys that it asks, keeps its d-th number. */
    @FunctionalInterface
    interface Layout {
        int channel(int h, int d);
    }

    int heads() {
        return it.shape()[0];
    }

    private int tokens() {
        return it.shape()[1];
    }

    boolean areKnown() {
        return q != null
                && k != null
                && it.columns() == tokens()
                && q.length % (tokens() * heads()) == 0
                && k.length % (tokens() * headSize()) == 0;
    }

    int headSize() {
        return q.length / tokens() / heads();
    }

    int keyHeads() {
        return k.length / tokens() / headSize();
    }

    /** A head's channels lie side by side. */
    int side(int h, int d) {
        return h * headSize() + d;
    }

    /** Neighbours among the heads of queries ask the same keys. */
    int shared(int h, int d) {
        return side(h * keyHeads() / heads(), d);
    }

    double[] of(Layout ofQ, Layout ofK) {
        return it.elements()
                .mapToDouble(i -> {
                    int h = i / it.columns() / tokens();
                    int query = i / it.columns() % tokens() * heads() * headSize();
                    int key = i % it.columns() * keyHeads() * headSize();
                    return IntStream.range(0, headSize())
                            .mapToDouble(d -> q[query + ofQ.channel(h, d)] * k[key + ofK.channel(h, d)])
                            .sum();
                })
                .toArray();
    }
}
