package dev.touchstone.zoo;

import dev.touchstone.kernels.RotaryLayout;
import dev.touchstone.model.Rotary;
import dev.touchstone.tensor.HalfPrecision;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** F14, and F7 for rotary embeddings: the wrong pairs, the wrong angles, the wrong channels, the wrong positions. */
final class RotaryBugs {
    private static final String TABLE = "rotary_emb";
    private static final String Q = "layers.0.self_attn.q";

    static final List<ForwardBug> ALL = List.of(
            rotated(
                    "neighbouring channels rotated together instead of halves",
                    "transformers#25199, candle#3411",
                    Q,
                    (x, angles, size, call) -> new Rotation(x, angles, RotaryLayout.INTERLEAVED)),
            rotated("rotation in the opposite direction", "", Q, (x, angles, size, call) -> {
                Tensor back = Tensor.zeros(angles.shape());
                for (int i = 0; i < back.size(); i++) {
                    boolean sine = i % back.size(-1) >= back.size(-1) / 2;
                    back.data()[i] = sine ? -angles.data()[i] : angles.data()[i];
                }
                return new Rotation(x, back, RotaryLayout.HALF_SPLIT);
            }),
            rotated(
                    "keys not rotated",
                    "",
                    "layers.0.self_attn.k",
                    (x, angles, size, call) -> call % 2 == 0 ? new Rotation(x, angles, RotaryLayout.HALF_SPLIT) : null),
            rotated(
                    "queries not rotated",
                    "",
                    Q,
                    (x, angles, size, call) -> call % 2 == 1 ? new Rotation(x, angles, RotaryLayout.HALF_SPLIT) : null),
            rotary(
                    "theta of another model, 10,000 for 50",
                    "candle#3005",
                    "tiny-llama",
                    old -> with(old, theta(old, 1e4))),
            rotary(
                    "frequencies in bfloat16",
                    "candle#3411, #3005",
                    "tiny-llama",
                    old -> with(old, f -> HalfPrecision.fromBfloat16(HalfPrecision.toBfloat16((float) f)))),
            rotary(
                    "exponents over R - 2 instead of R",
                    "",
                    "tiny-llama",
                    old -> with(
                            old,
                            f -> Math.pow(
                                    f,
                                    old.frequencies().size()
                                            / (old.frequencies().size() - 1.0)))),
            rotary(
                    "the short factors of LongRoPE used for a long sequence",
                    "",
                    "tiny-phi3",
                    old -> new Rotary(old.name(), old.headSize(), old.layout(), old.frequencies(), old.factor())),
            rotary(
                    "the attention factor of LongRoPE ignored",
                    "",
                    "tiny-phi3",
                    old -> new Rotary(old.name(), old.headSize(), old.layout(), old.frequencies(), 1, old.longer())),
            rotary("the scaling of Llama 3 ignored", "", "tiny-llama3", old -> with(old, theta(old, 300))),
            rotary("linear scaling ignored", "", "tiny-qwen3", old -> with(old, f -> f * 2.5)),
            rotary("linear scaling the wrong way round", "", "tiny-qwen3", old -> with(old, f -> f * 2.5 * 2.5)),
            rotary("the ramp of YaRN ignored", "", "tiny-qwen2", old -> with(old, theta(old, 90))),
            rotary(
                    "the factor of YaRN ignored",
                    "",
                    "tiny-qwen2",
                    old -> new Rotary(old.name(), old.headSize(), old.layout(), old.frequencies(), 1)),
            rotary(
                    "all channels of a head rotated instead of some",
                    "",
                    "tiny-phi",
                    old -> new Rotary(
                            old.name(),
                            old.headSize(),
                            old.layout(),
                            IntStream.range(0, old.headSize() / 2)
                                    .mapToObj(i -> Math.pow(40, -2.0 * i / old.headSize()))
                                    .toList(),
                            1)),
            rotary(
                    "exponents over the whole head although a part is rotated",
                    "",
                    "tiny-gpt-neox",
                    old -> with(old, f -> Math.pow(f, 2.0 * old.frequencies().size() / old.headSize()))),
            ForwardBug.of("F14", "the last channels of a head rotated instead of the first", "", Q, shifted())
                    .in("tiny-phi"),
            interleaved(
                    "halves rotated together instead of neighbouring channels",
                    old -> paired(old, RotaryLayout.HALF_SPLIT)),
            interleaved(
                    "exponents over the whole head although a part is rotated, with neighbours",
                    old -> with(old, f -> Math.pow(f, 2.0 * old.frequencies().size() / old.headSize()))),
            interleaved("theta of another model, 500,000 for 10,000", old -> with(old, theta(old, 5e5))),
            warm("positions start at 0 again with a cache", "nano-vllm f5b4840", past -> 0),
            warm("positions one too small with a cache", "nano-vllm f5b4840", past -> past - 1),
            warm("positions one too large with a cache", "", past -> past + 1));

