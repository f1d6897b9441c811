package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.parity.Fixture;
import dev.touchstone.support.Fixtures;
import dev.touchstone.weights.Progress;
import dev.touchstone.weights.WeightType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The logits of every fixture, bit for bit, are those that were committed: one digest for all processors, JDKs, vector
 * widths and numbers of threads. The machine that runs this test need not have the others to compare itself with.
 */
class LogitsDigestTest {
    private static final String COMMITTED = "logits.properties";
    private static final List<VectorKernels> VECTOR = List.of(new VectorKernels(1), new VectorKernels(3));

    @AfterAll
    static void closeThePools() {
        VECTOR.forEach(VectorKernels::close);
    }

    @TestFactory
    Stream<DynamicTest> digests() {
        return Fixtures.all().stream()
                .flatMap(fixture -> Stream.of(
                        test(fixture, "scalar", new ScalarKernels(), WeightType.STORED),
                        test(fixture, "vector", VECTOR.get(0), WeightType.STORED),
                        test(fixture, "vector, 3 threads", VECTOR.get(1), WeightType.STORED),
                        test(fixture, "vector, widened", VECTOR.get(0), WeightType.FLOAT32)));
    }

    @Test
    void everyDigestHasItsFixture() {
        List<String> fixtures = Fixtures.all().stream().map(Fixture::name).toList();

        assertThat(committed().stringPropertyNames()).containsExactlyInAnyOrderElementsOf(fixtures);
    }

    private static DynamicTest test(Fixture fixture, String kind, Kernels kernels, WeightType type) {
        return DynamicTest.dynamicTest(
                fixture.name() + ", " + kind,
                () -> assertThat(digest(model(fixture, type), kernels))
                        .as(
                                "SHA-256 of the logits of %s; if its weights were meant to change, write this to %s",
                                fixture.name(), COMMITTED)
                        .isEqualTo(committed().getProperty(fixture.name())));
    }

    private static Transformer model(Fixture fixture, WeightType type) {
        return type == WeightType.STORED
                ? Fixtures.model(fixture).transformer()
                : Checkpoint.load(fixture.folder(), type, Progress.OFF).transformer();
    }

    /** Of all logits of a short prompt, of one that fills a few tiles, and of one that fills the context, up to 100. */
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
