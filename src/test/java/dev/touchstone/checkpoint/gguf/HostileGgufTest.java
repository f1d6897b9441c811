package dev.touchstone.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.files.ByteSource;
import dev.touchstone.model.MixtureOfExperts;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.StoredTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Invalid and malicious files: each gives an error of one line, without much time or memory. */
class HostileGgufTest {
    @TempDir
    private Path folder;

    private static Arguments file(String message, byte[] bytes) {
        return Arguments.of(message, bytes);
    }

    private static Stream<Arguments> files() {
        String damaged = ": it is damaged; download it again";
        return Stream.of(
                file("x.gguf does not begin with the letters GGUF: it is no GGUF file", new byte[] {'G', 'G', 'U'}),
                file("x.gguf does not begin with the letters GGUF: it is no GGUF file", new byte[64]),
                file(
                        "x.gguf has GGUF version 1, expected 2 or 3; convert the model again with llama.cpp",
                        GgufBytes.header(1, 0, 0).data(0)),
                file(
                        "x.gguf is a big-endian GGUF file, which is not supported; convert it with"
                                + " python -m gguf.scripts.gguf_convert_endian FILE little",
                        GgufBytes.header(0x0300_0000, 0, 0).data(0)),
                file(
                        "x.gguf announces 18446744073709551615 tensors, but only 24 bytes follow" + damaged,
                        GgufBytes.header(3, -1, 0).data(8)),
                file(
                        "x.gguf announces 1000000 metadata entries, but only 8 bytes follow" + damaged,
                        GgufBytes.header(3, 0, 1_000_000).data(0)),
                file(
                        "x.gguf announces 4611686018427387904 bytes of a string, but only 32 bytes follow" + damaged,
                        GgufBytes.header(3, 0, 1).int64(1L << 62).data(32)),
                file(
                        "x.gguf has a string that is not UTF-8 before byte 33" + damaged,
                        GgufBytes.header(3, 0, 1).int64(1).raw(0xFF).data(32)),
                file(
                        "x.gguf: a has type 13, expected 0 to 12" + damaged,
                        GgufBytes.header(3, 0, 1).string("a").int32(13).data(0)),
                file(
                        "x.gguf: a is a boolean with value 2, expected 0 or 1" + damaged,
                        GgufBytes.header(3, 0, 1).string("a").int32(7).raw(2).data(0)),
                file(
                        "x.gguf: has the key a twice" + damaged,
                        GgufBytes.header(3, 0, 2).number("a", 1).number("a", 1).data(0)),
                file(
                        "x.gguf: general.alignment is 0, expected a multiple of 8 up to 1048576" + damaged,
                        GgufBytes.header(3, 0, 1).number("general.alignment", 0).data(0)),
                file(
                        "x.gguf: t has type 77, which is unknown; expected one of F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0,"
                                + " Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS, F64, BF16, MXFP4",
                        GgufBytes.header(3, 1, 0).tensor("t", 77, 0, 32).data(64)),
                file(
                        "x.gguf: t has rows of 33 elements, expected a multiple of 32 for type Q8_0" + damaged,
                        GgufBytes.header(3, 1, 0)
                                .tensor("t", GgufType.Q8_0, 0, 33)
                                .data(64)),
                file(
                        "x.gguf: t has an axis of size 0" + damaged,
                        GgufBytes.header(3, 1, 0)
                                .tensor("t", GgufType.F32, 0, 0)
                                .data(64)),
                file(
                        "x.gguf: t has an axis of size 2147483647" + damaged,
                        GgufBytes.header(3, 1, 0)
                                .tensor("t", GgufType.F32, 0, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE)
                                .data(64)),
                file(
                        "x.gguf: t has 9 axes, expected at most 4" + damaged,
                        GgufBytes.header(3, 1, 0)
                                .tensor("t", GgufType.F32, 0, new long[9])
                                .data(64)),
                file(
                        "x.gguf: t begins at byte 4 of the data, expected a multiple of 32" + damaged,
                        GgufBytes.header(3, 1, 0)
                                .tensor("t", GgufType.F32, 4, 4)
                                .data(64)),
                file(
                        "x.gguf: t has 16 bytes from byte 64 of the data, of which the file has only 64: it is truncated;"
                                + " download it again",
                        GgufBytes.header(3, 1, 0)
                                .tensor("t", GgufType.F32, 64, 4)
                                .data(64)),
                file(
                        "x.gguf: u begins at byte 0 of the data, within another tensor" + damaged,
                        GgufBytes.header(3, 2, 0)
                                .tensor("t", GgufType.F32, 0, 4)
                                .tensor("u", GgufType.F32, 0, 4)
                                .data(64)),
                file(
                        "x.gguf: has the tensor t twice" + damaged,
                        GgufBytes.header(3, 2, 0)
                                .tensor("t", GgufType.F32, 0, 4)
                                .tensor("t", GgufType.F32, 32, 4)
                                .data(64)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void isRefusedInOneLine(String message, byte[] bytes) {
        assertThatThrownBy(() -> open(bytes))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage(message);
    }

    @Test
    void nestedArraysAreLimited() {
        GgufBytes deep = GgufBytes.header(3, 0, 1).string("deep").int32(9);
        for (int i = 0; i < 20; i++) {
            deep.int32(9).int64(1);
        }

        assertThatThrownBy(() -> open(deep.data(0)))
                .hasMessage("x.gguf: deep has arrays nested more than 8 deep: it is damaged; download it again");
    }

    @Test
    void unsupportedTypesAreListedButNotRead() throws IOException {
        byte[] bytes =
                GgufBytes.header(2, 1, 0).tensor("t", GgufType.IQ2_S, 0, 256).data(96);
        try (Gguf gguf = open(bytes)) {
            GgufTensor tensor = gguf.all().get(0);

            assertThat(tensor.type()).isEqualTo(GgufType.IQ2_S);
            assertThatThrownBy(() -> tensor.reader(256))
                    .hasMessageStartingWith(
                            "x.gguf: t has type IQ2_S, which is not supported; expected one of F32, F16");
        }
    }

    @Test
    void partsOfASplitModelMustBeThere() throws IOException {
        Files.write(
                folder.resolve("m-00001-of-00002.gguf"),
                GgufBytes.header(3, 0, 0).data(0));

        assertThatThrownBy(() -> Gguf.open(folder.resolve("m-00001-of-00002.gguf")))
                .hasMessageEndingWith("is part of a split model, and m-00002-of-00002.gguf is not beside it;"
                        + " download all parts into one folder");
    }

    @Test
    void partsTogetherAreOneModel() throws IOException {
        Path first = folder.resolve("m-00001-of-00002.gguf");
        Files.write(
                first, GgufBytes.header(3, 1, 0).tensor("t", GgufType.F32, 0, 4).data(64));
        Files.write(
                folder.resolve("m-00002-of-00002.gguf"),
                GgufBytes.header(3, 1, 0).tensor("u", GgufType.F32, 0, 4).data(64));
        try (Gguf gguf = Gguf.open(first)) {
            assertThat(gguf.all()).extracting(GgufTensor::name).containsExactly("t", "u");
        }
    }

    /** NaN as a scale makes weights that are not finite. */
    @Test
    void aScaleThatIsNotANumberIsAnError() throws IOException {
        byte[] bytes = Files.readAllBytes(Fixtures.root().resolve("gguf-llama.gguf"));
        Path file = folder.resolve("nan.gguf");
        for (int i = bytes.length - 400; i < bytes.length; i++) {
            bytes[i] = (byte) 0xFF;
        }
        Files.write(file, bytes);

        assertThatThrownBy(() -> Checkpoint.load(file))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("nan.gguf: ");
    }

    /** The largest scales of MXFP4 make infinite weights of large codes only. */
    @Test
    void infiniteWeightsAreAnErrorAndLargeOnesAreNot() throws IOException {
        byte[] bytes = Files.readAllBytes(Fixtures.gguf("gpt-oss"));
        Path file = folder.resolve("large.gguf");
        GgufHeader header = GgufHeader.read("x.gguf", ByteSource.of(bytes));
        GgufHeader.Entry up = header.tensors().get("blk.1.ffn_up_exps.weight");
        int block = (int) (header.dataStart() + up.offset());
        assertThat(up.type()).isEqualTo(GgufType.MXFP4);
        bytes[block] = (byte) 253;
        Arrays.fill(bytes, block + 1, block + 17, (byte) 0x11);
        Files.write(file, bytes);
        Matrix matrix = ((MixtureOfExperts)
                        Checkpoint.load(file).transformer().blocks().get(1).mlp())
                .experts()
                .up()
                .weights()
                .get(0);
        float[] expected = new float[matrix.inputs() * matrix.outputs()];
        try (Gguf gguf = Gguf.open(file)) {
            gguf.tensors().get(up.name()).reader(expected.length).floats(0, expected.length, expected, 0);
        }

        assertThat(expected[0]).isEqualTo(0x1p125f);
        for (int i = 0; i < expected.length; i++) {
            assertThat(matrix.at(i % matrix.inputs(), i / matrix.inputs())).isEqualTo(expected[i]);
        }
        bytes[block + 1] = 0x77;
        Files.write(file, bytes);
        assertThatThrownBy(() -> Checkpoint.load(file))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining(" holds Infinity at ");
    }

    /** A file with damaged bytes loads, or is refused in one line. */
    @Property(tries = 300)
    void damagedFilesAreRefusedInOneLine(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        List<String> models = Fixtures.ggufModels();
        byte[] bytes = Files.readAllBytes(Fixtures.gguf(models.get(random.nextInt(models.size()))));
        int header = 3000;
        for (int i = 0; i < 1 + random.nextInt(4); i++) {
            bytes[random.nextInt(header)] = (byte) random.nextInt(256);
        }
        try (GgufFolder opened = GgufFolder.of(open(bytes))) {
            assertThat(opened.all()).isNotEmpty();
            for (StoredTensor weight : opened.all()) {
                int count = (int) Math.min(1000, weight.elements());
                weight.reader(count).floats(weight.elements() - count, count, new float[count], 0);
            }
        } catch (TouchstoneException e) {
            assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(1200);
        }
    }

    private static Gguf open(byte[] bytes) throws IOException {
        return Gguf.open("x.gguf", ByteSource.of(bytes));
    }
}
