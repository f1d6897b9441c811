package dev.touchstone.zoo;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** F9, F10, F12 and W5: a wrong layout of heads, swapped q, k and v, softmax over the wrong axis. */
final class HeadBugs {
    private static final int HEAD_SIZE = 12; // of tiny-gpt2

    static final List<ForwardBug> ALL = List.of(
            ForwardBug.of(
                    "F9",
                    "q and k split as (D, H) instead of (H, D)",
                    "",
                    "h.0.attn.scores",
                    Plant.kernels(new BuggedKernels() {
                        @Override
                        public Tensor scores(Tensor q, KeyValuePages cache, Scoring scoring) {
                            Tensor k = Tensor.zeros(
                                    cache.length(),
                                    cache.shape().heads() * cache.shape().keySize());
                            for (int i = 0; i < k.size(); i++) {
                                int c = i % k.size(-1);
                                int head = c / cache.shape().keySize();
                                k.data()[i] = cache.key(head, c % cache.shape().keySize(), i / k.size(-1));
                            }
                            KeyValuePages split = new KeyValuePages(cache.shape());
                            split.append(transposedHeads(k, cache), k, 0, k.rows());
                            return super.scores(transposedHeads(q, cache), split, scoring);
                        }
                    })),
            ForwardBug.of("F9", "q alone split as (D, H)", "", "h.0.attn.scores", Plant.kernels(new BuggedKernels() {
                @Override
                public Tensor scores(Tensor q, KeyValuePages cache, Scoring scoring) {
                    return super.scores(transposedHeads(q, cache), cache, scoring);
                }
            })),
            context("heads merged as (D, H) instead of (H, D)", (c, heads, size) -> c % size * heads + c / size),
            context("heads merged in reverse order", (c, heads, size) -> (heads - 1 - c / size) * size + c % size),
            context("each head shifted by one channel", (c, heads, size) -> (c + 1) % (heads * size)),
            ForwardBug.of(
                    "F9",
                    "(H, T, D) merged without the transpose",
                    "",
                    "h.0.attn.context",
                    Plant.kernels(new BuggedKernels() {
                        @Override
                        public Tensor weightedSum(Tensor probs, KeyValuePages cache, Scoring scoring) {
                            Tensor merged = super.weightedSum(probs, cache, scoring);
                            Tensor flat = Tensor.zeros(merged.shape());
                            int i = 0;
                            for (int h = 0; h < cache.shape().heads(); h++) {
                                for (int t = 0; t < merged.rows(); t++) {
                                    for (int d = 0; d < cache.shape().keySize(); d++, i++) {
                                        flat.data()[i] =
                                                merged.at(t, h * cache.shape().keySize() + d);
                                    }
                                }
                            }
                            return flat;
                        }
                    })),
            ForwardBug.of(
                    "F9", "another number of heads, 4 of 9 channels", "", "h.0.attn.scores", Plant.model(model -> {
                        Transformer.Shape old = model.shape();
                        return Surgery.shape(
                                model,
                                new Transformer.Shape(
                                        old.layers(), 4, 9, old.channels(), old.positions(), old.vocabulary()));
                    })),
            swap("q", "k"),
            swap("k", "v"),
            swap("q", "v"),
            fused(
                    "fused QKV read as interleaved per head, as in BLOOM",
                    (projection, c) -> c / HEAD_SIZE * 3 * HEAD_SIZE + projection * HEAD_SIZE + c % HEAD_SIZE),
            fused("fused QKV read as interleaved per channel", (projection, c) -> 3 * c + projection),
            softmax("softmax over the queries", "tiny-llm#80", false),
            softmax("softmax over the heads", "tiny-llm#80", true),
            ForwardBug.of(
                    "F12", "softmax with 1 added to its sum", "", "h.0.attn.probs", Plant.kernels(new BuggedKernels() {
                        @Override
                        public Tensor softmax(Tensor scores) {
                            Tensor probs = super.softmax(scores);
                            for (int row = 0; row < probs.rows(); row++) {
                                double sum = 0;
                                for (int s = 0; s < probs.size(-1); s++) {
                                    sum += Math.exp(scores.at(row, s));
                                }
                                for (int s = 0; s < probs.size(-1); s++) {
                                    probs.data()[row * probs.size(-1) + s] *= (float) (sum / (1 + sum));
                                }
                            }
                            return probs;
                        }
                    })),
            ForwardBug.of("F12", "softmax in base 2", "", "h.0.attn.probs", Plant.kernels(new BuggedKernels() {
                @Override
                public Tensor softmax(Tensor scores) {
                    Tensor scaled = Tensor.zeros(scores.shape());
                    for (int i = 0; i < scores.size(); i++) {
                        scaled.data()[i] = scores.data()[i] * (float) Math.log(2);
                    }
                    return super.softmax(scaled);
                }
            })),
            ForwardBug.of(
                            "F12",
                            "softmax without subtracting the maximum",
                            "tiny-llm#80",
                            "h.0.attn.probs",
                            Plant.kernels(withoutMaximum()))
                    .equivalentBecause(
                            "no score of this model is near 88, where exp overflows; the check with scores of"
                                    + " any magnitude detects it"),
            ForwardBug.of(
                    "F19",
                    "both layers write to the cache of the first",
                    "",
                    "h.1.attn.scores",
                    Plant.model(model -> Surgery.attention(
                            model,
                            1,
                            old -> new Attention(old.name(), 0, old.projections(), old.scoring(), old.output())))));

