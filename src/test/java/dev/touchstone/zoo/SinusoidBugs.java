package dev.touchstone.zoo;

import dev.touchstone.model.Embedding;
import dev.touchstone.model.Sinusoids;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;

/** F7 and F11 for sinusoidal positions: wrong positions, frequencies, channels or scale. */
final class SinusoidBugs {
    private static final String TABLE = "embed_positions";
    private static final String FIXTURE = "tiny-xglm";

    static final List<ForwardBug> ALL = List.of(
            sinusoids("the offset of the sinusoids missing", old -> offset(old, 0)),
            sinusoids("the offset of the sinusoids one too small", old -> offset(old, 1)),
            sinusoids("frequencies over C / 2 instead of C / 2 - 1, as in the paper", old -> {
                int pairs = old.frequencies().size();
                return frequencies(old, f -> Math.pow(f, (pairs - 1.0) / pairs));
            }),
            sinusoids("frequencies with base 1,000 instead of 10,000", old -> frequencies(old, f -> Math.pow(f, 0.75))),
            channels("sines and cosines interleaved, as in the paper", c -> c % 2 == 0 ? c / 2 : 16 + c / 2),
            channels("cosines before sines", c -> (c + 16) % 32),
            ForwardBug.of(
                            "F11",
                            "the embedding not scaled before sinusoids are added",
                            "",
                            "embed_tokens",
                            Plant.model(model -> Surgery.each(
                                    model, Embedding.class, old -> new Embedding(old.name(), old.table()))))
                    .in(FIXTURE),
            warm("sinusoids start at 0 again with a cache", past -> 0),
            warm("sinusoids one too small with a cache", past -> past - 1));

    private SinusoidBugs() {}

    private static ForwardBug sinusoids(String what, UnaryOperator<Sinusoids> change) {
        Plant plant = Plant.model(model -> Surgery.each(model, Sinusoids.class, change));
        return ForwardBug.of("F7", what, "", TABLE, plant).in(FIXTURE);
    }

    private static Sinusoids offset(Sinusoids old, int offset) {
        return new Sinusoids(old.name(), old.channels(), old.frequencies(), offset);
    }

    private static Sinusoids frequencies(Sinusoids old, DoubleUnaryOperator change) {
        List<Double> changed =
                old.frequencies().stream().map(change::applyAsDouble).toList();
        return new Sinusoids(old.name(), old.channels(), changed, old.offset());
    }

    /** Permutes the channels, except the last one, which is padding. */
    private static ForwardBug channels(String what, IntUnaryOperator from) {
        Plant plant = Plant.tap((name, value, before) -> {
            Tensor moved = name.equals(TABLE) ? Tensor.zeros(value.shape()) : value;
            for (int i = 0; name.equals(TABLE) && i < value.size(); i++) {
                int channel = i % value.size(-1);
                int source = channel == value.size(-1) - 1 ? channel : from.applyAsInt(channel);
                moved.data()[i] = value.data()[i - channel + source];
            }
            return moved;
        });
        return ForwardBug.of("F7", what, "", TABLE, plant).in(FIXTURE);
    }

    private static ForwardBug warm(String what, IntUnaryOperator past) {
        return ForwardBug.of("F7", what, "nano-vllm f5b4840", TABLE, Plant.warmPositions(past))
                .in(FIXTURE)
                .onAWarmCache();
    }
}