    private RotaryBugs() {}

    /** The arguments of a rotation. */
    private record Rotation(Tensor x, Tensor angles, RotaryLayout layout) {}

    /** The arguments of the wrong rotation; null for no rotation. Calls are counted from 0: queries, keys, queries, ... */
    @FunctionalInterface
    private interface Change {
        Rotation of(Tensor x, Tensor angles, int headSize, int call);
    }

    private static ForwardBug rotated(String what, String seenIn, String tap, Change change) {
        return ForwardBug.of("F14", what, seenIn, tap, Plant.kernels(new BuggedKernels() {
                    private int calls;

                    @Override
                    public Tensor rotate(Tensor x, Tensor angles, int headSize, RotaryLayout layout) {
                        Rotation rotation = change.of(x, angles, headSize, calls++);
                        return rotation == null
                                ? x
                                : super.rotate(rotation.x, rotation.angles, headSize, rotation.layout);
                    }
                }))
                .in("tiny-llama");
    }

    /** Moves the last channels of each head to the front, rotates, and moves them back. */
    private static Plant shifted() {
        return Plant.kernels(new BuggedKernels() {
            @Override
            public Tensor rotate(Tensor x, Tensor angles, int headSize, RotaryLayout layout) {
                int rotated = angles.size(-1) / 2;
                Tensor y = super.rotate(move(x, headSize, headSize - rotated), angles, headSize, layout);
                return move(y, headSize, rotated);
            }
        });
    }

    private static Tensor move(Tensor x, int headSize, int by) {
        Tensor y = Tensor.zeros(x.shape());
        for (int i = 0; i < y.size(); i++) {
            y.data()[i] = x.data()[i / headSize * headSize + (i + by) % headSize];
        }
        return y;
    }

    private static ForwardBug rotary(String what, String seenIn, String fixture, UnaryOperator<Rotary> change) {
        Plant plant = Plant.model(model -> Surgery.each(model, Rotary.class, change));
        return ForwardBug.of("F14", what, seenIn, TABLE, plant).in(fixture);
    }

    /** A bug of GPT-J, whose first wrong tap is the queries because the angles have no tap. */
    private static ForwardBug interleaved(String what, UnaryOperator<Rotary> change) {
        Plant plant = Plant.model(model -> Surgery.each(model, Rotary.class, change));
        return ForwardBug.of("F14", what, "", "h.0.attn.q", plant).in("tiny-gptj");
    }

    private static Rotary paired(Rotary old, RotaryLayout layout) {
        return new Rotary(old.name(), old.headSize(), layout, old.frequencies(), old.factor());
    }

    private static Rotary with(Rotary old, DoubleUnaryOperator change) {
        List<Double> changed =
                old.frequencies().stream().map(change::applyAsDouble).toList();
        return new Rotary(old.name(), old.headSize(), old.layout(), changed, old.factor());
    }

    /** The frequencies of a base, in order. */
    private static DoubleUnaryOperator theta(Rotary old, double theta) {
        int[] next = {0};
        return f -> Math.pow(
                theta,
                -(next[0]++ % old.frequencies().size())
                        / (double) old.frequencies().size());
    }

    private static ForwardBug warm(String what, String seenIn, IntUnaryOperator past) {
        return ForwardBug.of("F7", what, seenIn, TABLE, Plant.warmPositions(past))
                .in("tiny-llama")
                .onAWarmCache();
    }
}
