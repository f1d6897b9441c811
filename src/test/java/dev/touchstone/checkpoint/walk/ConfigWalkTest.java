package dev.touchstone.checkpoint.walk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.walk.Walk.Case;
import dev.touchstone.checkpoint.walk.WalkCount.Effect;
import dev.touchstone.support.RunsBesideOthers;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * No attribute of {@code config.json} is ignored that changes the logits of Hugging Face: changing it changes the logits here in the same
 * way, or is an error that names it.
 */
@Order(1)
@RunsBesideOthers
class ConfigWalkTest {
    /** The attributes with values that Hugging Face supports and this library does not; the README names them. */
    private static final Set<String> REFUSED = new TreeSet<>(Set.of(
            "activation", // prelu
            "activation_function", // prelu
            "add_cross_attention",
            "apply_residual_connection_post_layernorm",
            "architectures",
            "hidden_act", // prelu
            "hidden_activation", // prelu
            "head_dim", // of StableLM and DeepSeek-V3, other than the size that follows from the others
            "is_causal",
            "layer_norm_elementwise_affine",
            "layer_types", // sliding attention of Qwen2-MoE without use_sliding_window, which means a window of 0
            "pad_token_id", // of XGLM
            "n_group", // that does not divide the number of experts
            "num_experts_per_tok", // more than the chosen groups of DeepSeek-V2 have
            "partial_rotary_factor",
            "qk_layernorm",
            "rope_parameters",
            "sliding_window", // 0
            "swiglu_alpha",
            "use_bidirectional_attention",
            "window_size")); // 0

    /** A message about two names of one size with different values. */
    private static final String TWO_NAMES = ".*config.json: \\w+ is \\d+, expected the value of \\w+, \\d+";

    private static final String ODD_ROTARY = "an even number of rotary channels";

    private final Set<String> refused = new TreeSet<>();

    @TempDir
    private Path folder;

    @TestFactory
    @Execution(ExecutionMode.SAME_THREAD) // they write to one folder
    Stream<DynamicTest> aChangedAttributeChangesTheLogitsAsInHuggingFaceOrIsRefused() throws IOException {
        Stream<DynamicTest> cases = Walk.cases("config-walk.json").stream()
                .map(it -> DynamicTest.dynamicTest(it.toString(), () -> check(it)));
        DynamicTest all = DynamicTest.dynamicTest(
                "each attribute that may be refused is",
                () -> assertThat(refused).isEqualTo(REFUSED));
        return Stream.concat(cases, Stream.of(all));
    }

    private void check(Case it) throws IOException {
        float[] logits;
        try {
            logits = LogitsCheck.logits(it, it.config(), folder);
        } catch (TouchstoneException e) {
            refused(it, e.getMessage());
            return;
        }
        if (it.isRefused()) {
            accepted(it, logits);
            return;
        }
        LogitsCheck.assertLogits(it, logits, it.logits());
        WalkCount.CONFIG.add(it.changesLogits() ? Effect.OTHER_LOGITS : Effect.SAME_LOGITS);
    }

    private void refused(Case it, String message) {
        assertThat(message).as("%s", it).doesNotContain("\n");
        if (it.isRefused()) {
            WalkCount.CONFIG.add(Effect.REFUSED_BY_BOTH);
            return;
        }
        boolean unusedTensors = it.hasUnusedTensors() && message.contains("config.json describes another model");
        if (!unusedTensors && !message.matches(TWO_NAMES) && !message.contains(ODD_ROTARY)) {
            Set<String> named = new TreeSet<>(it.attributes());
            named.removeIf(name -> !message.contains(name) || !REFUSED.contains(name));
            assertThat(named).as("%s: refused here: %s", it, message).isNotEmpty();
            refused.addAll(named);
        }
        WalkCount.CONFIG.add(Effect.REFUSED_HERE);
    }

    /**
     * Hugging Face may throw for a value that has no effect on logits, such as a dropout above 1, and for null, which means the default
     * here.
     */
    private void accepted(Case it, float... logits) throws IOException {
        assertThat(it.entry().has("missing")).as("%s: weights are missing", it).isFalse();
        ObjectNode withoutNull = it.config().deepCopy();
        withoutNull
                .properties()
                .removeIf(field -> field.getValue().isNull() && it.attributes().contains(field.getKey()));
        boolean isNull = withoutNull.size() < it.config().size();
        LogitsCheck.assertLogits(it, logits, isNull ? LogitsCheck.logits(it, withoutNull, folder) : it.logits());
        WalkCount.CONFIG.add(Effect.ACCEPTED_HERE);
    }
}
