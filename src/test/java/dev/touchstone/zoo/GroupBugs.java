package dev.touchstone.zoo;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** F3 and F15 to F17, and W5 in other families: grouped heads, ALiBi slopes, windows, soft caps. */
final class GroupBugs {
    private static final String SCORES = "layers.0.self_attn.scores";

    static final List<ForwardBug> ALL = List.of(
            ForwardBug.of(
                            "F15",
                            "key heads assigned to query heads in turn instead of in groups",
                            "onnx#7274",
                            SCORES,
                            roundRobin(true))
                    .in("tiny-llama"),
            ForwardBug.of(
                            "F15",
                            "value heads assigned to query heads in turn instead of in groups",
                            "onnx#7274",
                            "layers.0.self_attn.context",
                            roundRobin(false))
                    .in("tiny-llama"),
            fused("tiny-gpt-neox", "layers.0.attention.q"),
            fused("tiny-bloom", "h.0.self_attention.q"),
            slopes("no slopes", "", heads -> List.of()),
            slopes(
                    "slopes as if 5 were a power of two",
                    "mlx#3071, transformers#28380",
                    heads -> powers(5, -8.0 / 5, 1)),
            slopes("slopes of the next power of two, 8", "TransformerLens#777", heads -> powers(5, -1, 1)),
            slopes("the fifth slope continues the sequence of four", "transformers#28380", heads -> powers(5, -2, 1)),
            slopes("slopes start at 1", "", heads -> powers(5, -2, 0)),
            slopes(
                    "the bias has the wrong sign",
                    "",
                    heads -> heads.stream().map(slope -> -slope).toList()),
            ForwardBug.of(
                            "F16",
                            "with a cache, key positions are counted from the first new token",
                            "mlx#3071, transformers#28380",
                            "h.0.self_attention.scores",
                            Plant.warm(newTokensOnly()))
                    .in("tiny-bloom")
                    .onAWarmCache(),
            window("a window one too narrow", "tiny-mistral", 0, SCORES, 4),
            window("a window one too wide", "transformers#26792, rasbt#1013", "tiny-mistral", 0, SCORES, 6),
            window("no window at all", "rasbt#1013", "tiny-mistral", 0, SCORES, Scoring.UNLIMITED),
            window(
                    "no window in the second layer",
                    "",
                    "tiny-mistral",
                    1,
                    "layers.1.self_attn.scores",
                    Scoring.UNLIMITED),
            window("no window at all", "", "tiny-starcoder2", 0, SCORES, Scoring.UNLIMITED),
            window("a window one too wide", "", "tiny-phi3", 0, SCORES, 7),
            window("a window in a global layer", "", "tiny-gpt-neo", 0, "h.0.attn.attention.scores", 5),
            window("no window in a local layer", "", "tiny-gpt-neo", 1, "h.1.attn.attention.scores", Scoring.UNLIMITED),
            window(
                    "the window in every other layer, from the second on",
                    "",
                    "tiny-gemma2",
                    0,
                    SCORES,
                    Scoring.UNLIMITED),
            window("the window although layer_types says full", "", "tiny-qwen2", 0, SCORES, 4),
            ForwardBug.of(
                            "F17",
                            "a cache trimmed one too early",
                            "transformers#26792",
                            SCORES,
                            Plant.warm(narrowerWindow()))
                    .in("tiny-mistral")
                    .onAWarmCache(),
            scoring("the soft cap of the scores missing", "tiny-gemma2", old -> cap(old, 0)),
            scoring("the soft cap of the scores of another model, 50 for 3", "tiny-gemma2", old -> cap(old, 50)),
            scoring(
                    "query_pre_attn_scalar ignored, 1 / sqrt(D)",
                    "tiny-gemma2",
                    old -> scale(old, (float) (1 / Math.sqrt(6)))),
            scoring("queries scaled, and then the scores", "tiny-opt", old -> scale(old, (float) (1 / Math.sqrt(11)))),
            scoring(
                    "scores divided by sqrt(D) in a model that does not scale them",
                    "tiny-gpt-neo",
                    old -> scale(old, 0.3f)));

    private GroupBugs() {}

    private static Scoring cap(Scoring old, float cap) {
        return new Scoring(old.scale(), cap, old.window(), old.slopes());
    }

    private static Scoring scale(Scoring old, float scale) {
        return new Scoring(scale, old.cap(), old.window(), old.slopes());
    }

    private static ForwardBug scoring(String what, String fixture, UnaryOperator<Scoring> change) {
        String tap = switch (fixture) {
            case "tiny-opt" -> "decoder.layers.0.self_attn.scores";
            case "tiny-gpt-neo" -> "h.0.attn.attention.scores";
            default -> SCORES;
        };
        return ForwardBug.of("F3", what, "", tap, Plant.model(model -> Surgery.scoring(model, 0, change)))
                .in(fixture);
    }

    private static ForwardBug window(String what, String fixture, int layer, String tap, int window) {
        return window(what, "", fixture, layer, tap, window);
    }

