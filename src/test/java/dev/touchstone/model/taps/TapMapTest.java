package dev.touchstone.model.taps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.ClippedProjections;
import dev.touchstone.model.Embedding;
import dev.touchstone.model.LatentProjections;
import dev.touchstone.model.LayerNorm;
import dev.touchstone.model.Linear;
import dev.touchstone.model.MixtureOfExperts;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.RmsNorm;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.taps.Tap.Kind;
import dev.touchstone.parity.Fixture;
import dev.touchstone.parity.Goldens;
import dev.touchstone.support.Fixtures;
import dev.touchstone.support.MadeUpFamily;
import dev.touchstone.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The map agrees with the taps of a forward pass, for all fixtures and for a made-up family. */
class TapMapTest {
    private static final Kernels KERNELS = new ScalarKernels();

    private record NamedModel(String name, Transformer model) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<NamedModel> models() {
        return Stream.concat(
                Fixtures.all().stream()
                        .map(fixture -> new NamedModel(
                                fixture.name(), Fixtures.model(fixture).transformer())),
                Stream.of(new NamedModel("made-up family", MadeUpFamily.model())));
    }

    private static List<Fixture> fixtures() {
        return Fixtures.all();
    }

    @ParameterizedTest
    @MethodSource("models")
    void listsEveryTapInTheOrderOfComputation(NamedModel given) {
        List<String> names =
                TapMap.of(given.model).taps().stream().map(Tap::name).toList();

        assertThat(names).containsExactlyElementsOf(trace(given.model).keySet());
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void listsEveryTapOfTheGoldens(Fixture fixture) {
        TapMap map = TapMap.of(Fixtures.model(fixture).transformer());

        try (Goldens goldens = new Goldens(fixture.cases().get(0))) {
            assertThat(goldens.taps())
                    .allSatisfy(tap -> assertThat(map.find(tap)).isPresent())
                    .hasSameSizeAs(map.taps());
        }
    }

    /** The operation of each tap, run on the inputs in the map, computes the tap. */
    @ParameterizedTest
    @MethodSource("models")
    void everyTapFollowsFromItsInputs(NamedModel given) {
        Map<String, Tensor> trace = trace(given.model);

        for (Tap tap : TapMap.of(given.model).taps()) {
            List<Tensor> inputs = tap.inputs().stream()
                    .map(sum -> sum.evaluate(trace::get, KERNELS::scale, KERNELS::add))
                    .toList();
            assertThat(inputs).as(tap.name()).doesNotContainNull();
            Tensor expected = operation(tap, inputs, given.model);
            if (expected != null) {
                same(tap.name(), trace.get(tap.name()), expected);
            }
        }
    }

    /** The result of a tap's operation; null for embeddings and attention, which are not a single kernel. */
    private static Tensor operation(Tap tap, List<Tensor> inputs, Transformer model) {
        if (tap.layer() instanceof LayerNorm norm) {
            Tensor x = inputs.get(0);
            Tensor groups = Tensor.of(x.data(), x.size() / norm.size(), norm.size());
            Tensor y = KERNELS.layerNorm(groups, norm.gain(), norm.bias(), norm.epsilon());
            return Tensor.of(y.data(), x.shape());
        }
        if (tap.layer() instanceof RmsNorm norm) {
            Tensor x = inputs.get(0);
            boolean isOfLatent = tap.owner() instanceof Attention attention
                    && attention.projections() instanceof LatentProjections
                    && x.size(-1) > norm.gain().length;
            Tensor read = isOfLatent ? KERNELS.columns(x, 0, norm.gain().length, x.size(-1)) : x;
            return KERNELS.rmsNorm(read, norm.gain(), norm.gainOffset(), norm.epsilon());
        }
        if (tap.layer() instanceof Linear linear) {
            Tensor x =
                    inputs.size() == 1 ? inputs.get(0) : KERNELS.multiply(inputs.get(0), half(tap, inputs.get(1), 1));
            return KERNELS.linear(x, linear.weight(), linear.bias());
        }
        if (tap.layer() instanceof Mlp.NamedActivation activation) {
            float limit = tap.owner() instanceof MixtureOfExperts mixture
                    ? mixture.experts().limit()
                    : 0;
            Tensor x = half(tap, inputs.get(0), 0);
            return KERNELS.activate(
                    limit > 0 ? KERNELS.clamp(x, Float.NEGATIVE_INFINITY, limit) : x, activation.function());
        }
        return switch (tap.kind()) {
            case EMBEDDING_SUM, ATTENTION, MLP, BLOCK -> inputs.get(0);
            case PROBABILITIES ->
                KERNELS.softmax(
                        inputs.get(0), ((Attention) tap.layer()).scoring().sinks());
            case LOGITS -> {
                Tensor logits = KERNELS.linear(
                        inputs.get(0), model.head().weight(), model.head().bias());
                Tensor scaled = KERNELS.scale(logits, model.head().scale());
                yield model.head().cap() > 0
                        ? KERNELS.softCap(scaled, model.head().cap())
                        : scaled;
            }
            default -> null;
        };
    }

    /** Half of the columns, if gate and up projection are fused. */
    private static Tensor half(Tap tap, Tensor x, int half) {
        int width = x.size(-1) / 2;
        return tap.owner() instanceof Mlp.GatedFused ? KERNELS.columns(x, half * width, width, 2 * width) : x;
    }

    /** Terms of a sum may be added in another order. */
    private static void same(String tap, Tensor actual, Tensor expected) {
        assertThat(actual.shape()).as(tap).isEqualTo(expected.shape());
        IntStream.range(0, actual.size())
                .filter(i -> actual.data()[i] != expected.data()[i])
                .forEach(i -> assertThat((double) actual.data()[i])
                        .as(tap)
                        .isCloseTo(expected.data()[i], within(2e-5 * (1 + Math.abs(expected.data()[i])))));
    }

    /** The columns of the values are columns of the projection that they are read from. */
    @ParameterizedTest
    @MethodSource("models")
    void valuesAreColumnsOfTheirProjection(NamedModel given) {
        Map<String, Tensor> trace = trace(given.model);

        assertThat(TapMap.of(given.model).taps())
                .filteredOn(tap -> tap.kind() == Kind.VALUE)
                .hasSize(given.model.shape().layers())
                .allSatisfy(tap -> {
                    Tensor source = tap.inputs().get(0).evaluate(trace::get, KERNELS::scale, KERNELS::add);
                    Tensor values = trace.get(tap.name());
                    float limit = limit((Attention) tap.layer());
                    List<Float> row = IntStream.range(0, source.size(-1))
                            .mapToObj(c -> Math.max(-limit, Math.min(limit, source.at(0, c))))
                            .toList();
                    assertThat(IntStream.range(0, values.size(-1)).mapToObj(c -> values.at(0, c)))
                            .isSubsetOf(row);
                });
    }

    private static float limit(Attention attention) {
        return attention.projections() instanceof ClippedProjections clipped
                ? clipped.limit()
                : Float.POSITIVE_INFINITY;
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyBlockReadsTheStreamOfThePreviousBlock(NamedModel given) {
        TapMap map = TapMap.of(given.model);

        assertThat(map.streams()).hasSize(given.model.shape().layers() + 1);
        for (int i = 0; i < map.blocks().size(); i++) {
            BlockTaps block = map.blocks().get(i);
            assertThat(block.stream()).isEqualTo(map.streams().get(i));
            assertThat(map.streams().get(i + 1)).isEqualTo(TapSum.of(block.name()));
            assertThat(map.tap(block.name()).inputs())
                    .containsExactly(
                            block.block() instanceof Block.PostNorm post
                                    ? TapSum.of(post.afterMlp().name())
                                    : block.afterAttention()
                                            .plus(
                                                    block.mlpAdded(),
                                                    block.block().multiplier()));
            assertThat(map.tap(block.norms().get(0)).inputs()).containsExactly(inputOfFirstNorm(block));
        }
    }

    /** The stream before the block, or, if attention reads that, the sum or the tap after it. */
    private static TapSum inputOfFirstNorm(BlockTaps block) {
        if (block.block() instanceof Block.PostNorm) {
            return block.afterAttention();
        }
        return block.block().ln1() == null ? TapSum.of(block.attention()) : block.stream();
    }

    @Test
    void namesTheTapsOfASandwichedBlock() {
        BlockTaps block = TapMap.of(MadeUpFamily.model()).blocks().get(1);

        assertThat(block.attention()).isEqualTo("two/look");
        assertThat(block.attentionAdded()).isEqualTo("two/size-b");
        assertThat(block.mlp()).isEqualTo("two/think");
        assertThat(block.mlpAdded()).isEqualTo("two/size-d");
        assertThat(block.norms()).containsExactly("two/size-a", "two/size-b", "two/size-c", "two/size-d");
        assertThat(block.afterAttention()).hasToString("one + two/size-b");
    }

    @Test
    void namesTheOutputOfAnMlpThatIsNotAModule() {
        BlockTaps block = TapMap.of(MadeUpFamily.model()).blocks().get(2);

        assertThat(block.mlp()).isEqualTo("three/narrow");
    }

    @Test
    void returnsTheSourceAndTheOwnerOfATap() {
        TapMap map = TapMap.of(MadeUpFamily.model());

        assertThat(map.tap("one/think/bend").source()).isEqualTo(Mlp.class);
        assertThat(map.tap("one/look/ask-size").owner())
                .isSameAs(map.blocks().get(0).block().attn());
        assertThat(map.tap("entry/size").owner()).isSameAs(map.model().stem());
        assertThat(map.tap("exit").owner()).isSameAs(map.model());
        assertThat(map.tap("exit").block()).isEqualTo(Tap.NO_BLOCK);
    }

    @Test
    void anUnknownTapIsNotFound() {
        TapMap map = TapMap.of(MadeUpFamily.model());

        assertThat(map.find("h.0")).isEmpty();
        assertThatThrownBy(() -> map.tap("h.0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the model has no tap h.0");
    }

    @Test
    void twoLayersWithTheSameTapAreRefused() {
        Transformer model = MadeUpFamily.model();
        Embedding tokens = model.stem().wte();
        Stem stem = new Stem("one", tokens, null);
        Transformer twice =
                new Transformer(model.shape(), stem, model.rotaries(), model.blocks(), model.lnF(), model.head());

        assertThat(model.blocks().get(0)).isInstanceOf(Block.Parallel.class);
        assertThatThrownBy(() -> TapMap.of(twice))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two layers of the model have the tap one");
    }

    @Test
    void aSumWithAnUnknownTermIsNull() {
        Map<String, Integer> values = Map.of("a", 1, "b", 2);

        assertThat(TapSum.of("a", "b").<Integer>evaluate(values::get, (a, b) -> a, Integer::sum))
                .isEqualTo(3);
        assertThat(TapSum.of("a", "c").<Integer>evaluate(values::get, (a, b) -> a, Integer::sum))
                .isNull();
        assertThat(TapSum.of("c", "a").<Integer>evaluate(values::get, (a, b) -> a, Integer::sum))
                .isNull();
        assertThatThrownBy(TapSum::of).isInstanceOf(IllegalArgumentException.class);
    }

    private static Map<String, Tensor> trace(Transformer model) {
        int[] ids = IntStream.range(0, Math.min(12, model.shape().positions()))
                .map(i -> i * 7 % model.shape().vocabulary())
                .toArray();
        Map<String, Tensor> trace = new LinkedHashMap<>();
        model.forward(ids, KERNELS, trace::put);
        return trace;
    }
}
