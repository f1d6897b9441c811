package dev.touchstone.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.checkpoint.ModelText;
import dev.touchstone.generation.CachedExecutor;
import dev.touchstone.generation.PromptLookup;
import dev.touchstone.generation.Sampler;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.SpeculativeGenerator;
import dev.touchstone.generation.Window;
import dev.touchstone.generation.processors.Probabilities;
import dev.touchstone.generation.processors.Processors;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.parity.Fixture;
import dev.touchstone.parity.Goldens;
import dev.touchstone.support.Fixtures;
import dev.touchstone.support.MadeUpFamily;
import dev.touchstone.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The values in an explanation equal those of a trace of the model, for all families. */
class ExplanationTest {
    private static final Kernels KERNELS = new ScalarKernels();
    private static final int NEW_TOKENS = 4;

    /** Of each fixture, by its name. */
    private static final Map<String, Explanation> EXPLANATIONS = new HashMap<>();

    private static final double BYTE = 1.0 / 255; // the step in which square roots of weights are stored

    static List<Fixture> fixtures() {
        return Fixtures.all();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void everyValueEqualsThatOfTheTrace(Fixture fixture) {
        Transformer model = Fixtures.model(fixture).transformer();
        int[] ids = prompt(fixture);
        Map<String, Tensor> taps = new LinkedHashMap<>();
        Tensor logits = model.forward(ids, KERNELS, taps::put);

        Explanation explained = explain(fixture);

        assertThat(explained.ids()).isEqualTo(ids);
        for (Vectors vectors : explained.embedding()) {
            Tensor seen = seen(taps, vectors.tap());
            assertThat(vectors.norms()).isEqualTo(norms(seen));
            assertThat(vectors.ends()[0][0]).isEqualTo(seen.data()[0]);
        }
        assertThat(explained.layers()).hasSize(model.shape().layers());
        boolean sinks = TapMap.of(model).taps().stream()
                .anyMatch(tap -> tap.layer() instanceof Attention attention
                        && !attention.scoring().sinks().isEmpty());
        for (Layer layer : explained.layers()) {
            assertThat(layer.residualNorms()).isEqualTo(norms(taps.get(layer.name())));
            checkAttention(layer.attention(), taps.get(tapEnding(layer, ".probs")), sinks);
            for (Layer.Tap tap : layer.taps()) {
                assertThat(tap.shape()).isEqualTo(taps.get(tap.name()).shape());
            }
            assertThat(layer.taps().stream().map(Layer.Tap::name))
                    .contains(layer.mlp().tap(), layer.name());
            float strongest = layer.mlp().strongest().get(0).get(0).value();
            assertThat(Math.abs(strongest))
                    .isEqualTo(largest(taps.get(layer.mlp().tap()), 0));
        }
        double[] probabilities = Probabilities.softmax(row(logits, ids.length - 1));
        assertThat(explained.next().get(0).id()).isEqualTo(Probabilities.argmax(row(logits, ids.length - 1)));
        explained.next().forEach(one -> assertThat(one.probability()).isEqualTo(probabilities[one.id()]));
    }

    /** The lens applies the model's final norm and head, so after the last block it equals the logits. */
    @ParameterizedTest
    @MethodSource("fixtures")
    void theLensAfterTheLastLayerEqualsTheLogits(Fixture fixture) {
        Transformer model = Fixtures.model(fixture).transformer();
        int[] ids = prompt(fixture);
        Map<String, Tensor> taps = new LinkedHashMap<>();
        Tensor logits = model.forward(ids, KERNELS, taps::put);

        Explanation explained = explain(fixture);

        List<String> points = explained.lens().points();
        String last = points.get(points.size() - 1);
        assertThat(points).hasSize(model.shape().layers() + 1);
        assertThat(points).allSatisfy(point -> assertThat(seen(taps, point)).isNotNull());
        assertThat(model.lens(taps.get(last), KERNELS).data()).isEqualTo(logits.data());
        List<List<Candidate>> predictions = explained.lens().predictions().get(points.size() - 1);
        for (int t = 0; t < predictions.size(); t++) {
            float[] row = row(logits, explained.lens().firstToken() + t);
            assertThat(predictions.get(t).get(0).id()).isEqualTo(Probabilities.argmax(row));
        }
        for (TracedStep step : explained.steps()) {
            TracedStep.LensPrediction prediction = step.lens().get(points.size() - 1);
            assertThat(prediction.best())
                    .isEqualTo(step.scores().get(0).mostLikely().get(0));
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void everyStepHasTheResultOfEachProcessor(Fixture fixture) {
        Explanation explained = explain(fixture);

        assertThat(explained.times().sameIds()).isTrue();
        assertThat(explained.steps().stream().mapToInt(TracedStep::id).toArray())
                .isEqualTo(explained.generation().ids());
        assertThat(explained.steps().get(0).scores().get(0).mostLikely())
                .isEqualTo(explained
                        .next()
                        .subList(
                                0,
                                explained
                                        .steps()
                                        .get(0)
                                        .scores()
                                        .get(0)
                                        .mostLikely()
                                        .size()));
        for (TracedStep step : explained.steps()) {
            assertThat(step.scores())
                    .extracting(TracedStep.Scores::processor)
                    .containsExactly(null, "temperature 0.8", "top-k 5");
            assertThat(step.scores().get(2).allowed()).isEqualTo(5);
            assertThat(step.scores().get(2).probabilityOfChosen()).isEqualTo(step.probability());
            assertThat(step.scores().get(2).mostLikely().stream()
                            .mapToDouble(Candidate::probability)
                            .sum())
                    .isCloseTo(1, within(1e-12));
            assertThat(step.scores().get(2).mostLikely()).contains(new Candidate(step.id(), step.probability()));
            assertThat(step.attention()).hasSize(explained.shape().layers() * step.keys());
            assertThat(step.cacheBytes()).isPositive();
        }
        assertThat(explained.steps().stream().mapToInt(TracedStep::cachedTokens).toArray())
                .isEqualTo(IntStream.range(0, explained.steps().size())
                        .map(step -> explained.ids().length + step)
                        .toArray());
        assertThat(explained.speculation().passes().stream()
                        .mapToInt(pass -> pass.added().length)
                        .sum())
                .isEqualTo(explained.speculation().statistics().tokens());
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void everyStageNamesExistingSourcesAndTests(Fixture fixture) {
        Path root = Path.of(System.getProperty("touchstone.basedir", "."));

        Explanation explained = explain(fixture);

        assertThat(explained.stages()).hasSize(9);
        for (Stage stage : explained.stages()) {
            assertThat(stage.sources())
                    .isNotEmpty()
                    .allSatisfy(source ->
                            assertThat(root.resolve(SourceFile.path(source))).hasContent(text(source)));
            assertThat(stage.checks()).isNotEmpty();
            for (Stage.Check check : stage.checks()) {
                assertThat(root.resolve("src/test/java/dev/touchstone/" + check.test() + ".java"))
                        .isRegularFile();
                if (check.of().startsWith("tap ")) {
                    assertThat(goldenTaps(fixture))
                            .contains(check.of().substring(4).split(", "));
                }
            }
        }
    }

    /** The page also contains the source of each class that computes a tap. */
    @ParameterizedTest
    @MethodSource("fixtures")
    void thePageContainsTheSourcesOfEveryTap(Fixture fixture) {
        Explanation explained = explain(fixture);

        String page = ExplanationPage.html(explained);

        for (Layer layer : explained.layers()) {
            assertThat(layer.taps()).allSatisfy(tap -> {
                assertThat(text(tap.source())).contains(tap.source().getSimpleName());
                assertThat(page).contains("\"" + SourceFile.path(tap.source()) + "\":\"package ");
            });
        }
    }

    private static String text(Class<?> source) {
        return SourceFile.text(source).orElseThrow(() -> new AssertionError("no copy of " + SourceFile.path(source)));
    }

    /** A model of no known family is explained like the others. */
    @Test
    void aMadeUpFamilyGetsEveryStage() {
        Transformer model = MadeUpFamily.model();
        LoadedModel gpt2 = Fixtures.model(Fixtures.named("tiny-gpt2"));
        LoadedModel madeUp = new LoadedModel(
                new ModelText("made-up", gpt2.tokenizer(), Optional.empty(), Map.of()), model, gpt2.generation());
        int[] ids = {1, 8, 15, 3, 7};
        Map<String, Tensor> taps = new LinkedHashMap<>();
        model.forward(ids, KERNELS, taps::put);

        Explanation explained = explain(madeUp, ids);

        assertThat(explained.stages()).extracting(Stage::kind).containsExactly(Stage.Kind.values());
        assertThat(explained.stages().get(3).checks().get(0).of())
                .isEqualTo("tap one/look.probs, one/look, one/think, one");
        assertThat(explained.lens().points()).containsExactly("entry/size", "one", "two", "three");
        assertThat(explained.embedding()).extracting(Vectors::tap).containsExactly("vocabulary", "entry", "entry/size");
        assertThat(explained.positions().vectors().tap()).isEqualTo("compass");
        assertThat(explained.layers()).extracting(Layer::name).containsExactly("one", "two", "three");
        assertThat(explained.layers().get(1).attentionNorms()).isEqualTo(norms(taps.get("two/size-b")));
        assertThat(explained.layers().get(1).mlpNorms()).isEqualTo(norms(taps.get("two/size-d")));
        assertThat(explained.layers().get(2).mlpNorms()).isEqualTo(norms(taps.get("three/narrow")));
        assertThat(explained.layers().get(2).mlp().tap()).isEqualTo("three/bend");
        assertThat(explained.times().sameIds()).isTrue();
    }

    /** Each row of weights equals that of the trace up to the stored precision, and sums to 1, or to less with attention sinks. */
    private static void checkAttention(String packed, Tensor probs, boolean sinks) {
        byte[] bytes = inflate(packed);
        int tokens = probs.size(1);
        int at = 0;
        for (int row = 0; row < probs.rows(); row++) {
            double sum = 0;
            double exact = 0;
            for (int key = 0; key <= row % tokens; key++) {
                double root = (bytes[at++] & 0xFF) * BYTE;
                assertThat(root).isCloseTo(Math.sqrt(probs.at(row, key)), within(BYTE / 2 + 1e-9));
                sum += root * root;
                exact += probs.at(row, key);
            }
            assertThat(exact).isLessThan(1 + 1e-5);
            double expected = sinks ? exact : 1;
            assertThat(exact).isCloseTo(expected, within(1e-5));
            assertThat(sum).isCloseTo(expected, within(BYTE * Math.sqrt(tokens) + tokens * BYTE * BYTE));
        }
        assertThat(at).isEqualTo(bytes.length);
    }

    private static String tapEnding(Layer layer, String end) {
        return layer.taps().stream()
                .map(Layer.Tap::name)
                .filter(name -> name.endsWith(end))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] inflate(String packed) {
        try (InflaterInputStream stream = new InflaterInputStream(
                new ByteArrayInputStream(Base64.getDecoder().decode(packed)))) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A tap, or the sum of two, each of them with a factor or without. */
    private static Tensor seen(Map<String, Tensor> taps, String name) {
        List<Tensor> summands = Arrays.stream(name.split(" \\+ "))
                .map(summand -> {
                    String[] words = summand.split(" ");
                    return words.length == 1
                            ? taps.get(summand)
                            : KERNELS.scale(taps.get(words[1]), Float.parseFloat(words[0]));
                })
                .toList();
        return summands.size() == 1 ? summands.get(0) : KERNELS.add(summands.get(0), summands.get(1));
    }

    private static double[] norms(Tensor x) {
        return IntStream.range(0, x.rows())
                .mapToDouble(row -> {
                    double sum = 0;
                    for (float value : x.rows(row, row + 1).data()) {
                        sum += (double) value * value;
                    }
                    return Math.sqrt(sum);
                })
                .toArray();
    }

    private static float largest(Tensor x, int row) {
        float largest = 0;
        for (float value : x.rows(row, row + 1).data()) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static float[] row(Tensor logits, int row) {
        return logits.rows(row, row + 1).data();
    }

    private static List<String> goldenTaps(Fixture fixture) {
        try (Goldens goldens = new Goldens(fixture.cases().get(0))) {
            return goldens.taps();
        }
    }

    private static int[] prompt(Fixture fixture) {
        try (Goldens goldens = new Goldens(fixture.cases().get(0))) {
            int[] ids = goldens.ids();
            return Arrays.copyOf(ids, Math.min(ids.length, 12));
        }
    }

    private static Explanation explain(Fixture fixture) {
        return EXPLANATIONS.computeIfAbsent(fixture.name(), name -> explain(Fixtures.model(fixture), prompt(fixture)));
    }

    private static Explanation explain(LoadedModel model, int[] ids) {
        Transformer.Shape shape = model.transformer().shape();
        Settings settings = Settings.greedy(NEW_TOKENS, Set.of(), Window.error(shape.positions()))
                .withProcessors(new Processors().temperature(0.8).topK(5).forSampling())
                .withSampler(Sampler.MULTINOMIAL, 1);
        SpeculativeGenerator speculative = new SpeculativeGenerator(
                new CachedExecutor(model.transformer(), KERNELS),
                model.tokenizer(),
                new PromptLookup(3, shape.vocabulary()),
                2);
        return new Explainer(model, KERNELS)
                .explain(null, ids, settings, () -> speculative.generate(ids, settings, step -> {}), "prompt lookup");
    }
}
