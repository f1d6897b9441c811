package dev.touchstone.checkpoint.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.walk.Walk.Case;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.weights.ReadOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Runs the model of a case, and compares logits. */
final class LogitsCheck {
    /** The shapes of the tensors that a folder has, which are mostly those of the case before. */
    private static final Map<Path, Map<String, String>> WRITTEN = new ConcurrentHashMap<>();

    private LogitsCheck() {}

    /** Asserts that the logits are equal but for rounding. */
    static void assertLogits(Case it, float[] logits, float... expected) {
        assertThat(logits).as("%s", it).hasSize(expected.length);
        float tolerance = 1e-5f * largest(expected);
        for (int i = 0; i < logits.length; i++) {
            assertThat(logits[i]).as("%s: logit %d", it, i).isCloseTo(expected[i], within(tolerance));
        }
    }

    private static float largest(float... numbers) {
        float largest = 0;
        for (float number : numbers) {
            largest = Math.max(largest, Math.abs(number));
        }
        return largest;
    }

    /** The logits of the last token, of the model of a case with this {@code config.json}, which is written to {@code folder}. (V) */
    static float[] logits(Case it, JsonNode config, Path folder) throws IOException {
        Files.writeString(folder.resolve("config.json"), config.toString());
        Map<String, String> shapes = new TreeMap<>();
        it.shapes().forEach((name, shape) -> shapes.put(name, Arrays.toString(shape)));
        if (!shapes.equals(WRITTEN.put(folder, shapes))) {
            SeededWeights.write(it.shapes(), folder.resolve("model.safetensors"));
        }
        ReadOptions options = ReadOptions.DEFAULT.threads(1).warnings(line -> {});
        Transformer model = Checkpoint.load(folder, options).transformer();
        Tensor logits = model.forward(it.ids(), new ScalarKernels(), Trace.OFF);
        return logits.rows(it.ids().length - 1, it.ids().length).data();
    }
}
