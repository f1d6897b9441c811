package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.gguf.GgufFolder;
import dev.touchstone.checkpoint.gguf.GgufType;
import dev.touchstone.checkpoint.gguf.OneTypeModel;
import dev.touchstone.checkpoint.safetensors.DType;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.parity.Fixture;
import dev.touchstone.support.Fixtures;
import dev.touchstone.support.RunsBesideOthers;
import dev.touchstone.weights.ReadOptions;
import dev.touchstone.weights.WeightType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The logits of each fixture, of each GGUF model and of a model of each GGUF type have the committed SHA-256 digest, which is the same for
 * all processors, JDKs, vector widths and numbers of threads. A GGUF model and its de-quantised folder have the same digest.
 */
@RunsBesideOthers
class LogitsDigestTest {
    private static final String COMMITTED = "logits.properties";

    @TempDir
    static Path temporary;

    /**
     * A model that has a digest.
     *
     * @param path a folder or a GGUF file
     */
    private record Subject(String name, Path path) {}

    @TestFactory
    Stream<DynamicTest> digests() {
        return Stream.concat(subjects(), ggufSubjects()).flatMap(LogitsDigestTest::tests);
    }

    @TestFactory
    Stream<DynamicTest> digestsOfDequantizedFolders() {
        return ggufSubjects()
                .map(LogitsDigestTest::dequantized)
                .flatMap(
                        subject -> Stream.of(scalar(subject), vector(subject, 1, VectorUse.ALWAYS, WeightType.STORED)));
    }

    private static Stream<DynamicTest> tests(Subject subject) {
        return Stream.of(
                scalar(subject),
                vector(subject, 1, VectorUse.ALWAYS, WeightType.STORED),
                vector(subject, 3, VectorUse.ALWAYS, WeightType.STORED),
                vector(subject, 1, VectorUse.ALWAYS, WeightType.FLOAT32),
                vector(subject, 3, VectorUse.NEVER, WeightType.STORED));
    }

    private static DynamicTest scalar(Subject subject) {
        return DynamicTest.dynamicTest(
                subject.name + ", scalar", () -> check(subject, WeightType.STORED, new ScalarKernels()));
    }

    private static DynamicTest vector(Subject subject, int threads, VectorUse use, WeightType type) {
        String name = "%s, vectors %s, %d threads, weights %s".formatted(subject.name, use, threads, type);
        return DynamicTest.dynamicTest(name, () -> {
            LoopCounts counts = new LoopCounts();
            try (VectorKernels kernels = counts.open(threads, use)) {
                check(subject, type, kernels);
            }
            if (use == VectorUse.ALWAYS) {
                counts.assertOnlyVector();
            } else {
                counts.assertOnlyPlain();
            }
        });
    }

    @Test
    void everyDigestHasAModel() {
        List<String> names =
                Stream.concat(subjects(), ggufSubjects()).map(Subject::name).toList();

        assertThat(committed().stringPropertyNames()).containsExactlyInAnyOrderElementsOf(names);
    }

    private static Stream<Subject> subjects() {
        return Fixtures.all().stream().map(fixture -> new Subject(fixture.name(), fixture.folder()));
    }

    private static Stream<Subject> ggufSubjects() {
        Stream<Subject> fixtures =
                Fixtures.ggufModels().stream().map(model -> new Subject("gguf-" + model, Fixtures.gguf(model)));
        return Stream.concat(
                fixtures, GgufType.readable().stream().map(type -> new Subject("gguf-type-" + type, file(type))));
    }

    /** A model of one type, written once: the tests of this class run at the same time. */
    private static synchronized Path file(GgufType type) {
        Path file = temporary.resolve(type + ".gguf");
        if (!Files.exists(file)) {
            OneTypeModel.write(file, type);
        }
        return file;
    }

    /** The de-quantised folder of a GGUF model, under its name. */
    private static Subject dequantized(Subject subject) {
        Path folder = temporary.resolve("dequantized").resolve(subject.name);
        try (GgufFolder gguf = GgufFolder.open(subject.path)) {
            gguf.write(folder, DType.F32);
        }
        return new Subject(subject.name, folder);
    }

    private static void check(Subject subject, WeightType type, Kernels kernels) throws NoSuchAlgorithmException {
        assertThat(digest(model(subject, type), kernels))
                .as(
                        "SHA-256 of the logits of %s; if its weights were meant to change, write this to %s",
                        subject.name, COMMITTED)
                .isEqualTo(committed().getProperty(subject.name));
    }

    private static Transformer model(Subject subject, WeightType type) {
        return type == WeightType.STORED && subject.path.startsWith(Fixtures.root())
                ? Fixtures.model(new Fixture(subject.path)).transformer()
                : Checkpoint.load(subject.path, ReadOptions.DEFAULT.type(type)).transformer();
    }

    /** The digest of the logits of three prompts, of 1 and 17 tokens, and of as many as the context has, but at most 100. */
    private static String digest(Transformer model, Kernels kernels) throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        int vocabulary = model.shape().vocabulary();
        for (int length : new int[] {1, 17, Math.min(100, model.shape().positions())}) {
            int[] ids = IntStream.range(0, length)
                    .map(i -> (i * 7919 + 13) % vocabulary)
                    .toArray();
            float[] logits = model.forward(ids, kernels, Trace.OFF).data();
            ByteBuffer bytes = ByteBuffer.allocate(logits.length * Float.BYTES);
            bytes.asFloatBuffer().put(logits);
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static Properties committed() {
        Properties committed = new Properties();
        try (InputStream in = LogitsDigestTest.class.getResourceAsStream(COMMITTED)) {
            committed.load(in);
        } catch (IOException e) {
            throw new AssertionError(COMMITTED + " cannot be read", e);
        }
        return committed;
    }
}
