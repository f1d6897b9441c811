package dev.touchstone.parity.diagnosis;

import java.util.stream.IntStream;

/** The products of queries and keys for different layouts of the heads' channels. (H, T, S) */
final class Products {
    private final double[] q;
    private final double[] k;
    private final int heads;
    private final int tokens;
    private final int positions;

    Products(Difference scores, Context context) {
        this.q = context.of(context.attention().qTap());
        this.k = context.of(context.attention().kTap());
        this.heads = scores.shape()[0];
        this.tokens = scores.shape()[1];
        this.positions = scores.columns();
    }

    /** The channel that holds the d-th component of a query head, or of the key that the query head uses. */
    @FunctionalInterface
    interface Layout {
        int channel(int h, int d);
    }

    int heads() {
        return heads;
    }

    /** Whether queries and all keys are known; keys in a cache are not. */
    boolean areKnown() {
        return q != null
                && k != null
                && positions == tokens
                && q.length % (tokens * heads) == 0
                && k.length % (tokens * headSize()) == 0;
    }

    int headSize() {
        return q.length / tokens / heads;
    }

    int keyHeads() {
        return k.length / tokens / headSize();
    }

    /** The channels of a head are contiguous, which is right for queries. */
    int contiguous(int h, int d) {
        return h * headSize() + d;
    }

    /** Consecutive query heads share a key head, which is right for keys. */
    int shared(int h, int d) {
        return contiguous(h * keyHeads() / heads, d);
    }

    double[] of(Layout ofQ, Layout ofK) {
        int D = headSize();
        int G = keyHeads();
        return IntStream.range(0, heads * tokens * positions)
                .mapToDouble(i -> {
                    int h = i / positions / tokens;
                    int query = i / positions % tokens * heads * D;
                    int key = i % positions * G * D;
                    return IntStream.range(0, D)
                            .mapToDouble(d -> q[query + ofQ.channel(h, d)] * k[key + ofK.channel(h, d)])
                            .sum();
                })
                .toArray();
    }
}
