package dev.touchstone.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.LanguageModel;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.parity.choices.ChoiceDifference;
import dev.touchstone.parity.errors.Deviation;
import dev.touchstone.support.Fixtures;
import dev.touchstone.support.NearTieFixture;
import dev.touchstone.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model in which experts 2 and 5 have nearly equal scores: PyTorch's float32 chooses others than its float64. */
class NearTieTest {
    private static final String CHOSEN = "layers.%d.mlp.gate.chosen";
    private static final int TOKENS = 12;

    @TempDir
    private static Path folder;

    private static Fixture fixture;
    private static LanguageModel loaded;
    private static Transformer model;
    private static TapMap map;
    private static Goldens goldens;

    @BeforeAll
    static void load() throws IOException {
        fixture = NearTieFixture.write(folder.resolve("near-ties"));
        loaded = LanguageModel.load(fixture.folder());
        model = loaded.transformer();
        map = TapMap.of(model);
        goldens = new Goldens(fixture.cases().get(0));
    }

    @AfterAll
    static void close() {
        goldens.close();
        loaded.close();
    }

    @Test
    void namesTheTokensForWhichFloat32ChoosesOthersThanFloat64() {
        List<Integer> first = differing(0);
        List<Integer> second =
                differing(1).stream().filter(token -> token < first.get(0)).toList();
        assertThat(first).isNotEmpty();
        assertThat(second).isNotEmpty();

        List<ChoiceDifference> found = check().choices().stream()
                .filter(ChoiceDifference::differsInPyTorch)
                .toList();

        assertThat(tokens(found, 0)).isEqualTo(first);
        assertThat(tokens(found, 1)).isEqualTo(second);
        assertThat(found).allSatisfy(one -> {
            assertThat(one.nearTie()).isTrue();
            assertThat(one.margin()).isBetween(0.0, 1e-6);
            assertThat(one.float64())
                    .isEqualTo(experts(goldens.float64(one.tap()), one.token()))
                    .isNotEqualTo(one.pytorch());
            assertThat(one.pytorch()).isEqualTo(experts(doubles(goldens.float32(one.tap())), one.token()));
        });
    }

    @Test
    void everyTapPasses() {
        assertThat(check().taps())
                .allSatisfy(tap -> assertThat(tap.passes()).as(tap.describe()).isTrue());
    }

    /** PyTorch's float32 errors at these tokens are those of another expert, which would allow every error. */
    @Test
    void leavesOutTheTokensThatDependOnNearTies() {
        CaseResult result = check();
        List<Integer> nearTies = tokens(result.choices(), 0);
        int before = nearTies.get(0);
        String down = "layers.0.mlp.experts.down_proj";
        Deviation whole = Deviation.of(goldens.float32(down), goldens.float64(down));

        assertThat(whole.max()).isGreaterThan(0.01);
        assertThat(tap(result, down).pytorch().max()).isLessThan(1e-5);
        assertThat(leftOut(result, "layers.0.mlp.gate")).isZero();
        assertThat(leftOut(result, "layers.0.mlp.gate.weights")).isEqualTo(nearTies.size());
        assertThat(leftOut(result, "layers.0")).isEqualTo(nearTies.size());
        assertThat(leftOut(result, "layers.1.self_attn.k")).isEqualTo(nearTies.size());
        assertThat(leftOut(result, "layers.1.self_attn.scores")).isEqualTo(TOKENS - before);
        assertThat(leftOut(result, "layers.1.mlp.gate")).isEqualTo(TOKENS - before);
        assertThat(leftOut(result, "logits"))
                .isEqualTo(TOKENS - before + tokens(result.choices(), 1).size());
    }

    /** Float32 of PyTorch, as if it was another engine. */
    @Test
    void theTraceOfAnEngineThatChoosesAsFloat32Passes() {
        CaseResult result =
                Parity.check(tap -> Tensor.of(goldens.float32(tap), goldens.shape(tap)), this::forward, map, goldens);

        assertThat(result.passes()).as("%s", result.firstDivergence()).isTrue();
        assertThat(result.choices()).isNotEmpty().allMatch(one -> one.engine().equals(one.pytorch()));
    }

