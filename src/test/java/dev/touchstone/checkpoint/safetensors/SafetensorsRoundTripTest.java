package dev.touchstone.checkpoint.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.checkpoint.files.ByteSource;
import dev.touchstone.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SafetensorsRoundTripTest {
    @Property(tries = 100, seed = "2", edgeCases = EdgeCasesMode.NONE)
    void readingGivesTheBitsThatWereWritten(@ForAll("files") Map<String, Tensor> tensors, @ForAll String metadata)
            throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter().metadata("any", metadata);
        tensors.forEach(writer::add);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        writer.writeTo(Channels.newChannel(bytes));

        try (Safetensors file = Safetensors.open("round-trip", ByteSource.of(bytes.toByteArray()))) {
            assertThat(file.names()).containsExactlyElementsOf(tensors.keySet());
            tensors.forEach((name, tensor) -> {
                assertThat(file.get(name).shape()).containsExactly(tensor.shape());
                assertThat(bits(file.get(name).floats())).containsExactly(bits(tensor));
            });
        }
    }

    private static int[] bits(Tensor tensor) {
        int[] bits = new int[tensor.size()];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(tensor.data()[i]));
        return bits;
    }

    @Provide
    static Arbitrary<Map<String, Tensor>> files() {
        Arbitrary<String> names = Arbitraries.strings()
                .ofMaxLength(12)
                .filter(name ->
                        !name.equals("__metadata__") && name.codePoints().noneMatch(c -> c >= 0xD800 && c < 0xE000));
        return Arbitraries.maps(names, tensors()).ofMaxSize(6);
    }

    private static Arbitrary<Tensor> tensors() {
        Arbitrary<List<Integer>> shapes =
                Arbitraries.of(0, 1, 2, 3, 7, 16, 17).list().ofMaxSize(3);
        return shapes.flatMap(shape -> {
            int[] sizes = shape.stream().mapToInt(Integer::intValue).toArray();
            int count = shape.stream().reduce(1, (a, b) -> a * b);
            return Arbitraries.integers().array(int[].class).ofSize(count).map(bits -> {
                Tensor tensor = Tensor.zeros(sizes);
                for (int i = 0; i < count; i++) {
                    tensor.data()[i] = Float.intBitsToFloat(bits[i]);
                }
                return tensor;
            });
        });
    }
}
