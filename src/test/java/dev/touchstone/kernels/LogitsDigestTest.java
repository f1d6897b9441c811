package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.parity.Fixture;
import dev.touchstone.support.Fixtures;
import dev.touchstone.weights.ReadOptions;
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
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The logits of each fixture have the committed SHA-256 digest, which is the same for all processors, JDKs, vector widths and
 * numbers of threads.
 */
class LogitsDigestTest {
    private static final String COMMITTED = "logits.properties";

    @TestFactory
    Stream<DynamicTest> digests() {
        return Fixtures.all().stream()
                .flatMap(fixture -> Stream.of(
                        scalar(fixture),
                        vector(fixture, 1, VectorUse.ALWAYS, WeightType.STORED),
                        vector(fixture, 3, VectorUse.ALWAYS, WeightType.STORED),
                        vector(fixture, 1, VectorUse.ALWAYS, WeightType.FLOAT32),
                        vector(fixture, 3, VectorUse.NEVER, WeightType.STORED)));
    }

    private static DynamicTest scalar(Fixture fixture) {
        return DynamicTest.dynamicTest(
                fixture.name() + ", scalar", () -> check(fixture, WeightType.STORED, new ScalarKernels()));
    }

    private static DynamicTest vector(Fixture fixture, int threads, VectorUse use, WeightType type) {
        String name = "%s, vectors %s, %d threads, weights %s".formatted(fixture.name(), use, threads, type);
        return DynamicTest.dynamicTest(name, () -> {
            LoopCounts counts = new LoopCounts();
            try (VectorKernels kernels = counts.open(threads, use)) {
                check(fixture, type, kernels);
            }
            if (use == VectorUse.ALWAYS) {
                counts.assertOnlyVector();
            } else {
                counts.assertOnlyPlain();
            }
        });
    }

    @Test
    void everyDigestHasAFixture() {
        List<String> fixtures = Fixtures.all().stream().map(Fixture::name).toList();

        assertThat(committed().stringPropertyNames()).containsExactlyInAnyOrderElementsOf(fixtures);
    }

    private static void check(Fixture fixture, WeightType type, Kernels kernels) throws NoSuchAlgorithmException {
        assertThat(digest(model(fixture, type), kernels))
                .as(
                        "SHA-256 of the logits of %s; if its weights were meant to change, write this to %s",
                        fixture.name(), COMMITTED)
                .isEqualTo(committed().getProperty(fixture.name()));
    }

    private static Transformer model(Fixture fixture, WeightType type) {
        return type == WeightType.STORED
                ? Fixtures.model(fixture).transformer()
                : Checkpoint.load(fixture.folder(), ReadOptions.DEFAULT.type(type))
                        .transformer();
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
