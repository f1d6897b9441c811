package dev.touchstone.zoo;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** F3 to F6: wrong scales of scores, and masks with too few, too many or wrong positions. */
final class ScoreBugs {

    static final List<ForwardBug> ALL = List.of(
            scale(
                    "scores divided by sqrt(C) instead of sqrt(D)",
                    0,
                    model -> 1 / Math.sqrt(model.shape().channels())),
            scale(
                    "scores divided by D instead of sqrt(D)",
                    0,
                    model -> 1.0 / model.shape().headSize()),
            scale("scores scaled twice", 0, model -> 1.0 / model.shape().headSize()),
            scale("scores not scaled", 0, model -> 1),
            scale(
                    "scores multiplied by sqrt(D)",
                    0,
                    model -> Math.sqrt(model.shape().headSize())),
            scale(
                    "an extra 1 / (layer + 1)",
                    1,
                    model -> 0.5 / Math.sqrt(model.shape().headSize())),
            scale(
                            "scale_attn_by_inverse_layer_idx ignored",
                            1,
                            model -> 1 / Math.sqrt(model.shape().headSize()))
                    .inTheVariant(),
            scale(
                            "1 / (layer + 2) for 1 / (layer + 1)",
                            0,
                            model -> 0.5 / Math.sqrt(model.shape().headSize()))
                    .inTheVariant(),
            scale("the scale rounded to three digits, 0.289", 0, model -> 0.289),
            scores("F4", "no causal mask", "", (t, s, queries, positions) -> true),
            scores("F4", "a token attends to the next one", "", (t, s, queries, positions) -> s <= t + 1),
            scores("F4", "a token does not attend to itself", "", (t, s, queries, positions) -> s < t),
            scores(
                    "F4",
                    "the mask transposed: only later tokens are visible",
                    "",
                    (t, s, queries, positions) -> s >= t),
            scores("F4", "the first token masked", "", (t, s, queries, positions) -> s <= t && (s > 0 || t == 0)),
            mask("F4", "a mask of -10 instead of -inf", "burn#4697", "h.0.attn.probs", -10),
            mask("F4", "a mask of 0: masked scores count as 0", "", "h.0.attn.probs", 0),
            mask("F4", "a mask of -1e4", "pytorch#41508", "h.0.attn.probs", -1e4f)
                    .equivalentBecause("its exp is 0 in float32 next to any real score; only a fully masked row would"
                            + " differ, and under a causal mask every token attends to itself"),
            mask("F4", "a mask of -1e9", "pytorch#41508", "h.0.attn.probs", -1e9f)
                    .equivalentBecause("its exp is 0 in float32 next to any real score; only a fully masked row would"
                            + " differ, and under a causal mask every token attends to itself"),
            ForwardBug.of("F4", "the mask after softmax", "", "h.0.attn.probs", Plant.kernels(maskedAfterSoftmax())),
            warm(
                    "F5",
                    "the mask aligned top-left although keys are cached",
                    "pytorch#108108, executorch#21749",
                    (t, s, queries, positions) -> s <= t),
            warm(
                    "F6",
                    "no mask for several new tokens with cached keys",
                    "mlx-node#24",
                    (t, s, queries, positions) -> true),
            warm(
                    "F6",
                    "new tokens attend to the cache but not to each other",
                    "",
                    (t, s, queries, positions) -> s < positions - queries || s == positions - queries + t),
            warm(
                    "F5",
                    "the mask off by one with cached keys",
                    "",
                    (t, s, queries, positions) -> s < positions - queries + t));

    private ScoreBugs() {}

    /** Whether a query attends to a position. */
    @FunctionalInterface
    interface Visible {
        boolean isVisible(int t, int s, int queries, int positions);
    }

    private static ForwardBug scale(String what, int layer, ToDoubleFunction<Transformer> scale) {
        return ForwardBug.of(
                "F3",
                what,
                "TransformerLens#27",
                "h." + layer + ".attn.scores",
                Plant.model(model -> Surgery.scale(model, layer, scale.applyAsDouble(model))));
    }

    private static ForwardBug scores(String id, String what, String seenIn, Visible visible) {
        return ForwardBug.of(id, what, seenIn, "h.0.attn.scores", Plant.kernels(masked(visible)));
    }

    private static ForwardBug warm(String id, String what, String seenIn, Visible visible) {
        return ForwardBug.of(id, what, seenIn, "h.0.attn.scores", Plant.warm(masked(visible)))
                .onAWarmCache();
    }

    private static BuggedKernels masked(Visible visible) {
        return new BuggedKernels() {
            @Override
            public Tensor scores(Tensor q, KeyValuePages cache, Scoring scoring) {
                Tensor y = raw(q, cache, scoring);
                for (int i = 0; i < y.size(); i++) {
                    int s = i % y.size(2);
                    int t = i / y.size(2) % y.size(1);
                    if (!visible.isVisible(t, s, y.size(1), y.size(2))) {
                        y.data()[i] = Float.NEGATIVE_INFINITY;
                    }
                }
                return y;
            }
        };
    }

    /** Replaces -inf in the scores before softmax. */
    private static ForwardBug mask(String id, String what, String seenIn, String tap, float value) {
        return ForwardBug.of(id, what, seenIn, tap, Plant.kernels(new BuggedKernels() {
            @Override
            public Tensor softmax(Tensor scores) {
                Tensor masked = Tensor.zeros(scores.shape());
                for (int i = 0; i < scores.size(); i++) {
                    masked.data()[i] = Float.isInfinite(scores.data()[i]) ? value : scores.data()[i];
                }
                return super.softmax(masked);
            }
        }));
    }

    private static BuggedKernels maskedAfterSoftmax() {
        return new BuggedKernels() {
            private Tensor unmasked;

            @Override
            public Tensor scores(Tensor q, KeyValuePages cache, Scoring scoring) {
                unmasked = raw(q, cache, scoring);
                return super.scores(q, cache, scoring);
            }

            @Override
            public Tensor softmax(Tensor scores) {
                Tensor probs = super.softmax(unmasked);
                for (int i = 0; i < probs.size(); i++) {
                    probs.data()[i] = Float.isInfinite(scores.data()[i]) ? 0 : probs.data()[i];
                }
                return probs;
            }
        };
    }

    /** The scores of every query and every key. (T, C), keys (H, D, S) -> (H, T, S) */
    static Tensor raw(Tensor q, KeyValuePages cache, Scoring scoring) {
        Tensor y = Tensor.zeros(cache.shape().heads(), q.rows(), cache.length());
        int size = cache.shape().keySize();
        int i = 0;
        for (int h = 0; h < cache.shape().heads(); h++) {
            for (int t = 0; t < q.rows(); t++) {
                for (int s = 0; s < cache.length(); s++, i++) {
                    double sum = 0;
                    for (int d = 0; d < size; d++) {
                        sum += (double) q.at(t, h * size + d) * cache.key(h, d, s);
                    }
                    y.data()[i] = (float) (sum * scoring.scale());
                }
            }
        }
        return y;
    }
}
