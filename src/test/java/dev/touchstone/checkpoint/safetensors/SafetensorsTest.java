package dev.touchstone.checkpoint.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.checkpoint.files.ByteSource;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.StoredTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
    @TempDir
    private Path folder;

    @Test
    void readsAFileMadeByHand() throws IOException {
        String header = "{\"__metadata__\":{\"format\":\"pt\"},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
                + "\"empty\":{\"dtype\":\"F32\",\"shape\":[0,5],\"data_offsets\":[8,8]},"
                + "\"scalar\":{\"dtype\":\"I32\",\"shape\":[],\"data_offsets\":[8,12]}}   ";
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + 12).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length()).put(header.getBytes(UTF_8));
        bytes.putFloat(1.5f).putFloat(-2).putInt(-7);

        try (Safetensors file = Safetensors.open("by-hand", ByteSource.of(bytes.array()))) {
            assertThat(file.names()).containsExactly("a", "empty", "scalar");
            assertThat(file.metadata()).isEqualTo(Map.of("format", "pt"));
            assertThat(file.get("a").floats().data()).containsExactly(1.5f, -2);
            assertThat(file.get("a").floats().shape()).containsExactly(1, 2);
            assertThat(file.get("empty").floats().shape()).containsExactly(0, 5);
            assertThat(file.get("scalar").shape()).isEmpty();
            assertThat(file.get("scalar").ints()).containsExactly(-7);
        }
    }

    /** As in the safetensors library of Hugging Face. */
    @Test
    void metadataMayBeNull() throws IOException {
        String header = "{\"__metadata__\":null,\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}  ";
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length()).put(header.getBytes(UTF_8)).putFloat(1.5f);

        try (Safetensors file = Safetensors.open("by-hand", ByteSource.of(bytes.array()))) {
            assertThat(file.metadata()).isEmpty();
            assertThat(file.get("a").floats().data()).containsExactly(1.5f);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F64", "F32", "F16", "BF16"})
    void everyTypeOfFloatIsWidenedExactlyAcrossThePiecesOfALargeTensor(DType dtype) {
        Random random = new Random(5);
        Tensor tensor = Tensor.zeros(257, 1031);
        for (int i = 0; i < tensor.size(); i++) {
            tensor.data()[i] = random.nextInt(-127, 128) / 32f; // seven bits, which each type holds
        }
        Path path = folder.resolve("large.safetensors");
        new SafetensorsWriter()
                .add("before", Tensor.zeros(3))
                .add("x", dtype, tensor)
                .write(path);

        try (Safetensors file = Safetensors.open(path)) {
            assertThat(file.get("x").dtype()).isEqualTo(dtype);
            assertThat(file.get("x").floats().data()).isEqualTo(tensor.data());
            double[] doubles = IntStream.range(0, tensor.size())
                    .mapToDouble(i -> tensor.data()[i])
                    .toArray();
            assertThat(file.get("x").doubles()).isEqualTo(doubles);
        }
    }

    /** Pieces are of 65,536 elements. */
    @ParameterizedTest
    @ValueSource(ints = {1, 65_535, 65_536, 65_537, 131_071, 131_072})
    void theLastPieceOfATensorMayBeOfAnySize(int elements) {
        Tensor tensor = Tensor.zeros(elements);
        for (int i = 0; i < elements; i++) {
            tensor.data()[i] = i;
        }
        Path path = folder.resolve("pieces.safetensors");
        new SafetensorsWriter().add("x", tensor).write(path);

        try (Safetensors file = Safetensors.open(path)) {
            assertThat(file.get("x").floats().data()).isEqualTo(tensor.data());
        }
    }

    @Test
    void aReaderReachesElementsBeyondTheSizeOfAnArray() throws IOException {
        float[] last = {1, 1, 1};
        short[] bits = {1, 1, 1};

        try (Safetensors file = Safetensors.open("zeros", Zeros.bfloat16(3, (1 << 31) - 1))) {
            StoredTensor.Reader reader = file.get("x").reader(2);
            reader.floats(3L * Integer.MAX_VALUE - 2, 2, last, 1);
            reader.bits(3L * Integer.MAX_VALUE - 2, 2, bits, 0);
        }

        assertThat(last).containsExactly(1, 0, 0);
        assertThat(bits).containsExactly(0, 0, 1);
    }

    @Test
    void aWholeTensorHasAtMostAsManyElementsAsAnArray() throws IOException {
        Zeros larger = Zeros.bfloat16(1, (1 << 31) - 8);
        try (Safetensors file = Safetensors.open("zeros", larger)) {
            assertThatThrownBy(() -> file.get("x").floats())
                    .isInstanceOf(TouchstoneException.class)
                    .hasMessage("zeros: x has 2147483640 elements, at most 2147483639 fit an array");
        }
    }

    @Test
    void aSourceIsClosedEvenIfItIsRefused() throws IOException {
        Zeros read = Zeros.bfloat16(1, 4);
        Zeros refused = new Zeros("no header".getBytes(UTF_8), 9, new AtomicBoolean());

        Safetensors.open("zeros", read).close();
        assertThatThrownBy(() -> Safetensors.open("refused", refused)).isInstanceOf(TouchstoneException.class);

        assertThat(read.closed).isTrue();
        assertThat(refused.closed).isTrue();
    }

    /** A file of any size that is all zeros after its first bytes. */
    private record Zeros(byte[] start, long size, AtomicBoolean closed) implements ByteSource {
        /** A file with one tensor. */
        static Zeros bfloat16(int rows, int columns) {
            long elements = (long) rows * columns;
            String header = "{\"x\":{\"dtype\":\"BF16\",\"shape\":[%d,%d],\"data_offsets\":[0,%d]}}"
                    .formatted(rows, columns, 2 * elements);
            ByteBuffer start = ByteBuffer.allocate(8 + header.length()).order(ByteOrder.LITTLE_ENDIAN);
            start.putLong(header.length()).put(header.getBytes(UTF_8));
            return new Zeros(start.array(), start.capacity() + 2 * elements, new AtomicBoolean());
        }

        @Override
        public void read(ByteBuffer into, long position) {
            int known = (int) Math.max(0, Math.min(start.length - position, into.remaining()));
            into.put(start, (int) Math.min(position, start.length), known);
            into.position(into.limit());
        }

        @Override
        public void close() {
            closed.set(true);
        }
    }

    @Test
    void doublesAreReadExactlyOrRoundedToTheNearestFloat() {
        double[] values = {Math.PI, 1 + 0x1p-24, 1 + 0x1p-23 + 0x1p-24, 1e300, -0.0, Double.MIN_VALUE};
        Path path = folder.resolve("f64.safetensors");
        new SafetensorsWriter().add("x", values, 2, 3).write(path);

        try (Safetensors file = Safetensors.open(path)) {
            assertThat(file.get("x").doubles()).containsExactly(values);
            assertThat(file.get("x").floats().data())
                    .containsExactly((float) Math.PI, 1, 1 + 0x1p-22f, Float.POSITIVE_INFINITY, -0f, 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"I8, -1, 127", "U8, 255, 127", "BOOL, 1, 0", "I16, -2, 32767", "I32, -3, 65536", "I64, -4, 4294967296"})
    void everyIntegerTypeIsReadExactly(DType dtype, long first, long second) throws IOException {
        int size = dtype.bits() / 8;
        String header = "{\"x\":{\"dtype\":\"%s\",\"shape\":[2],\"data_offsets\":[0,%d]}}".formatted(dtype, 2 * size);
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + 2 * size).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length()).put(header.getBytes(UTF_8));
        for (long value : new long[] {first, second}) {
            for (int i = 0; i < size; i++) {
                bytes.put((byte) (value >> 8 * i));
            }
        }

        try (Safetensors file = Safetensors.open("whole", ByteSource.of(bytes.array()))) {
            assertThat(file.get("x").longs()).containsExactly(first, second);
        }
    }

    @Test
    void w7_tensorsBeyondTwoGibibytesAreRead() throws IOException {
        long large = 3L << 30; // one int could not hold it
        String header = "{\"mask\":{\"dtype\":\"U8\",\"shape\":[3,1073741824],\"data_offsets\":[0," + large + "]},"
                + "\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[" + large + "," + (large + 8) + "]}}";
        Path path = folder.resolve("sparse.safetensors");
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            ByteBuffer start = ByteBuffer.allocate(8 + header.length()).order(ByteOrder.LITTLE_ENDIAN);
            channel.write(
                    start.putLong(header.length()).put(header.getBytes(UTF_8)).flip());
            ByteBuffer end = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            channel.write(end.putFloat(3).putFloat(4).flip(), 8 + header.length() + large);
        }

        try (Safetensors file = Safetensors.open(path)) {
            assertThat(file.get("x").floats().data()).containsExactly(3, 4);
            assertThatThrownBy(() -> file.get("mask").longs())
                    .isInstanceOf(TouchstoneException.class)
                    .hasMessageContaining("mask has 3221225472 elements");
        }
    }

    @Test
    void theWrongTypeAndAnUnknownNameAreErrors() {
        Path path = folder.resolve("types.safetensors");
        new SafetensorsWriter()
                .add("ids", new int[] {1, 2}, 2)
                .add("x", Tensor.zeros(1))
                .write(path);

        try (Safetensors file = Safetensors.open(path)) {
            assertThatThrownBy(() -> file.get("ids").floats())
                    .hasMessage("types.safetensors: ids has dtype I64, expected F64, F32, F16 or BF16");
            assertThatThrownBy(() -> file.get("x").ints())
                    .hasMessage("types.safetensors: x has dtype F32, expected I64, I32, I16, I8, U8 or BOOL");
            assertThatThrownBy(() -> file.get("y").floats()).hasMessage("types.safetensors holds no tensor y");
        }
    }

    @Test
    void integersThatDoNotFitAreRefused() {
        String header = "{\"ids\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}}";
        ByteBuffer bytes = ByteBuffer.allocate(16 + header.length()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length()).put(header.getBytes(UTF_8)).putLong(1L << 40);

        try (Safetensors file = Safetensors.open("ids.safetensors", ByteSource.of(bytes.array()))) {
            assertThat(file.get("ids").longs()).containsExactly(1L << 40);
            assertThatThrownBy(() -> file.get("ids").ints())
                    .hasMessage("ids.safetensors: ids holds 1099511627776, expected 32-bit numbers");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aWrittenFileHasAnAlignedHeaderAndReplacesTheOldOne() throws IOException {
        Path path = folder.resolve("x.safetensors");
        Files.writeString(path, "old");

        new SafetensorsWriter()
                .metadata("made", "by \"hand\"")
                .add("é", Tensor.of(new float[] {7}, 1))
                .write(path);

        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) bytes.getLong();
        String header = new String(bytes.array(), 8, length, UTF_8);
        assertThat(length % 8).isZero();
        assertThat(header.length() - header.stripTrailing().length()).isLessThan(8);
        try (Safetensors file = Safetensors.open(path)) {
            assertThat(file.metadata()).isEqualTo(Map.of("made", "by \"hand\""));
            assertThat(file.get("é").floats().data()).containsExactly(7);
        }
        try (var entries = Files.list(folder)) {
            assertThat(entries.toList()).isEqualTo(List.of(path));
        }
    }

    /** The writer's buffer has a megabyte. */
    @Test
    void aHeaderMayBeLargerThanTheBuffer() {
        Path path = folder.resolve("talkative.safetensors");
        String much = "x".repeat(1 << 20);

        new SafetensorsWriter()
                .metadata("much", much)
                .add("x", Tensor.of(new float[] {7, 8}, 2))
                .write(path);

        try (Safetensors file = Safetensors.open(path)) {
            assertThat(file.metadata()).isEqualTo(Map.of("much", much));
            assertThat(file.get("x").floats().data()).containsExactly(7, 8);
        }
    }

    @Test
    void aFailedWriteKeepsTheOldFileAndNoOther() throws IOException {
        Path path = folder.resolve("taken");
        Files.createDirectories(path.resolve("inside"));

        assertThatThrownBy(
                        () -> new SafetensorsWriter().add("x", Tensor.zeros(1)).write(path))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("taken is a folder; give the name of a file to write");
        assertThatThrownBy(() -> new SafetensorsWriter().write(folder.resolve("no/such/folder")))
                .hasMessageContaining("there is no folder");

        try (var entries = Files.list(folder)) {
            assertThat(entries.toList()).isEqualTo(List.of(path));
        }
    }
}
