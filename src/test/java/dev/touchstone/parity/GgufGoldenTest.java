package dev.touchstone.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.gguf.GgufFolder;
import dev.touchstone.checkpoint.safetensors.DType;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Transformer;
import dev.touchstone.support.Fixtures;
import dev.touchstone.support.Scoreboard;
import dev.touchstone.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every tap of every GGUF model of the fixtures is right by the goldens of the model that Hugging Face makes of the de-quantised weights,
 * and has the bits of the de-quantised folder.
 */
class GgufGoldenTest {
    private static Stream<String> models() {
        return Fixtures.ggufModels().stream();
    }

    @TestFactory
    Stream<DynamicContainer> everyTapIsRight() {
        return models().map(model -> {
            try (Goldens goldens = goldens(model)) {
                CaseResult result = Parity.check(load(model), new ScalarKernels(), goldens);
                Scoreboard.gguf(result);
                return dynamicContainer(
                        model,
                        result.taps().stream()
                                .map(tap -> dynamicTest(
                                        tap.name(),
                                        () -> assertThat(tap.passes())
                                                .as(model + " " + tap.describe())
                                                .isTrue())));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyTapHasTheBitsOfTheDequantizedFolder(String model, @TempDir Path temporary) {
        Path folder = temporary.resolve("model");
        try (GgufFolder gguf = GgufFolder.open(Fixtures.gguf(model))) {
            gguf.write(folder, DType.F32);
        }
        Map<String, Tensor> expected = taps(model, Checkpoint.load(folder).transformer());
        Map<String, Tensor> found = taps(model, load(model));

        assertThat(found.keySet()).containsExactlyElementsOf(expected.keySet());
        found.forEach((tap, tensor) -> assertThat(bits(tensor)).as(tap).isEqualTo(bits(expected.get(tap))));
    }

    private static int[] bits(Tensor tensor) {
        int[] bits = new int[tensor.size()];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(tensor.data()[i]));
        return bits;
    }

    private static Map<String, Tensor> taps(String model, Transformer transformer) {
        try (Goldens goldens = goldens(model)) {
            Map<String, Tensor> taps = new LinkedHashMap<>();
            transformer.forward(goldens.ids(), new ScalarKernels(), taps::put);
            return taps;
        }
    }

    private static Transformer load(String model) {
        return Checkpoint.load(Fixtures.gguf(model)).transformer();
    }

    private static Goldens goldens(String model) {
        return new Goldens(Fixtures.root().resolve("gguf-" + model + ".safetensors"));
    }
}
