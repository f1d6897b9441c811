package dev.touchstone.parity.diagnosis;

import dev.touchstone.parity.diagnosis.Products.Layout;
import java.util.List;

/** What was done otherwise between queries, keys and their scores: caps, slopes, which head asks which. */
record ScoreExplanations(Difference it, Parts parts) {
    String read() {
        String cap = new Caps(it).read();
        String slopes = cap.isEmpty() ? new Slopes(it, parts).read() : cap;
        return slopes.isEmpty() ? heads() : slopes;
    }

    /** Heads whose channels do not lie side by side, or that ask another head's keys. */
    private String heads() {
        Products products = new Products(it, parts);
        if (!products.areKnown()) {
            return "";
        }
        double[] right = products.of(products::side, products::shared);
        double scale =
                LeastSquares.fit(List.of(right), it.expected(), it.finite().toArray())[0];
        int H = products.heads();
        int G = products.keyHeads();
        if (matches(products.of(products::side, (h, d) -> products.side(h % G, d)), scale)) {
            return "heads of queries ask heads of keys in turn, h mod " + G + ": neighbours share, h / " + H / G;
        }
        Layout side = products::side;
        Layout apart = (h, d) -> d * H + h;
        boolean split = G == H
                && (matches(products.of(apart, apart), scale)
                        || matches(products.of(apart, side), scale)
                        || matches(products.of(side, apart), scale));
        return split ? "heads are split as (D, H): a head's channels lie side by side, (H, D)" : "";
    }

    private boolean matches(double[] products, double scale) {
        return it.is(it.elements()
                .mapToDouble(i -> Double.isInfinite(it.expected()[i]) ? it.expected()[i] : scale * products[i])
                .toArray());
    }
}
