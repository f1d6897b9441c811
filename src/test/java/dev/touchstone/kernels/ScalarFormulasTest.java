package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.KeyValueShape;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each operation is compared with its formula in double. */
class ScalarFormulasTest {
    private final Kernels kernels = new ScalarKernels();
    private final Random random = new Random(1);

    @Test
    void embeddingReturnsTheRowsOfTheIds() {
        Matrix table = Matrix.ofOutputRows(Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2));

        assertThat(kernels.embed(new int[] {2, 0, 2}, table).data()).containsExactly(5, 6, 1, 2, 5, 6);
    }

    @Test
    void columnsAreTakenAtEachStep() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6}, 2, 6);

        assertThat(kernels.columns(x, 1, 2, 6).data()).containsExactly(2, 3, -2, -3);
        assertThat(kernels.columns(x, 2, 1, 3).data()).containsExactly(3, 6, -3, -6);
        assertThat(kernels.columns(x, 2, 1, 3).shape()).containsExactly(2, 2);
    }

    @Test
    void elementsAreAddedMultipliedAndScaled() {
        Tensor a = Tensor.of(new float[] {3, -5}, 1, 2);
        Tensor b = Tensor.of(new float[] {2, 7}, 1, 2);

        assertThat(kernels.add(a, b).data()).containsExactly(5, 2);
        assertThat(kernels.multiply(a, b).data()).containsExactly(6, -35);
        assertThat(kernels.scale(a, 0.5f).data()).containsExactly(1.5f, -2.5f);
    }

    @Test
    void aSoftCapKeepsSmallValuesAndBoundsLargeOnes() {
        float[] y = kernels.softCap(Tensor.of(new float[] {0.001f, 3, -1000}, 1, 3), 4)
                .data();

        assertThat(y[0]).isCloseTo(0.001f, within(1e-9f));
        assertThat((double) y[1]).isCloseTo(4 * Math.tanh(3 / 4.), within(1e-6));
        assertThat(y[2]).isEqualTo(-4);
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void anActivationEqualsItsFormula(Activation activation) {
        for (double x : new double[] {-30, -3, -1.3, -0.1, 0, 0.1, 1.3, 3, 7, 12, 25}) {
            double exact = switch (activation) {
                case RELU -> Math.max(0, x);
                case GELU -> x * Phi(x);
                case GELU_NEW -> x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2;
                case SILU -> x / (1 + Math.exp(-x));
                case QUICK_GELU -> x / (1 + Math.exp(-1.702 * x));
                case GELU_10 -> Math.max(-10, Math.min(10, x * Phi(x)));
                case SIGMOID -> 1 / (1 + Math.exp(-x));
                case TANH -> Math.tanh(x);
                case LINEAR -> x;
                case RELU_SQUARED -> x > 0 ? x * x : 0;
                case RELU6 -> Math.max(0, Math.min(6, x));
                case LEAKY_RELU -> x > 0 ? x : 0.01 * x;
                case HARD_SWISH -> x * Math.max(0, Math.min(6, x + 3)) / 6;
                case MISH -> x * Math.tanh(Math.log1p(Math.exp(x)));
                case LAPLACE -> Phi((x - 0.707107) / 0.282095);
                case SQRT_SOFTPLUS -> Math.sqrt(Math.log1p(Math.exp(x)));
            };

            double rounding = 1e-6 * Math.max(1, Math.abs(exact));
            assertThat((double) activation.of((float) x))
                    .as("%s(%s)", activation, x)
                    .isCloseTo(exact, within(rounding));
            assertThat((double) kernels.activate(Tensor.of(new float[] {7, (float) x}, 1, 2), activation)
                            .data()[1])
                    .isCloseTo(exact, within(rounding));
        }
    }

    /** The normal distribution, integrated by Simpson's rule. */
    private static double Phi(double x) {
        int steps = 1000;
        double h = x / steps;
        double sum = 1 + Math.exp(-x * x / 2);
        for (int i = 1; i < steps; i++) {
            double z = i * h;
            sum += (i % 2 == 0 ? 2 : 4) * Math.exp(-z * z / 2);
        }
        return 0.5 + sum * h / 3 / Math.sqrt(2 * Math.PI);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "2, 32, 3", "3, 33, 65", "2, 70, 1"})
    void linear(int T, int I, int O) {
        Tensor x = Hostile.ORDINARY.tensor(random, T, I);
        Tensor w = Hostile.ORDINARY.tensor(random, I, O);
        float[] bias = Hostile.ORDINARY.array(random, O);

        Tensor y = kernels.linear(x, Matrix.ofInputRows(w), bias);
        Tensor unbiased = kernels.linear(x, Matrix.ofInputRows(w), null);

        assertThat(y.shape()).containsExactly(T, O);
        for (int t = 0; t < T; t++) {
            for (int o = 0; o < O; o++) {
                double sum = 0;
                for (int i = 0; i < I; i++) {
                    sum += (double) x.at(t, i) * w.at(i, o);
                }
                assertThat((double) unbiased.at(t, o)).isCloseTo(sum, within(1e-4));
                assertThat((double) y.at(t, o)).isCloseTo(sum + bias[o], within(1e-4));
            }
        }
    }

    /** A single accumulator would lose each 1 that is added to 2^24, because a float has 24 bits. */
    @Test
    void productsAreAccumulatedInBlocksOf32() {
        float[] ones = new float[96];
        Arrays.fill(ones, 1);
        ones[0] = 0x1p24f;
        Matrix weight = Matrix.zeros(Matrix.Type.FLOAT32, 96, 1);
        float[] w = new float[96];
        Arrays.fill(w, 1);
        weight.putInputRows(0, 96, w);
        KeyValuePages cache = new KeyValuePages(new KeyValueShape(1, 96));
        cache.append(Tensor.of(w, 1, 96), Tensor.of(w, 1, 96), 0, 1);

        assertThat(kernels.linear(Tensor.of(ones, 1, 96), weight, null).data()).containsExactly(0x1p24f + 64);
        assertThat(kernels.scores(Tensor.of(ones, 1, 96), cache, new Scoring(1)).data())
                .containsExactly(0x1p24f + 64);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 7", "2, 16", "2, 33"})
    void norms(int T, int C) {
        Tensor x = Hostile.ORDINARY.tensor(random, T, C);
        float[] gain = Hostile.ORDINARY.array(random, C);
        float[] bias = Hostile.ORDINARY.array(random, C);

        Tensor layer = kernels.layerNorm(x, gain, bias, 0.1);
        Tensor rms = kernels.rmsNorm(x, gain, 1, 0.1);

        for (int t = 0; t < T; t++) {
            double mean = 0;
            double squares = 0;
            for (int c = 0; c < C; c++) {
                mean += x.at(t, c) / (double) C;
                squares += Math.pow(x.at(t, c), 2) / C;
            }
            double variance = squares - mean * mean;
            for (int c = 0; c < C; c++) {
                double normal = (x.at(t, c) - mean) / Math.sqrt(variance + 0.1);
                assertThat((double) layer.at(t, c)).isCloseTo(normal * gain[c] + bias[c], within(1e-5));
                double root = x.at(t, c) / Math.sqrt(squares + 0.1);
                assertThat((double) rms.at(t, c)).isCloseTo(root * (1 + gain[c]), within(1e-5));
            }
        }
    }

    @Test
    void rowsUseTheGainsOfALayerNormInTurn() {
        Tensor x = Hostile.ORDINARY.tensor(random, 6, 7);
        float[] gain = Hostile.ORDINARY.array(random, 3 * 7);

        Tensor unit = kernels.layerNorm(x, null, null, 0.1);
        Tensor heads = kernels.layerNorm(x, gain, null, 0.1);

        for (int t = 0; t < 6; t++) {
            for (int c = 0; c < 7; c++) {
                assertThat((double) heads.at(t, c)).isCloseTo(unit.at(t, c) * gain[t % 3 * 7 + c], within(1e-5));
            }
        }
    }

    @Test
    void clampLimitsToBothSides() {
        Tensor x = Tensor.of(new float[] {-3, -0.5f, 0, 2, Float.NaN, Float.POSITIVE_INFINITY}, 1, 6);

        assertThat(kernels.clamp(x, -1, 1.5f).data()).containsExactly(-1, -0.5f, 0, 1.5f, Float.NaN, 1.5f);
    }

    @Test
    void everyNumberIsAddedOnceToAPairwiseSum() {
        double[] powers = new double[16];
        for (int i = 0; i < 16; i++) {
            powers[i] = 1 << i;
        }

        assertThat(ScalarKernels.pairwise(powers)).isEqualTo(65535);
    }

    /** {@code (1e16 + -1e16) + (1 + 1)} is exact; other orders lose a 1. */
    @Test
    void neighboursAreAddedFirst() {
        assertThat(ScalarKernels.pairwise(new double[] {1e16, -1e16, 1, 1})).isEqualTo(2);
        assertThat(ScalarKernels.pairwise(new double[] {1e16, 1, -1e16, 1})).isEqualTo(0);
    }

    /** Two tokens, the first at position 0; two heads of five channels, of which two pairs are rotated. */
    @ParameterizedTest
    @EnumSource(RotaryLayout.class)
    void aPairIsRotatedByItsAngle(RotaryLayout layout) {
        Tensor x = Hostile.ORDINARY.tensor(random, 2, 10);
        Tensor angles = Angles.table(new int[] {0, 2}, List.of(0.4, 0.1), 1, layout);
        boolean halves = layout == RotaryLayout.HALF_SPLIT;
        boolean halvesAfter = layout != RotaryLayout.INTERLEAVED;
        int[] first = halves ? new int[] {0, 1} : new int[] {0, 2};
        int[] second = halves ? new int[] {2, 3} : new int[] {1, 3};
        int[] firstAfter = halvesAfter ? new int[] {0, 1} : new int[] {0, 2};
        int[] secondAfter = halvesAfter ? new int[] {2, 3} : new int[] {1, 3};

        Tensor y = kernels.rotate(x, angles, 5, layout);

        for (int head = 0; head < 10; head += 5) {
            for (int pair = 0; pair < 2; pair++) {
                double cos = Math.cos(pair == 0 ? 0.8 : 0.2);
                double sin = Math.sin(pair == 0 ? 0.8 : 0.2);
                float a = x.at(1, head + first[pair]);
                float b = x.at(1, head + second[pair]);
                assertThat(y.at(0, head + firstAfter[pair])).isEqualTo(x.at(0, head + first[pair]));
                assertThat(y.at(0, head + secondAfter[pair])).isEqualTo(x.at(0, head + second[pair]));
                assertThat((double) y.at(1, head + firstAfter[pair])).isCloseTo(a * cos - b * sin, within(1e-6));
                assertThat((double) y.at(1, head + secondAfter[pair])).isCloseTo(b * cos + a * sin, within(1e-6));
            }
            assertThat(y.at(1, head + 4)).isEqualTo(x.at(1, head + 4));
        }
    }

    @ParameterizedTest
    @EnumSource(RotaryLayout.class)
    void anglesAreCosinesThenSinesAtBothChannelsOfAPair(RotaryLayout layout) {
        Tensor table = Angles.table(new int[] {3, 7}, List.of(1.0, 0.25), 2, layout);

        assertThat(table.shape()).containsExactly(2, 8);
        double[] frequencies =
                layout == RotaryLayout.INTERLEAVED ? new double[] {1, 1, 0.25, 0.25} : new double[] {1, 0.25, 1, 0.25};
        for (int t = 0; t < 2; t++) {
            for (int c = 0; c < 4; c++) {
                double angle = (t == 0 ? 3 : 7) * frequencies[c];
                assertThat((double) table.at(t, c)).isCloseTo(2 * Math.cos(angle), within(1e-6));
                assertThat((double) table.at(t, 4 + c)).isCloseTo(2 * Math.sin(angle), within(1e-6));
            }
        }
    }

    @Test
    void sinusoidsAreSinesThenCosinesThenZero() {
        Tensor table = Angles.sinusoids(new int[] {3, 7}, List.of(1.0, 0.25), 5);

        assertThat(table.shape()).containsExactly(2, 5);
        for (int t = 0; t < 2; t++) {
            int position = t == 0 ? 3 : 7;
            double[] expected = {
                Math.sin(position), Math.sin(position / 4.), Math.cos(position), Math.cos(position / 4.), 0
            };
            for (int c = 0; c < 5; c++) {
                assertThat((double) table.at(t, c)).isCloseTo(expected[c], within(1e-6));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 3, 3, 5, 2, 0, 100, false",
        "2, 2, 33, 33, 40, 3, 0, 100, false",
        "2, 1, 3, 3, 70, 5, 0, 34, true",
        "1, 2, 4, 4, 40, 40, 2, 3, false",
        "2, 2, 4, 4, 9, 1, 5, 100, true",
        "2, 2, 4, 7, 9, 3, 0, 100, false",
        "3, 1, 5, 1, 70, 2, 0, 34, false",
    })
    void attention(int G, int sharing, int D, int E, int S, int T, float cap, int window, boolean sloping) {
        int H = G * sharing;
        List<Double> slopes = sloping ? Scoring.alibiSlopes(H) : List.of();
        Scoring scoring = new Scoring(0.5f, cap, window, slopes);
        Tensor k = Hostile.ORDINARY.tensor(random, S, G * D);
        Tensor v = Hostile.ORDINARY.tensor(random, S, G * E);
        Tensor q = Hostile.ORDINARY.tensor(random, T, H * D);
        KeyValuePages cache = new KeyValuePages(new KeyValueShape(G, D, E));
        cache.append(k, v, 0, S);

        Tensor scores = kernels.scores(q, cache, scoring);
        Tensor context = kernels.attend(q, cache, scoring);

        assertThat(scores.shape()).containsExactly(H, T, S);
        assertThat(context.shape()).containsExactly(T, H * E);
        for (int h = 0; h < H; h++) {
            for (int t = 0; t < T; t++) {
                int position = S - T + t;
                double[] powers = new double[S];
                double sum = 0;
                for (int s = 0; s < S; s++) {
                    float actual = scores.data()[(h * T + t) * S + s];
                    if (s > position || s <= position - window) {
                        assertThat(actual).isEqualTo(Float.NEGATIVE_INFINITY);
                        continue;
                    }
                    double product = 0;
                    for (int d = 0; d < D; d++) {
                        product += (double) q.at(t, h * D + d) * k.at(s, h / sharing * D + d);
                    }
                    double score = 0.5 * product + (sloping ? slopes.get(h) * s : 0);
                    score = cap > 0 ? cap * Math.tanh(score / cap) : score;
                    assertThat((double) actual).isCloseTo(score, within(1e-5));
                    powers[s] = Math.exp(score);
                    sum += powers[s];
                }
                for (int e = 0; e < E; e++) {
                    double expected = 0;
                    for (int s = 0; s < S; s++) {
                        expected += powers[s] / sum * v.at(s, h / sharing * E + e);
                    }
                    assertThat((double) context.at(t, h * E + e)).isCloseTo(expected, within(1e-5));
                }
            }
        }
    }

    /** Evicted and masked positions must not be multiplied by 0, because NaN times 0 is NaN. */
    @Test
    void maskedPositionsAreNotMultiplied() {
        Tensor k = Tensor.of(new float[] {Float.NaN, 1, 1, Float.NaN}, 4, 1);
        KeyValuePages cache = new KeyValuePages(new KeyValueShape(1, 1));
        cache.append(k, k, 0, 4);
        Tensor probs = Tensor.of(new float[] {0, 1, 0, 0, 0, 0.5f, 0.5f, 0}, 1, 2, 4);

        Tensor y = kernels.weightedSum(probs, cache, new Scoring(1).withWindow(2));

        assertThat(y.data()[0]).isEqualTo(1);
        assertThat(y.data()[1]).isNaN(); // the last query attends to the last position
    }
}