    private HeadBugs() {}

    /** Channel {@code h D + d} gets the values of channel {@code d H + h}. */
    private static Tensor transposedHeads(Tensor x, KeyValuePages cache) {
        int size = cache.shape().keySize();
        return permuted(x, c -> c % size * cache.shape().heads() + c / size);
    }

    private static Tensor permuted(Tensor x, IntUnaryOperator from) {
        int channels = x.size(-1);
        Tensor y = Tensor.zeros(x.shape());
        for (int t = 0; t < x.rows(); t++) {
            for (int c = 0; c < channels; c++) {
                y.data()[t * channels + c] = x.at(t, from.applyAsInt(c));
            }
        }
        return y;
    }

    /** The source of a channel. */
    @FunctionalInterface
    private interface Layout {
        int from(int channel, int heads, int size);
    }

    private static ForwardBug context(String what, Layout layout) {
        return ForwardBug.of("F9", what, "", "h.0.attn.context", Plant.kernels(new BuggedKernels() {
            @Override
            public Tensor weightedSum(Tensor probs, KeyValuePages cache, Scoring scoring) {
                return permuted(
                        super.weightedSum(probs, cache, scoring),
                        c -> layout.from(c, cache.shape().heads(), cache.shape().keySize()));
            }
        }));
    }

    /** Swaps two of q, k and v; {@code first} is the one that is computed first. */
    private static ForwardBug swap(String first, String second) {
        String tap = "h.0.attn." + first;
        List<String> order = List.of("q", "k", "v");
        return ForwardBug.of("F10", first + " and " + second + " swapped", "", tap, Plant.tap((name, value, before) -> {
            boolean isFirst = name.endsWith(".attn." + first);
            boolean isSecond = name.endsWith(".attn." + second);
            if (!isFirst && !isSecond) {
                return value;
            }
            String attention = name.substring(0, name.lastIndexOf('.'));
            Tensor fused = before.get(attention + ".c_attn");
            int projection = order.indexOf(isFirst ? second : first);
            int channels = value.size(-1);
            return fused.columns(projection * channels, (projection + 1) * channels);
        }));
    }

    /** The column of the fused projection that has channel c of projection 0, 1 or 2: q, k or v. */
    @FunctionalInterface
    private interface Fusion {
        int column(int projection, int c);
    }

    private static ForwardBug fused(String what, Fusion fusion) {
        return ForwardBug.of("W5", what, "TransformerLens 535d2e3a", "h.0.attn.q", Plant.tap((name, value, before) -> {
            int projection = List.of("q", "k", "v").indexOf(name.substring(name.lastIndexOf('.') + 1));
            if (projection < 0) {
                return value;
            }
            Tensor fused = before.get(name.substring(0, name.lastIndexOf('.')) + ".c_attn");
            int channels = value.size(-1);
            return permuted(fused, c -> c < channels ? fusion.column(projection, c) : c)
                    .columns(0, channels);
        }));
    }

    private static ForwardBug softmax(String what, String seenIn, boolean overHeads) {
        return ForwardBug.of("F12", what, seenIn, "h.0.attn.probs", Plant.kernels(new BuggedKernels() {
            @Override
            public Tensor softmax(Tensor scores) {
                int queries = scores.size(1);
                int positions = scores.size(2);
                Tensor probs = Tensor.zeros(scores.shape());
                for (int i = 0; i < probs.size(); i++) {
                    int first = overHeads
                            ? i % (queries * positions)
                            : i / (queries * positions) * queries * positions + i % positions;
                    int step = overHeads ? queries * positions : positions;
                    int count = overHeads ? scores.size(0) : queries;
                    double sum = 0;
                    for (int n = 0; n < count; n++) {
                        sum += Math.exp(scores.data()[first + n * step]);
                    }
                    double power = Math.exp(scores.data()[i]);
                    probs.data()[i] = power == 0 ? 0 : (float) (power / sum);
                }
                return probs;
            }
        }));
    }

    static BuggedKernels withoutMaximum() {
        return new BuggedKernels() {
            @Override
            public Tensor softmax(Tensor scores) {
                Tensor probs = Tensor.zeros(scores.shape());
                int positions = scores.size(-1);
                for (int row = 0; row < scores.rows(); row++) {
                    float sum = 0;
                    for (int s = 0; s < positions; s++) {
                        probs.data()[row * positions + s] = (float) Math.exp(scores.at(row, s));
                        sum += probs.data()[row * positions + s];
                    }
                    for (int s = 0; s < positions; s++) {
                        probs.data()[row * positions + s] /= sum;
                    }
                }
                return probs;
            }
        };
    }
}
