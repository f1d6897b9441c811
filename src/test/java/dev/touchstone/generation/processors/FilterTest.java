package dev.touchstone.generation.processors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class FilterTest {
    /** A stable sort by comparison; -0 equals 0. */
    @Property
    void placesAscendLikeThoseOfASortByComparison(@ForAll @From("keys") List<Float> keys) {
        float[] values = new float[keys.size()];
        IntStream.range(0, values.length).forEach(v -> values[v] = keys.get(v));

        int[] sorted = IntStream.range(0, values.length)
                .boxed()
                .sorted((a, b) -> values[a] == values[b] ? 0 : Float.compare(values[a], values[b]))
                .mapToInt(v -> v)
                .toArray();
        assertThat(Filter.ascending(values)).containsExactly(sorted);
    }

    @Provide
    Arbitrary<List<Float>> keys() {
        Arbitrary<Float> special = Arbitraries.of(
                0f,
                -0f,
                1f,
                -1f,
                Float.MIN_VALUE,
                -Float.MIN_VALUE,
                Float.MAX_VALUE,
                Float.NaN,
                Float.POSITIVE_INFINITY,
                Float.NEGATIVE_INFINITY);
        Arbitrary<Float> any = Arbitraries.integers().map(Float::intBitsToFloat);
        return Arbitraries.oneOf(special, any).list().ofMaxSize(60);
    }
}
