package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class LayerNormLawsTest {
    private final Kernels kernels = new ScalarKernels();

    @Property
    void normalizesARowToMeanZeroAndVarianceOne(@ForAll("rows") float[] row) {
        float[] y = norm(row, 1, 0, 0);
        double mean = 0;
        double variance = 0;
        for (float value : y) {
            mean += value / y.length;
            variance += value * value / y.length;
        }
        assertThat(mean).isCloseTo(0, within(1e-5));
        assertThat(variance).isCloseTo(1, within(1e-5));
    }

    @Property
    void isInvariantUnderAScaleThatIsAPowerOfTwo(@ForAll("rows") float[] row) {
        float[] scaled = new float[row.length];
        for (int i = 0; i < row.length; i++) {
            scaled[i] = row[i] * 1024;
        }
        assertThat(norm(scaled, 1, 0, 0)).isEqualTo(norm(row, 1, 0, 0));
    }

    @Example
    void epsilonIsInsideTheRoot() {
        float[] y = norm(new float[] {-1, 1}, 1, 0, 3);

        assertThat(y).containsExactly(-0.5f, 0.5f); // 1 / sqrt(1 + 3)
    }

    @Example
    void theVarianceIsDividedByTheNumberOfChannels() {
        float[] y = norm(new float[] {0, 0, 3}, 1, 0, 0);

        assertThat(y[2]).isCloseTo((float) Math.sqrt(2), within(1e-6f)); // (3 - 1) / sqrt((1 + 1 + 4) / 3)
    }

    @Example
    void aConstantFarFromZeroDoesNotCancel() {
        float[] y = norm(new float[] {16777216, 16777218, 16777220}, 1, 0, 0);

        assertThat(y[1]).isZero();
        assertThat(y[2]).isCloseTo((float) Math.sqrt(1.5), within(1e-6f));
    }

    @Example
    void gainIsAppliedBeforeBias() {
        assertThat(norm(new float[] {-1, 1}, 3, 10, 0)).containsExactly(7, 13);
    }

    private float[] norm(float[] row, float gain, float bias, double epsilon) {
        float[] gains = new float[row.length];
        float[] biases = new float[row.length];
        Arrays.fill(gains, gain);
        Arrays.fill(biases, bias);
        return kernels.layerNorm(Tensor.of(row, 1, row.length), gains, biases, epsilon)
                .data();
    }

    @Provide
    Arbitrary<float[]> rows() {
        return Arbitraries.floats()
                .between(-100, 100)
                .ofScale(3)
                .array(float[].class)
                .ofMinSize(2)
                .ofMaxSize(70)
                .filter(row -> {
                    float[] sorted = row.clone();
                    Arrays.sort(sorted);
                    return sorted[sorted.length - 1] - sorted[0] > 1;
                });
    }
}