    private static ForwardBug window(String what, String seenIn, String fixture, int layer, String tap, int window) {
        Plant plant = Plant.model(model -> Surgery.scoring(model, layer, old -> old.withWindow(window)));
        return ForwardBug.of("F17", what, seenIn, tap, plant).in(fixture);
    }

    private static BuggedKernels narrowerWindow() {
        return new BuggedKernels() {
            @Override
            public Tensor scores(Tensor q, KeyValuePages cache, Scoring scoring) {
                return super.scores(q, cache, scoring.withWindow(scoring.window() - 1));
            }
        };
    }

    private static ForwardBug slopes(String what, String seenIn, UnaryOperator<List<Double>> change) {
        Plant plant = Plant.model(model -> Surgery.scoring(
                model, 0, old -> new Scoring(old.scale(), old.cap(), old.window(), change.apply(old.slopes()))));
        return ForwardBug.of("F16", what, seenIn, "h.0.self_attention.scores", plant)
                .in("tiny-bloom");
    }

    private static List<Double> powers(int count, double step, int first) {
        return IntStream.range(first, first + count)
                .mapToObj(i -> Math.pow(2, step * i))
                .toList();
    }

    private static BuggedKernels newTokensOnly() {
        return new BuggedKernels() {
            @Override
            public Tensor scores(Tensor q, KeyValuePages cache, Scoring scoring) {
                Tensor y = super.scores(q, cache, scoring);
                int past = cache.length() - q.rows();
                for (int i = 0; i < y.size(); i++) {
                    int s = i % y.size(2);
                    double slope = scoring.slopes().get(i / y.size(2) / y.size(1));
                    y.data()[i] += (float) (slope * (Math.max(0, s - past) - s));
                }
                return y;
            }
        };
    }

    private static ForwardBug fused(String fixture, String tap) {
        Plant plant = Plant.model(GroupBugs::inBlocks);
        return ForwardBug.of(
                        "W5", "interleaved QKV read as blocks, as in GPT-2", "TransformerLens 535d2e3a", tap, plant)
                .in(fixture);
    }

    private static Transformer inBlocks(Transformer model) {
        return Surgery.each(
                model, Projections.class, old -> new Projections.Fused(((Projections.Interleaved) old).linear()));
    }

    /** Query head h uses key head h mod G instead of h / (H / G). */
    private static Plant roundRobin(boolean keys) {
        return Plant.kernels(new BuggedKernels() {
            @Override
            public Tensor scores(Tensor q, KeyValuePages cache, Scoring scoring) {
                if (!keys) {
                    return super.scores(q, cache, scoring);
                }
                int heads = q.size(-1) / cache.shape().keySize();
                Tensor permuted = Tensor.zeros(q.shape());
                for (int i = 0; i < q.size(); i++) {
                    int t = i / q.size(-1) * q.size(-1);
                    int h = i % q.size(-1) / cache.shape().keySize();
                    permuted.data()[
                                    t
                                            + permutedIndex(h, heads, cache)
                                                    * cache.shape().keySize()
                                            + i % cache.shape().keySize()] =
                            q.data()[i];
                }
                return restored(super.scores(permuted, cache, scoring), cache);
            }

            @Override
            public Tensor weightedSum(Tensor probs, KeyValuePages cache, Scoring scoring) {
                if (keys) {
                    return super.weightedSum(probs, cache, scoring);
                }
                int heads = probs.size(0);
                int size = probs.size() / heads;
                Tensor permuted = Tensor.zeros(probs.shape());
                for (int h = 0; h < heads; h++) {
                    System.arraycopy(
                            probs.data(), h * size, permuted.data(), permutedIndex(h, heads, cache) * size, size);
                }
                Tensor sum = super.weightedSum(permuted, cache, scoring);
                Tensor y = Tensor.zeros(sum.shape());
                for (int i = 0; i < y.size(); i++) {
                    int h = i % y.size(-1) / cache.shape().keySize();
                    y.data()[i] = sum.data()[
                            i / y.size(-1) * y.size(-1)
                                    + permutedIndex(h, heads, cache)
                                            * cache.shape().keySize()
                                    + i % y.size(-1) % cache.shape().keySize()];
                }
                return y;
            }
        });
    }

    /** The index to which a query head is moved so that it uses key head h mod G. */
    private static int permutedIndex(int h, int heads, KeyValuePages cache) {
        return h % cache.shape().heads() * (heads / cache.shape().heads())
                + h / cache.shape().heads();
    }

    private static Tensor restored(Tensor scores, KeyValuePages cache) {
        int heads = scores.size(0);
        int size = scores.size() / heads;
        Tensor y = Tensor.zeros(scores.shape());
        for (int h = 0; h < heads; h++) {
            System.arraycopy(scores.data(), permutedIndex(h, heads, cache) * size, y.data(), h * size, size);
        }
        return y;
    }
}
