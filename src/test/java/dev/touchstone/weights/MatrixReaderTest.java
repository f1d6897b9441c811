package dev.touchstone.weights;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.checkpoint.safetensors.DType;
import dev.touchstone.checkpoint.safetensors.Safetensors;
import dev.touchstone.checkpoint.safetensors.SafetensorsWriter;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Matrices of extreme shapes, in sparse files of zeros whose last weight is 2, and weights that are not finite. */
class MatrixReaderTest {
    private static final short TWO = 0x4000; // in bfloat16

    @TempDir
    private Path folder;

    private final ReadingThreads threads = new ReadingThreads(3);

    @AfterEach
    void endThreads() {
        threads.close();
    }

    @ParameterizedTest
    @CsvSource({"1, 33554432", "3, 33554433", "70, 100000", "1, 67108864"})
    void readsRowsOfMillions(int rows, int columns) throws IOException {
        try (Safetensors file = bfloat16(rows, columns)) {
            Matrix matrix = reader(file).ofInputRows();

            assertThat(matrix.at(rows - 1, columns - 1)).isEqualTo(2);
            assertThat(matrix.at(rows - 1, columns - 2)).isZero();
        }
    }

    @Test
    void readsRowsOfMillionsIntoColumns() throws IOException {
        try (Safetensors file = bfloat16(70, 100_000)) {
            Matrix matrix = reader(file).ofOutputRows();

            assertThat(matrix.at(99_999, 69)).isEqualTo(2);
            assertThat(matrix.at(99_999, 68)).isZero();
        }
    }

    @Test
    void refusesARowThatIsTooLong() throws IOException {
        try (Safetensors file = bfloat16(1, (1 << 26) + 1)) {
            assertThatThrownBy(() -> reader(file))
                    .isInstanceOf(TouchstoneException.class)
                    .hasMessage("holes.safetensors: x has rows of 67108865 weights, at most 67108864 can be read");
        }
    }

    /** A panel has 64 columns, so one output takes as much memory as 64. */
    @Test
    void refusesAMatrixThatDoesNotFitAnArray() throws IOException {
        try (Safetensors file = bfloat16(1, 1 << 26)) {
            assertThatThrownBy(() -> reader(file).ofOutputRows())
                    .isInstanceOf(TouchstoneException.class)
                    .hasMessage("holes.safetensors: x is 1 x 67108864, more weights than an array of Java can hold");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "BF16, NaN, NaN at [2; 3]", "BF16, Infinity, Infinity at [2; 3]", "BF16, -Infinity, -Infinity at [2; 3]",
        "F16, NaN, NaN at [2; 3]", "F16, Infinity, Infinity at [2; 3]", "F16, -Infinity, -Infinity at [2; 3]",
    })
    void findsANumberThatIsNotFiniteAmong16BitWeights(DType dtype, float value, String found) {
        Tensor tensor = Tensor.zeros(5, 7);
        Arrays.fill(tensor.data(), 3);
        tensor.data()[2 * 7 + 3] = value;
        Path path = folder.resolve("halves.safetensors");
        new SafetensorsWriter().add("x", dtype, tensor).write(path);

        try (Safetensors file = Safetensors.open(path)) {
            assertThatThrownBy(() -> reader(file).ofInputRows())
                    .isInstanceOf(TouchstoneException.class)
                    .hasMessageStartingWith("halves.safetensors: x holds " + found.replace(';', ','));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void refusesATensorOfInfinities(DType dtype) {
        Tensor tensor = Tensor.zeros(5, 7);
        Arrays.fill(tensor.data(), Float.POSITIVE_INFINITY);
        Path path = folder.resolve("halves.safetensors");
        new SafetensorsWriter().add("x", dtype, tensor).write(path);

        try (Safetensors file = Safetensors.open(path)) {
            assertThatThrownBy(() -> reader(file).ofOutputRows()).hasMessageContaining("x holds Infinity at [0, 0]");
        }
    }

    @Test
    void aReceiverGetsTheMatrixBeforeItsWeights() throws IOException {
        try (Safetensors file = bfloat16(3, 5)) {
            List<Float> lastWeights = new ArrayList<>();
            ReadOptions options = ReadOptions.DEFAULT.matrices(matrix -> lastWeights.add(matrix.at(2, 4)));

            Matrix matrix = new MatrixReader(file.get("x"), options, threads).ofInputRows();

            assertThat(lastWeights).containsExactly(0f);
            assertThat(matrix.at(2, 4)).isEqualTo(2);
        }
    }

    private MatrixReader reader(Safetensors file) {
        return new MatrixReader(file.get("x"), ReadOptions.DEFAULT, threads);
    }

    private Safetensors bfloat16(int rows, int columns) throws IOException {
        long bytes = (long) rows * columns * Short.BYTES;
        byte[] header = ("{\"x\":{\"dtype\":\"BF16\",\"shape\":[" + rows + "," + columns + "],\"data_offsets\":[0,"
                        + bytes + "]}}")
                .getBytes(UTF_8);
        Path path = folder.resolve("holes.safetensors");
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            ByteBuffer start = ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
            channel.write(start.putLong(header.length).put(header).flip());
            ByteBuffer end = ByteBuffer.allocate(Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            channel.write(end.putShort(TWO).flip(), Long.BYTES + header.length + bytes - Short.BYTES);
        }
        return Safetensors.open(path);
    }
}