    @Test
    void anEngineThatExchangesNearlyEqualExpertsPassesAndIsNamed() {
        int token = undisputed();

        CaseResult result = Parity.check(choosing(token, 2, 5), map, goldens);

        assertThat(result.passes()).as("%s", result.firstDivergence()).isTrue();
        assertThat(result.choices())
                .filteredOn(ChoiceDifference::differsInEngine)
                .filteredOn(one -> one.layer() == 0 && one.token() == token)
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.engine()).isNotEqualTo(one.float64());
                    assertThat(one.pytorch()).isEqualTo(one.float64());
                    assertThat(one.describe())
                            .contains("layer 0, token " + token)
                            .contains("a near tie: the scores differ by ");
                });
    }

    /** Expert 3 has by far the highest score of all tokens. */
    @Test
    void anEngineThatChoosesAnExpertOfALowerScoreFails() {
        CaseResult result = Parity.check(choosing(3, 3, 1), map, goldens);

        assertThat(result.firstDivergence().map(TapResult::name)).contains(CHOSEN.formatted(0));
        assertThat(result.choices())
                .filteredOn(one -> one.layer() == 0 && one.token() == 3)
                .singleElement()
                .satisfies(one -> assertThat(one.nearTie()).isFalse());
        assertThat(tap(result, CHOSEN.formatted(0)).verdict()).isEqualTo("wrong");
    }

    /** Experts 0 and 4 have equal logits in all types, and no others are nearly equal; which of them is chosen is defined. */
    @Test
    void exchangingExpertsWithEqualScoresIsNoNearTie() {
        Fixture other = Fixtures.named("tiny-qwen3-moe");
        String tap = CHOSEN.formatted(1);
        try (Goldens others = new Goldens(other.folder().resolve("goldens/random-11.safetensors"))) {
            Transformer qwen3 = Fixtures.model(other).transformer();
            int token = IntStream.range(0, others.ids().length)
                    .filter(t ->
                            of(others, tap, t).contains(0) != of(others, tap, t).contains(4))
                    .findFirst()
                    .orElseThrow();

            CaseResult result = Parity.check(choosing(qwen3, tap, token, 0, 4), TapMap.of(qwen3), others);

            assertThat(result.firstDivergence().map(TapResult::name)).contains(tap);
            assertThat(result.choices()).singleElement().satisfies(one -> {
                assertThat(one.token()).isEqualTo(token);
                assertThat(one.margin()).isZero();
                assertThat(one.nearTie()).isFalse();
                assertThat(one.describe()).contains("equal scores");
            });
        }
    }

    /** Experts 0 and 4 have equal logits; torch.topk takes another one if rounding changes the order of experts 2 and 5. */
    @Test
    void equalScoresBesideNearlyEqualOnesAreNearTies() {
        assertThat(check().choices())
                .filteredOn(one -> one.margin() == 0)
                .isNotEmpty()
                .allMatch(ChoiceDifference::nearTie);
    }

    @Test
    void theReportHasTheChoices() {
        CaseResult result = check();
        Report report = new Report(Map.of());
        report.add(fixture, "near-ties", result);

        assertThat(report.json().at("/fixtures/0/cases/0/choices"))
                .hasSameSizeAs(result.choices())
                .allSatisfy(one -> assertThat(one.at("/nearTie").asBoolean()).isTrue());
        assertThat(report.json().at("/totals/near_ties").asInt())
                .isEqualTo(result.choices().size());
        assertThat(report.json().at("/totals/near_ties_pytorch").asInt()).isPositive();
        assertThat(report.html()).contains("id=\"choices\"").contains("\"nearTie\":true");
        assertThat(NearTieCounts.of(result.taps(), result.choices()).describe())
                .contains("of experts: PyTorch's float32 chooses others than float64 in ");
    }

    private CaseResult check() {
        return Parity.check(model, new ScalarKernels(), goldens);
    }

    private Tensor forward(int[] ids, Trace trace) {
        return model.forward(ids, new ScalarKernels(), trace);
    }

    /** The model with another expert in the first layer for one token, wherever the choice has one of the two. */
    private static Parity.Engine choosing(int token, int one, int other) {
        return choosing(model, CHOSEN.formatted(0), token, one, other);
    }

    private static Parity.Engine choosing(Transformer model, String tap, int token, int one, int other) {
        return (ids, trace) -> model.forward(ids, new ScalarKernels(), new Trace() {
            @Override
            public void see(String name, Tensor value) {
                trace.see(name, value);
            }

            @Override
            public Tensor of(String name, Tensor value) {
                return trace.of(name, name.equals(tap) ? exchanged(value, token, one, other) : value);
            }
        });
    }

    private static Tensor exchanged(Tensor chosen, int token, int one, int other) {
        int K = chosen.size(-1);
        List<Integer> experts =
                new ArrayList<>(experts(Arrays.copyOfRange(doubles(chosen.data()), token * K, (token + 1) * K)));
        experts.replaceAll(expert -> expert == one ? (Integer) other : expert == other ? (Integer) one : expert);
        experts.sort(null);
        Tensor changed = Tensor.of(chosen.data().clone(), chosen.shape());
        for (int k = 0; k < K; k++) {
            changed.data()[token * K + k] = experts.get(k);
        }
        return changed;
    }

    /** A token that has expert 2 or 5 in both types, where the engine's local choice is the same. */
    private int undisputed() {
        List<Integer> others = tokens(check().choices(), 0);
        return IntStream.range(0, TOKENS)
                .filter(token -> !others.contains(token))
                .filter(token -> {
                    List<Integer> chosen = experts(goldens.float64(CHOSEN.formatted(0)), token);
                    return chosen.contains(2) != chosen.contains(5);
                })
                .findFirst()
                .orElseThrow();
    }

    private static List<Integer> differing(int layer) {
        String tap = CHOSEN.formatted(layer);
        return IntStream.range(0, TOKENS)
                .filter(token ->
                        !experts(goldens.float64(tap), token).equals(experts(doubles(goldens.float32(tap)), token)))
                .boxed()
                .toList();
    }

    private static List<Integer> of(Goldens goldens, String tap, int token) {
        double[] chosen = goldens.float64(tap);
        int K = chosen.length / goldens.ids().length;
        return experts(Arrays.copyOfRange(chosen, token * K, (token + 1) * K));
    }

    private static List<Integer> tokens(List<ChoiceDifference> choices, int layer) {
        return choices.stream()
                .filter(one -> one.layer() == layer)
                .map(ChoiceDifference::token)
                .toList();
    }

    private static List<Integer> experts(double[] chosen, int token) {
        int K = chosen.length / TOKENS;
        return experts(Arrays.copyOfRange(chosen, token * K, (token + 1) * K));
    }

    private static List<Integer> experts(double... chosen) {
        return Arrays.stream(chosen).mapToObj(expert -> (int) expert).toList();
    }

    private static double[] doubles(float... values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    private static TapResult tap(CaseResult result, String name) {
        return result.taps().stream()
                .filter(tap -> tap.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static int leftOut(CaseResult result, String name) {
        return tap(result, name).leftOut();
    }
}
