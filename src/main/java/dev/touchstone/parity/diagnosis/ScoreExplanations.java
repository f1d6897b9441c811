package dev.touchstone.parity.diagnosis;

import dev.touchstone.parity.diagnosis.Products.Layout;
import java.util.List;

/** Explains wrong attention scores: soft cap, ALiBi slopes, and which query head uses which key head. (H, T, S) */
record ScoreExplanations(Difference difference, Context context) {
    String read() {
        String cap = new SoftCaps(difference).read();
        String slopes = cap.isEmpty() ? new AlibiSlopes(difference, context).read() : cap;
        return slopes.isEmpty() ? heads() : slopes;
    }

    /** Whether heads are split along the wrong axis, or query heads use the wrong key heads. */
    private String heads() {
        Products products = new Products(difference, context);
        if (!products.areKnown()) {
            return "";
        }
        double[] right = products.of(products::contiguous, products::shared);
        double scale = LeastSquares.fit(
                List.of(right), difference.expected(), difference.finite().toArray())[0];
        int H = products.heads();
        int G = products.keyHeads();
        if (matches(products.of(products::contiguous, (h, d) -> products.contiguous(h % G, d)), scale)) {
            return "query head h uses key head h mod " + G + ", should be h / " + H / G;
        }
        Layout contiguous = products::contiguous;
        Layout interleaved = (h, d) -> d * H + h;
        boolean split = G == H
                && (matches(products.of(interleaved, interleaved), scale)
                        || matches(products.of(interleaved, contiguous), scale)
                        || matches(products.of(contiguous, interleaved), scale));
        return split ? "heads are split as (D, H), should be (H, D)" : "";
    }

    private boolean matches(double[] products, double scale) {
        return difference.is(difference
                .elements()
                .mapToDouble(i ->
                        Double.isInfinite(difference.expected()[i]) ? difference.expected()[i] : scale * products[i])
                .toArray());
    }
}
