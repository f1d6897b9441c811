package dev.touchstone.checkpoint.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.walk.Walk.Case;
import dev.touchstone.checkpoint.walk.WalkCount.Effect;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.ReadOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * No attribute of {@code config.json} is ignored that changes the logits of Hugging Face: changing it changes the logits here in the same
 * way, or is an error that names it.
 */
class ConfigWalkTest {
    /** The attributes with values that Hugging Face supports and this library does not; the README names them. */
    private static final Set<String> REFUSED = new TreeSet<>(Set.of(
            "_remove_final_layer_norm",
            "activation_function", // prelu
            "add_cross_attention",
            "apply_residual_connection_post_layernorm",
            "architectures",
            "do_layer_norm_before",
            "hidden_act", // prelu
            "hidden_activation", // prelu
            "is_causal",
            "layer_norm_elementwise_affine",
            "pad_token_id", // of XGLM
            "partial_rotary_factor",
            "qk_layernorm",
            "rope_parameters",
            "sliding_window", // 0
            "use_bidirectional_attention",
            "window_size", // 0
            "word_embed_proj_dim"));

    /** A message about two names of one size with different values. */
    private static final String TWO_NAMES = ".*config.json: \\w+ is \\d+, expected the value of \\w+, \\d+";

    private static final String ODD_ROTARY = "an even number of rotary channels";

    private final Set<String> refused = new TreeSet<>();

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> aChangedAttributeChangesTheLogitsAsInHuggingFaceOrIsRefused() throws IOException {
        Stream<DynamicTest> cases =
                Walk.cases().stream().map(it -> DynamicTest.dynamicTest(it.toString(), () -> check(it)));
        DynamicTest all = DynamicTest.dynamicTest(
                "each attribute that may be refused is",
                () -> assertThat(refused).isEqualTo(REFUSED));
        return Stream.concat(cases, Stream.of(all));
    }

    private void check(Case it) throws IOException {
        float[] logits;
        try {
            logits = logits(it, it.config());
        } catch (TouchstoneException e) {
            refused(it, e.getMessage());
            return;
        }
        if (it.isRefused()) {
            accepted(it, logits);
            return;
        }
        assertLogits(it, logits, it.logits());
        WalkCount.add(it.changesLogits() ? Effect.OTHER_LOGITS : Effect.SAME_LOGITS);
    }

    private void refused(Case it, String message) {
        assertThat(message).as("%s", it).doesNotContain("\n");
        if (it.isRefused()) {
            WalkCount.add(Effect.REFUSED_BY_BOTH);
            return;
        }
        boolean unusedTensors = it.hasUnusedTensors() && message.contains("config.json describes another model");
        if (!unusedTensors && !message.matches(TWO_NAMES) && !message.contains(ODD_ROTARY)) {
            Set<String> named = new TreeSet<>(it.attributes());
            named.removeIf(name -> !message.contains(name) || !REFUSED.contains(name));
            assertThat(named).as("%s: refused here: %s", it, message).isNotEmpty();
            refused.addAll(named);
        }
        WalkCount.add(Effect.REFUSED_HERE);
    }

    /**
     * Hugging Face may throw for a value that has no effect on logits, such as a dropout above 1, and for null, which means the default
     * here.
     */
    private void accepted(Case it, float... logits) throws IOException {
        assertThat(it.entry().has("missing")).as("%s: weights are missing", it).isFalse();
        ObjectNode withoutNull = it.config().deepCopy();
        withoutNull.properties().removeIf(field -> field.getValue().isNull());
        boolean isNull = withoutNull.size() < it.config().size();
        assertLogits(it, logits, isNull ? logits(it, withoutNull) : it.logits());
        WalkCount.add(Effect.ACCEPTED_HERE);
    }

    private static void assertLogits(Case it, float[] logits, float... expected) {
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

    /** Of the last token. (V) */
    private float[] logits(Case it, JsonNode config) throws IOException {
        Files.writeString(folder.resolve("config.json"), config.toString());
        SeededWeights.write(it.shapes(), folder.resolve("model.safetensors"));
        ReadOptions options = ReadOptions.DEFAULT.threads(1).warnings(line -> {});
        Transformer model = Checkpoint.load(folder, options).transformer();
        Tensor logits = model.forward(it.ids(), new ScalarKernels(), Trace.OFF);
        return logits.rows(it.ids().length - 1, it.ids().length).data();
    }
}
