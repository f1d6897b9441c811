package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.support.Fixtures;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The choice among equal numbers is that of {@code torch.topk}, which {@code python/touchstone/topk.py} wrote. */
class TopKTest {
    @Test
    void tiesAreDecidedAsInPyTorch() {
        JsonNode cases = Fixtures.json("topk.json");

        assertThat(cases).hasSizeGreaterThan(150).allSatisfy(one -> {
            int[] values = ints(one.get("values"));
            float[] floats = new float[values.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = values[i];
            }
            int[] expected = ints(one.get("largest"));

            assertThat(sorted(floats, expected.length)).as(one.toString()).isEqualTo(expected);
        });
    }

    @Test
    void notANumberComesFirst() {
        float[] values = {9, 8, Float.NaN, 6, 5, Float.NaN, 3, 2, Float.NaN};

        assertThat(sorted(values, 4)).isEqualTo(new int[] {0, 2, 5, 8});
        Arrays.fill(values, Float.NaN);
        assertThat(TopK.of(values, 4)).doesNotHaveDuplicates().hasSize(4);
    }

    private static int[] sorted(float[] values, int count) {
        return IntStream.of(TopK.of(values, count)).sorted().toArray();
    }

    private static int[] ints(JsonNode numbers) {
        return IntStream.range(0, numbers.size())
                .map(i -> numbers.get(i).asInt())
                .toArray();
    }
}
