package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.tensor.Tensor;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SoftmaxLawsTest {
    private final Kernels kernels = new ScalarKernels();

    @Property
    void sumsToOne(@ForAll("scores") float[] scores) {
        double sum = 0;
        for (float p : softmax(scores)) {
            assertThat(p).isBetween(0f, 1f);
            sum += p;
        }
        assertThat(sum).isCloseTo(1, within(1e-6));
    }

    @Property
    void equalsTheFormulaInDouble(@ForAll("scores") float[] scores) {
        double max = Double.NEGATIVE_INFINITY;
        for (float x : scores) {
            max = Math.max(max, x);
        }
        double sum = 0;
        for (float x : scores) {
            sum += Math.exp(x - max);
        }
        float[] p = softmax(scores);
        for (int i = 0; i < p.length; i++) {
            double exact = Math.exp(scores[i] - max) / sum;
            // The relative error includes half an ulp of x - max, which is rounded before exp.
            double slack = 4e-7 + 1.2e-7 * Math.abs(scores[i] - max);
            assertThat((double) p[i]).isCloseTo(exact, within(exact * slack + 1e-44));
        }
    }

    @Property
    void isInvariantUnderAShift(@ForAll("scores") float[] scores) {
        float[] shifted = new float[scores.length];
        for (int i = 0; i < scores.length; i++) {
            shifted[i] = scores[i] + 64;
        }
        float[] p = softmax(scores);
        float[] q = softmax(shifted);
        for (int i = 0; i < p.length; i++) {
            assertThat((double) q[i]).isCloseTo(p[i], within(2e-5 * p[i] + 1e-44));
        }
    }

    @Property
    void keepsTheOrder(@ForAll("scores") float[] scores) {
        float[] p = softmax(scores);
        for (int i = 0; i < p.length; i++) {
            for (int j = 0; j < p.length; j++) {
                if (scores[i] > scores[j]) {
                    assertThat(p[i]).isGreaterThanOrEqualTo(p[j]);
                }
            }
        }
    }

    @Example
    void doesNotOverflowForHugeScores() {
        assertThat(softmax(1e30f, -1e30f, 1e30f)).containsExactly(0.5f, 0, 0.5f);
        assertThat(softmax(-1e30f, -1e30f)).containsExactly(0.5f, 0.5f);
        assertThat(softmax(3.4e38f, -3.4e38f)).containsExactly(1, 0);
    }

    @Example
    void isZeroWhereScoresAreMasked() {
        assertThat(softmax(7, Float.NEGATIVE_INFINITY)).containsExactly(1, 0);
    }

    private float[] softmax(float... scores) {
        return kernels.softmax(Tensor.of(scores, 1, 1, scores.length)).data();
    }

    @Provide
    Arbitrary<float[]> scores() {
        return Arbitraries.floats()
                .between(-80, 80)
                .array(float[].class)
                .ofMinSize(1)
                .ofMaxSize(70);
    }
}
