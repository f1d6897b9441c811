package dev.touchstone.families;

import static java.util.function.Predicate.not;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.checkpoint.safetensors.Safetensors;
import dev.touchstone.kernels.Activation;
import dev.touchstone.support.Fixtures;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each name of an activation means the function of that name in Hugging Face's {@code ACT2FN}. */
class ActivationsTest {
    private static final String TRUTH = "#f64";

    @Test
    void allFunctionsOfActToFnHaveANameHere() {
        try (Safetensors values = values()) {
            Set<String> names = values.names().stream()
                    .filter(not("x"::equals))
                    .filter(name -> !name.endsWith(TRUTH))
                    .collect(toSet());

            assertThat(Activations.BY_NAME.keySet()).isEqualTo(names);
        }
    }

    /** The error against float64 may be twice as large as PyTorch's own. It is measured for small and for large inputs. */
    @ParameterizedTest
    @MethodSource("names")
    void theErrorIsNoLargerThanTwicePyTorchs(String name) {
        try (Safetensors values = values()) {
            float[] x = values.get("x").floats().data();
            float[] theirs = values.get(name).floats().data();
            double[] truth = values.get(name + TRUTH).doubles();
            Activation activation = Activations.BY_NAME.get(name);

            for (boolean small : new boolean[] {true, false}) {
                int[] points = IntStream.range(0, x.length)
                        .filter(i -> Math.abs(x[i]) <= 12 == small)
                        .toArray();

                assertThat(points).hasSizeGreaterThan(40);
                assertThat(rms(points, i -> activation.of(x[i]) - truth[i]))
                        .isLessThanOrEqualTo(2 * rms(points, i -> theirs[i] - truth[i]));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"prelu", "xielu"})
    void activationsWithWeightsAreNotSupported(String name) {
        assertThat(Activations.BY_NAME).doesNotContainKey(name);
    }

    static Set<String> names() {
        return Activations.BY_NAME.keySet();
    }

    private static double rms(int[] points, IntToDoubleFunction error) {
        return Math.sqrt(IntStream.of(points)
                .mapToDouble(i -> Math.pow(error.applyAsDouble(i), 2))
                .average()
                .orElseThrow());
    }

    private static Safetensors values() {
        return Safetensors.open(Fixtures.root().resolve("activations.safetensors"));
    }
}
