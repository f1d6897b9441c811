package dev.touchstone.parity;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.checkpoint.safetensors.SafetensorsWriter;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Invalid golden files and traces lead to a message of one line that says what is wrong. */
class BadGoldensTest {
    private static final TapMap MAP =
            TapMap.of(Fixtures.model(Fixtures.named("exercise")).transformer());

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "null              | its list of taps and its tensors differ: [",
                "[\"x\", null]     | taps is [\"x\",null], expected a list of strings",
                "[\"x\", \"x\"]    | its list of taps contains a name twice: [\"x\", \"x\"]",
                "[\"x\"            | its list of taps is not valid JSON at column 5",
                "[[\"x\"]]         | taps is [[\"x\"]], expected a list of strings",
                "\"x\"             | taps is \"x\", expected a list",
                "[]                | its list of taps and its tensors differ: ["
            })
    void anInvalidListOfTapsIsRefused(String list, String message) {
        SafetensorsWriter writer = ids().add("x", Tensor.zeros(1, 2))
                .add("x#f64", new double[2], 1, 2)
                .metadata("taps", list);

        assertThatThrownBy(() -> new Goldens(write(writer)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("case.safetensors: " + message);
    }

    @Test
    void aFloat64TensorOfAnotherShapeIsRefused() {
        SafetensorsWriter writer = ids().add("x", Tensor.zeros(1, 2))
                .add("x#f64", new double[2], 2, 1)
                .metadata("taps", "[\"x\"]");

        assertThatThrownBy(() -> new Goldens(write(writer)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("case.safetensors: x has shape [1, 2] in float32 and [2, 1] in float64");
    }

    @Test
    void anIdThatIsNotA32BitNumberIsRefused() throws IOException {
        Path file = write(valid());
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int header = (int) bytes.getLong(0);
        Files.write(file, bytes.putLong(Long.BYTES + header, 1L << 40).array()); // the ids come first
        try (Goldens goldens = new Goldens(file)) {
            assertThatThrownBy(goldens::ids)
                    .isInstanceOf(TouchstoneException.class)
                    .hasMessageContaining("input_ids holds 1099511627776, expected 32-bit numbers");
        }
    }

    @Test
    void aTraceOfAnotherShapeIsRefused() {
        Parity.Engine engine = (ids, trace) -> trace.of("x", Tensor.zeros(2, 1));

        refuses(engine, "x has shape [1, 2], expected [2, 1]");
    }

    @Test
    void aTapThatTheEngineDoesNotHaveIsRefused() {
        refuses((ids, trace) -> Tensor.zeros(1, 2), "the forward pass never reported [x]");
    }

    private void refuses(Parity.Engine engine, String message) {
        try (Goldens goldens = new Goldens(write(valid()))) {
            assertThatThrownBy(() -> Parity.check(tap -> Tensor.zeros(1, 2), engine, MAP, goldens))
                    .isInstanceOf(TouchstoneException.class)
                    .hasMessage(message);
        }
    }

    private static SafetensorsWriter valid() {
        return ids().add("x", Tensor.zeros(1, 2))
                .add("x#f64", new double[2], 1, 2)
                .metadata("taps", "[\"x\"]");
    }

    private static SafetensorsWriter ids() {
        return new SafetensorsWriter().add("input_ids", new int[] {1}, 1);
    }

    private Path write(SafetensorsWriter writer) {
        Path file = folder.resolve("case.safetensors");
        writer.write(file);
        return file;
    }
}
