package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.generation.SpeculativeGenerator.Result;
import dev.touchstone.generation.processors.Probabilities;
import dev.touchstone.support.ChiSquare;
import dev.touchstone.support.KillMatrix;
import dev.touchstone.support.TableExecutor;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Sampling with drafts has the same distribution of texts as the target model. False positive rate 1e-6, fixed seeds. */
class SpeculativeSamplingTest {
    private static final int VOCABULARY = 4;
    private static final int LENGTH = 3;
    private static final int SAMPLES = 20_000;
    private static final int[] PROMPT = {1};
    private static final TableExecutor TARGET = new TableExecutor(VOCABULARY, 1);
    private static final Window WINDOW = Window.error(16);
    private static final Drafter MODEL = new ModelDrafter(new TableExecutor(VOCABULARY, 2), WINDOW);
    private static final Settings SETTINGS = Settings.greedy(LENGTH, Set.of(), WINDOW);

    @Test
    void aDraftModelDoesNotChangeTheDistribution() {
        assertThat(statistic(MODEL, Verification.EXACT)).isLessThan(limit());
    }

    @Test
    void promptLookupDoesNotChangeTheDistribution() {
        assertThat(statistic(new PromptLookup(2, VOCABULARY), Verification.EXACT))
                .isLessThan(limit());
    }

    /** The bugs of kind D11 of the zoo. */
    @TestFactory
    Stream<DynamicTest> everyBugIsDetected() {
        Verification unverified = new Verification() {
            @Override
            public boolean keeps(int id, double[] p, double[] q, double random) {
                return true;
            }
        };
        Verification notResidual = new Verification() {
            @Override
            public double[] residual(double[] p, double[] q) {
                return p;
            }
        };
        Verification unbounded = new Verification() {
            @Override
            public boolean keeps(int id, double[] p, double[] q, double random) {
                return random < p[id];
            }
        };
        return Stream.of(
                detected("drafts are kept without verification", MODEL, unverified),
                detected("a rejected token is sampled again from p, not from max(0, p - q)", MODEL, notResidual),
                detected("kept with p(x) instead of p(x) / q(x)", MODEL, unbounded),
                detected(
                        "the most likely token drafted, with the probabilities of sampling",
                        ARGMAX,
                        Verification.EXACT));
    }

    private static DynamicTest detected(String bug, Drafter drafter, Verification rule) {
        return DynamicTest.dynamicTest(bug, () -> {
            double statistic = statistic(drafter, rule);
            KillMatrix.add(new KillMatrix.Row(
                    "D11",
                    bug,
                    "lattice#243, speculative-sampling#3, mlx-lm#1423",
                    "texts are sampled from the target's distribution",
                    "speculative decoding",
                    0,
                    String.format("chi-square %.0f, limit %.0f", statistic, limit()),
                    statistic > limit() ? KillMatrix.Fate.KILLED : KillMatrix.Fate.SURVIVED,
                    null,
                    false));
            assertThat(statistic).isGreaterThan(limit());
        });
    }

    private static final Drafter ARGMAX = (int[] ids, int count, Settings settings, RandomGenerator random) -> {
        Drafter.Draft sampled = MODEL.propose(ids, 1, settings, random);
        double[] q = sampled.probabilities().get(0);
        int best = 0;
        for (int v = 0; v < q.length; v++) {
            best = q[v] > q[best] ? v : best;
        }
        return new Drafter.Draft(new int[] {best}, List.of(q));
    };

    private static double limit() {
        return ChiSquare.limit((int) Math.pow(VOCABULARY, LENGTH) - 1);
    }

    /** The chi-squared statistic of the texts that are sampled with drafts, for the probabilities of the target. */
    private static double statistic(Drafter drafter, Verification rule) {
        double[] expected = new double[(int) Math.pow(VOCABULARY, LENGTH)];
        for (int outcome = 0; outcome < expected.length; outcome++) {
            expected[outcome] = SAMPLES * probability(outcome);
        }
        long[] counts = new long[expected.length];
        for (int seed = 0; seed < SAMPLES; seed++) {
            Result result = new SpeculativeGenerator(TARGET, TableExecutor.TOKENIZER, drafter, 2, rule)
                    .generate(PROMPT, SETTINGS.withSampler(Sampler.MULTINOMIAL, seed), step -> {});
            int outcome = 0;
            for (int id : result.generation().ids()) {
                outcome = outcome * VOCABULARY + id;
            }
            counts[outcome]++;
        }
        return ChiSquare.statistic(counts, expected);
    }

    private static double probability(int outcome) {
        int[] ids = Arrays.copyOf(PROMPT, PROMPT.length + LENGTH);
        double probability = 1;
        int rest = outcome;
        int share = (int) Math.pow(VOCABULARY, LENGTH - 1);
        for (int i = 0; i < LENGTH; i++) {
            int id = rest / share;
            float[] logits =
                    TARGET.next(List.of(Arrays.copyOf(ids, PROMPT.length + i))).data();
            probability *= Probabilities.softmax(logits)[id];
            ids[PROMPT.length + i] = id;
            rest %= share;
            share /= VOCABULARY;
        }
        return probability;
    }
}
