package dev.touchstone.zoo;

import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Batch;
import dev.touchstone.model.KvCache;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;

/** F7 and F19: wrong positions of tokens, and caches with wrong content. */
final class PositionBugs {
    static final List<ForwardBug> ALL = List.of(
            ForwardBug.of("F7", "positions start at 1", "nano-vllm f5b4840", "wpe", wpe(old -> {
                Tensor table = Surgery.rows(old);
                Tensor later = Tensor.zeros(table.shape());
                for (int i = 0; i < table.size(); i++) {
                    later.data()[i] = table.data()[i / table.size(-1) * table.size(-1) + (i + 1) % table.size(-1)];
                }
                return Matrix.ofInputRows(later);
            })),
            ForwardBug.of("F7", "positions in reverse, as with padding on the wrong side", "", "wpe", rows(wpe -> {
                Tensor reversed = Tensor.zeros(wpe.shape());
                for (int t = 0; t < wpe.rows(); t++) {
                    int channels = wpe.size(-1);
                    System.arraycopy(
                            wpe.data(), t * channels, reversed.data(), (wpe.rows() - 1 - t) * channels, channels);
                }
                return reversed;
            })),
            ForwardBug.of(
                    "F7",
                    "every token at the position of the first",
                    "",
                    "wpe",
                    rows(wpe -> wpe.rows(new int[wpe.rows()]))),
            ForwardBug.of("F7", "every token at the position of the last", "", "wpe", rows(wpe -> {
                int[] last = new int[wpe.rows()];
                Arrays.fill(last, wpe.rows() - 1);
                return wpe.rows(last);
            })),
            warm("positions start at 0 again with a cache", "nano-vllm f5b4840", past -> 0),
            warm("positions one too small with a cache", "nano-vllm f5b4840", past -> past - 1),
            ForwardBug.of(
                            "F7",
                            "positions one too large with a cache",
                            "",
                            "wpe",
                            model -> Plant.warmPositions(past -> past + 1).into(longer(model)))
                    .onAWarmCache(),
            cache(
                    "the cache still contains the previous request",
                    "langchain4j#6027",
                    (model, first) -> Plant.read(model, changed(first, 0))),
            cache("the oldest token in the cache belongs to another request", "langchain4j#6027", (model, first) -> {
                int[] other = first.clone();
                other[0] = (other[0] + 1) % 200;
                return Plant.read(model, other);
            }),
            cache(
                    "a rejected draft stays in the cache in place of the last token",
                    "mlx-lm#1423",
                    (model, first) -> Plant.read(model, changed(first, first.length - 1))),
            cache("the cache was filled without positions", "", (model, first) -> {
                KvCache cache = model.newCache();
                for (int id : first) {
                    Batch.Sequence sequence = new Batch.Sequence(new int[] {id}, cache, 0, 1);
                    model.forward(new Batch(List.of(sequence)), new ScalarKernels(), Trace.OFF);
                }
                return cache;
            }),
            cache("one token too many in the cache", "mlx-lm#1423", (model, first) -> {
                int[] longer = Arrays.copyOf(first, first.length + 1);
                return Plant.read(model, longer);
            }),
            cache(
                    "one token too few in the cache",
                    "mlx-lm#1423",
                    (model, first) -> Plant.read(model, Arrays.copyOf(first, first.length - 1))));

    private PositionBugs() {}

    private static Plant wpe(UnaryOperator<Matrix> change) {
        return Plant.model(model -> Surgery.embedding(model, "wpe", change));
    }

    private static Plant rows(UnaryOperator<Tensor> change) {
        return Plant.tap((name, value, before) -> name.equals("wpe") ? change.apply(value) : value);
    }

    /** The model with one more position, because it refuses tokens after the last one. */
    static Transformer longer(Transformer model) {
        Transformer.Shape shape = model.shape();
        Transformer.Shape longer = new Transformer.Shape(
                shape.layers(),
                shape.heads(),
                shape.headSize(),
                shape.channels(),
                shape.positions() + 1,
                shape.vocabulary());
        return Surgery.embedding(Surgery.shape(model, longer), "wpe", old -> {
            Tensor rows = Surgery.rows(old);
            Tensor more = Tensor.zeros(shape.channels(), shape.positions() + 1);
            for (int i = 0; i < rows.size(); i++) {
                more.data()[i / shape.positions() * more.size(-1) + i % shape.positions()] = rows.data()[i];
            }
            return Matrix.ofInputRows(more);
        });
    }

    private static int[] changed(int[] ids, int from) {
        int[] other = ids.clone();
        for (int i = from; i < other.length; i++) {
            other[i] = (other[i] * 7 + 1) % 200;
        }
        return other;
    }

    private static ForwardBug warm(String what, String seenIn, IntUnaryOperator past) {
        return ForwardBug.of("F7", what, seenIn, "wpe", Plant.warmPositions(past))
                .onAWarmCache();
    }

    private static ForwardBug cache(String what, String seenIn, Plant.Filling filling) {
        return ForwardBug.of("F19", what, seenIn, "h.0.attn.scores", Plant.warmCache(filling))
                .onAWarmCache();
    }
}
