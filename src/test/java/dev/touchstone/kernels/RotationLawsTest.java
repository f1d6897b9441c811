package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Properties of rotary embeddings, for both layouts. */
class RotationLawsTest {
    private static final int HEAD = 10;
    private static final List<Double> FREQUENCIES = List.of(1.0, 0.31, 0.07);
    private final Kernels kernels = new ScalarKernels();

    @Property
    void productsDependOnlyOnTheDistance(
            @ForAll RotaryLayout layout,
            @ForAll @IntRange(max = 5000) int first,
            @ForAll @IntRange(max = 5000) int distance,
            @ForAll Random random) {
        Tensor q = Hostile.ORDINARY.tensor(random, 1, HEAD);
        Tensor k = Hostile.ORDINARY.tensor(random, 1, HEAD);

        double near = dot(rotated(q, distance, layout), rotated(k, 0, layout));
        double far = dot(rotated(q, first + distance, layout), rotated(k, first, layout));

        assertThat(far).isCloseTo(near, within(1e-5));
    }

    @Property
    void rotationPreservesNormsAndUnrotatedChannels(
            @ForAll RotaryLayout layout, @ForAll @IntRange(max = 100_000) int position, @ForAll Random random) {
        Tensor x = Hostile.ORDINARY.tensor(random, 1, HEAD);

        Tensor y = rotated(x, position, layout);

        assertThat(dot(y, y)).isCloseTo(dot(x, x), within(1e-5));
        assertThat(y.columns(6, HEAD).data()).isEqualTo(x.columns(6, HEAD).data());
        assertThat(rotated(x, 0, layout).data())
                .isEqualTo((layout == RotaryLayout.INTERLEAVED_TO_HALVES ? sorted(x) : x).data());
    }

    /** Reordering the channels turns interleaved pairs into half-split pairs. */
    @Property
    void theLayoutsDifferOnlyInTheOrderOfChannels(@ForAll @IntRange(max = 1000) int position, @ForAll Random random) {
        Tensor x = Hostile.ORDINARY.tensor(random, 1, HEAD);
        Tensor interleaved = rotated(x, position, RotaryLayout.INTERLEAVED);
        Tensor halfSplit = rotated(sorted(x), position, RotaryLayout.HALF_SPLIT);

        IntStream.range(0, 6)
                .forEach(c ->
                        assertThat(halfSplit.data()[c]).isEqualTo(interleaved.data()[c % 3 * 2 + c / 3]));
        assertThat(rotated(x, position, RotaryLayout.INTERLEAVED_TO_HALVES).data())
                .isEqualTo(halfSplit.data());
    }

    /** The first channels of all pairs, then the second ones, then those that are not rotated. */
    private static Tensor sorted(Tensor x) {
        Tensor sorted = Tensor.zeros(1, HEAD);
        IntStream.range(0, HEAD).forEach(c -> sorted.data()[c] = x.data()[c < 6 ? c % 3 * 2 + c / 3 : c]);
        return sorted;
    }

    private Tensor rotated(Tensor x, int position, RotaryLayout layout) {
        Tensor angles = Angles.table(new int[] {position}, FREQUENCIES, 1, layout);
        return kernels.rotate(x, angles, HEAD, layout);
    }

    private static double dot(Tensor a, Tensor b) {
        return IntStream.range(0, a.size())
                .mapToDouble(i -> (double) a.data()[i] * b.data()[i])
                .sum();
    }
}
