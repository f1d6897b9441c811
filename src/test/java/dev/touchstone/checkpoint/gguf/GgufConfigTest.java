package dev.touchstone.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.support.Fixtures;
import dev.touchstone.util.Json;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.StoredTensor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Metadata that is missing or not supported is refused by name, and scaling of rotary embeddings is read under all its names. */
class GgufConfigTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            gpt2        | attention.layer_norm_epsilon | | the metadata lacks gpt2.attention.layer_norm_epsilon;
            gpt2        | feed_forward_length          | | the metadata lacks gpt2.feed_forward_length;
            gpt2        | attention.head_count         | 0 | gpt2.attention.head_count is 0, expected a whole number above 0
            gpt2        | attention.sliding_window     | 7 | gpt2.attention.sliding_window is 7, which is not supported; expected 0
            gptj        | rope.dimension_count         | | the metadata lacks gptj.rope.dimension_count;
            gptj        | rope.freq_base               | 500.0 | gptj.rope.freq_base is 500.0, which is not supported; expected 10000.0
            gptneox     | use_parallel_residual        | | the metadata lacks gptneox.use_parallel_residual;
            gptneox     | rope.dimension_count         | | the metadata lacks gptneox.rope.dimension_count;
            gptneox     | attention.head_count         | 5 | blk.0.attn_qkv.weight has shape [288, 96], expected 285 rows by the number
            bloom       | feed_forward_length          | 256 | bloom.feed_forward_length is 256, expected 384, 4 times the embedding_length;
            bloom       | attention.max_alibi_bias     | 4.0 | bloom.attention.max_alibi_bias is 4.0, which is not supported; expected 8.0
            phi2        | use_parallel_residual        | false | phi2.use_parallel_residual is false, which is not supported; expected true
            phi2-fused  | attention.head_count_kv      | 2 | blk.0.attn_qkv.weight has shape [288, 96], expected 160 rows by the number
            qwen2       | attention.sliding_window     | 4 | qwen2.attention.sliding_window is 4, which is not supported; expected 0
            llama       | attention.head_count_kv      | 3 | blk.0.attn_k.weight has shape [32, 96], expected 48 rows by the number
            llama       | use_parallel_residual        | true | llama.use_parallel_residual is true, which is not supported; expected false
            llama       | rope.scaling.type            | "longrope" | llama.rope.scaling.type is longrope, which is not supported;
            llama       | rope.dimension_count         | 8 | llama.rope.dimension_count is 8, expected 16, the size of a head; other
            mixtral     | expert_used_count            | | the metadata lacks llama.expert_used_count;
            mixtral     | expert_weights_norm          | false | llama.expert_weights_norm is false, which is not supported; expected true
            qwen2moe    | expert_weights_norm          | true | qwen2moe.expert_weights_norm is true, which is not supported; expected false
            qwen2moe    | expert_feed_forward_length   | | the metadata lacks qwen2moe.expert_feed_forward_length;
            qwen2moe    | expert_shared_feed_forward_length | | the metadata lacks qwen2moe.expert_shared_feed_forward_length;
            qwen3moe    | expert_count                 | | the metadata lacks qwen3moe.expert_count;
            qwen3moe    | expert_gating_func           | 2 | qwen3moe.expert_gating_func is 2, which is not supported; expected 1
            qwen3moe    | leading_dense_block_count    | 1 | qwen3moe.leading_dense_block_count is 1, which is not supported; expected 0
            gpt-oss     | attention.sliding_window     | | the metadata lacks gpt-oss.attention.sliding_window;
            gpt-oss     | attention.sliding_window_pattern | [true] | gpt-oss.attention.sliding_window_pattern is an array of 1 elements
            gpt-oss     | rope.scaling.yarn_attn_factor | 2.0 | gpt-oss.rope.scaling.yarn_attn_factor is 2.0, which is not supported;
            deepseek2   | attention.kv_lora_rank       | | the metadata lacks deepseek2.attention.kv_lora_rank;
            deepseek2   | attention.value_length_mla   | | the metadata lacks deepseek2.attention.value_length_mla;
            deepseek2   | attention.key_length_mla     | 8 | deepseek2.attention.key_length_mla is 8, which is not supported; expected more
            deepseek2   | attention.key_length         | 8 | deepseek2.attention.key_length is 8, expected 40, kv_lora_rank and
            deepseek2   | attention.head_count_kv      | 4 | deepseek2.attention.head_count_kv is 4, expected 1, the latent;
            deepseek2-groups | attention.head_count_kv | 1 | deepseek2.attention.head_count_kv is 1, expected 4, the number of heads;
            deepseek2   | rope.scaling.yarn_log_multiplier | | the metadata lacks deepseek2.rope.scaling.yarn_log_multiplier;
            deepseek2   | rope.scaling.yarn_attn_factor | 1.0 | deepseek2.rope.scaling.yarn_attn_factor is 1.0, which is not supported;
            deepseek2   | expert_group_count           | | the metadata lacks deepseek2.expert_group_count;
            deepseek2   | expert_shared_count          | | the metadata lacks deepseek2.expert_shared_count;
            deepseek2   | leading_dense_block_count    | | the metadata lacks deepseek2.leading_dense_block_count;
            deepseek2   | expert_weights_norm          | true | deepseek2.expert_weights_norm is true, which is not supported; expected false
            deepseek2   | expert_gating_func           | 3 | deepseek2.expert_gating_func is 3, which is not supported; expected 1
            deepseek2   | attention.temperature_scale  | 0.1 | deepseek2.attention.temperature_scale is 0.1, which is not supported;
            deepseek3   | expert_weights_norm          | 1 | deepseek2.expert_weights_norm is 1, expected true or false
            deepseek3   | nextn_predict_layers         | 1 | deepseek2.nextn_predict_layers is 1, which is not supported; expected 0
            llama4      | interleave_moe_layer_step    | | the metadata lacks llama4.interleave_moe_layer_step;
            llama4      | expert_feed_forward_length   | | the metadata lacks llama4.expert_feed_forward_length;
            llama4      | attention.sliding_window     | 0 | llama4.attention.sliding_window is 0, which is not supported; expected 8192
            llama4      | expert_weights_norm          | true | llama4.expert_weights_norm is true, which is not supported; expected false
            ministral3  | rope.scaling.type            | | mistral3.rope.scaling.type is none, which is not supported; expected yarn
            ministral3  | rope.scaling.yarn_log_multiplier | | the metadata lacks mistral3.rope.scaling.yarn_log_multiplier;
            ministral3  | attention.temperature_length | 9 | mistral3.attention.temperature_length is 9, expected 8, rope.scaling.
            ministral3  | expert_count                 | 4 | mistral3.expert_count is 4, which is not supported; expected 0
            qwen2       | rope.scaling.type            | "yarn" | the metadata lacks qwen2.rope.scaling.factor;
            gemma       | attention.sliding_window     | 3 | gemma.attention.sliding_window is 3, which is not supported; expected 0
            gemma3      | attn_logit_softcapping       | 5.0 | gemma3.attn_logit_softcapping is 5.0, which is not supported; expected 0.0
            phi3        | attention.sliding_window     | | the metadata lacks phi3.attention.sliding_window;
            phi3        | rope.scaling.original_context_length | | the metadata lacks phi3.rope.scaling.original_context_length;
            phi3-longrope | rope.scaling.attn_factor   | | the metadata lacks phi3.rope.scaling.attn_factor;
            granite     | attention.scale              | | the metadata lacks granite.attention.scale;
            granite     | logit_scale                  | | the metadata lacks granite.logit_scale;
            granite     | rope.scaling.finetuned       | false | granite.rope.scaling.finetuned is false, which is not supported; expected true
            granitemoe  | expert_shared_feed_forward_length | 64 | granitemoe.expert_shared_feed_forward_length is 64, which is not
            olmo        | attention.layer_norm_epsilon | 0.001 | olmo.attention.layer_norm_epsilon is 0.001, which is not supported;
            olmo2       | attention.clamp_kqv          | 8.0 | olmo2.attention.clamp_kqv is 8.0, which is not supported; expected 0.0
            smollm3     | rope.dimension_count         | 6 | smollm3.rope.dimension_count is 6, expected 8, the size of a head; other
            command-r   | logit_scale                  | | the metadata lacks command-r.logit_scale;
            cohere2     | attention.sliding_window     | | the metadata lacks cohere2.attention.sliding_window;
            starcoder2  | attention.layer_norm_epsilon | | the metadata lacks starcoder2.attention.layer_norm_epsilon;
            stablelm    | rope.dimension_count         | | the metadata lacks stablelm.rope.dimension_count;
            falcon-groups | attention.head_count_kv    | 4 | blk.0.attn_qkv.weight has shape [64, 32], expected 96 rows by the number
            starcoder   | attention.head_count_kv      | 4 | starcoder.attention.head_count_kv is 4, which is not supported; expected 1
            mpt         | attention.max_alibi_bias     | | the metadata lacks mpt.attention.max_alibi_bias;
            mpt         | attention.max_alibi_bias     | 0.0 | mpt.attention.max_alibi_bias is 0.0, which is not supported; expected 8.0
            llama-factors | attention.sliding_window   | 4 | llama.attention.sliding_window is set, in a model with biases, which is not
            """)
    void isRefusedByName(String model, String key, String value, String message) {
        Consumer<ObjectNode> change = metadata -> {
            String name = metadata.get("general.architecture").textValue() + "." + key;
            if (value == null) {
                metadata.remove(name);
            } else {
                metadata.set(name, Json.value("value", value));
            }
        };

        assertThatThrownBy(() -> config(model, change))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageStartingWith("gguf-" + model + ".gguf: " + message);
    }

    /** The help of the command line shows them, where only constants can be. */
    @Test
    void theListsOfArchitecturesAndTypesAreComplete() {
        assertThat(Arrays.stream(GgufArchitecture.values())
                        .map(GgufArchitecture::id)
                        .distinct())
                .containsExactly(GgufFolder.ARCHITECTURES.split(", "));
        assertThat(GgufType.readable().stream().map(GgufType::name)).containsExactly(GgufFolder.TYPES.split(", "));
    }

    @Test
    void aWindowMakesItMistral() {
        JsonNode config = config("llama", metadata -> metadata.put("llama.attention.sliding_window", 9));

        assertThat(config.get("model_type").textValue()).isEqualTo("mistral");
        assertThat(config.get("sliding_window").intValue()).isEqualTo(9);
    }

    /** Files from before {@code rope.scaling.type} have a factor only. */
    @Test
    void theOldNameOfLinearScalingIsRead() {
        JsonNode rope = rope("llama", metadata -> metadata.put("llama.rope.scale_linear", 4.0));

        assertThat(rope.get("rope_type").textValue()).isEqualTo("linear");
        assertThat(rope.get("factor").doubleValue()).isEqualTo(4);
    }

    @Test
    void yarnKeepsItsSettings() {
        JsonNode rope = rope(
                "qwen2",
                metadata -> metadata.put("qwen2.rope.scaling.type", "yarn")
                        .put("qwen2.rope.scaling.factor", 4.0)
                        .put("qwen2.rope.scaling.original_context_length", 20)
                        .put("qwen2.rope.scaling.yarn_beta_fast", 16.0)
                        .put("qwen2.rope.scaling.yarn_attn_factor", 1.0));

        assertThat(rope.get("rope_type").textValue()).isEqualTo("yarn");
        assertThat(rope.get("original_max_position_embeddings").intValue()).isEqualTo(20);
        assertThat(rope.get("beta_fast").doubleValue()).isEqualTo(16);
        assertThat(rope.has("beta_slow")).isFalse();
    }

    /** The product of {@code 15.0 / 22} and 22 is less than 15. */
    @Test
    void theNumberOfRotatedChannelsSurvivesRounding() {
        JsonNode rope = rope(
                "gptneox",
                metadata -> metadata.put("gptneox.embedding_length", 22)
                        .put("gptneox.attention.head_count", 1)
                        .put("gptneox.rope.dimension_count", 15));

        assertThat((int) (22 * (15.0 / 22))).isEqualTo(14);
        assertThat((int) (22 * rope.get("partial_rotary_factor").doubleValue())).isEqualTo(15);
    }

    /** llama.cpp's converter does not write Gemma 3's pattern. */
    @Test
    void everySixthLayerOfGemma3HasFullAttention() {
        JsonNode config = config("gemma3", metadata -> {
            metadata.put("gemma3.block_count", 7);
            metadata.remove("gemma3.attention.sliding_window_pattern");
        });

        assertThat(kinds(config)).isEqualTo("sssssfs");
    }

    @Test
    void aPatternMayBeAnElementForEachLayer() {
        JsonNode config = config(
                "gemma3",
                metadata -> metadata.set("gemma3.attention.sliding_window_pattern", Json.value("", "[0, 1]")));

        assertThat(kinds(config)).isEqualTo("fs");
    }

    /** Gemma 3 with one kind of layers has no window, and its largest model has another factor of the scores. */
    @Test
    void modelsOfGemma3DifferAsInLlamaCpp() {
        JsonNode full = config("gemma3", metadata -> metadata.remove("gemma3.attention.sliding_window"));
        JsonNode largest = config("gemma3", metadata -> metadata.put("gemma3.block_count", 62));

        assertThat(kinds(full)).isEqualTo("ff");
        assertThat(full.get("query_pre_attn_scalar").intValue()).isEqualTo(16);
        assertThat(largest.get("query_pre_attn_scalar").intValue()).isEqualTo(32 / 4);
    }

    /** The first letter of the kind of each layer. */
    private static String kinds(JsonNode config) {
        return StreamSupport.stream(config.get("layer_types").spliterator(), false)
                .map(kind -> kind.textValue().substring(0, 1))
                .collect(Collectors.joining());
    }

    @Test
    void anAttentionFactorThatFollowsFromTheLengthsIsNotRepeated() {
        JsonNode usual = rope("phi3-longrope", metadata -> {});
        JsonNode other = rope("phi3-longrope", metadata -> metadata.put("phi3.rope.scaling.attn_factor", 1.5f));

        assertThat(usual.has("attention_factor")).isFalse();
        assertThat(other.get("attention_factor").doubleValue()).isEqualTo(1.5);
    }

    @Test
    void aClampOf0IsNone() {
        JsonNode olmo = config("olmo", metadata -> metadata.put("olmo.attention.clamp_kqv", 0.0f));
        JsonNode mpt = config("mpt", metadata -> metadata.put("mpt.attention.clamp_kqv", 0.0f));

        assertThat(olmo.has("clip_qkv")).isFalse();
        assertThat(mpt.get("attn_config").has("clip_qkv")).isFalse();
    }

    /** OLMo 3 writes the factor that follows from the scaling. */
    @Test
    void theUsualFactorOfYarnIsAccepted() {
        float usual = (float) (0.1 * Math.log(4) + 1);
        JsonNode rope = rope("olmo3", metadata -> metadata.put("olmo2.rope.scaling.yarn_attn_factor", usual));

        assertThat(rope.get("full_attention").get("rope_type").textValue()).isEqualTo("yarn");
        assertThat(rope.get("sliding_attention").get("rope_type").textValue()).isEqualTo("default");
    }

    @Test
    void theBaseOfRotaryEmbeddingsIs10000IfTheFileHasNone() {
        for (String model : List.of("llama", "gemma2", "falcon", "stablelm")) {
            JsonNode rope = rope(
                    model,
                    metadata ->
                            metadata.remove(metadata.get("general.architecture").textValue() + ".rope.freq_base"));

            assertThat(rope.get("rope_theta").doubleValue()).as(model).isEqualTo(10_000);
        }
    }

    /** Gate and up projections of the experts are joined. */
    @Test
    void expertsThatDoNotFitAreRefusedByName() {
        for (String model : List.of("granitemoe", "gpt-oss")) {
            assertThatThrownBy(() -> experts(model, "blk.1.ffn_up_exps.weight", "blk.1.ffn_up_other.weight"))
                    .isInstanceOf(TouchstoneException.class)
                    .hasMessageContaining("ffn_gate_exps");
        }
    }

    /** The weights of a model in which a tensor has another name. */
    private static void experts(String model, String name, String otherName) {
        try (Gguf gguf = Gguf.open(Fixtures.gguf(model))) {
            Map<String, GgufTensor> tensors = new LinkedHashMap<>(gguf.tensors());
            tensors.put(otherName, tensors.remove(name));
            GgufArchitecture architecture = GgufArchitecture.of(gguf);
            for (StoredTensor tensor : GgufWeights.of(architecture, GgufConfig.of(gguf, architecture))
                    .of(tensors)) {
                assertThat(tensor.elements()).isPositive();
            }
        }
    }

    /** Its factor of the embeddings would be missing. */
    @Test
    void yarnWithALogarithmThatIsMultipliedIsRefused() {
        assertThatThrownBy(() -> rope(
                        "qwen2",
                        metadata -> metadata.put("qwen2.rope.scaling.type", "yarn")
                                .put("qwen2.rope.scaling.factor", 4.0)
                                .put("qwen2.rope.scaling.original_context_length", 20)
                                .put("qwen2.rope.scaling.yarn_log_multiplier", 0.5)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("gguf-qwen2.gguf: qwen2.rope.scaling.yarn_log_multiplier is 0.5, which is not supported;"
                        + " expected 0.0");
    }

    /** The converter writes a tenth as float32, which is not ten times smaller exactly. */
    @Test
    void theScaleOfYarnIsTheNumberThatWasConverted() {
        JsonNode rope = rope("deepseek2", metadata -> {});

        assertThat(rope.get("mscale").doubleValue()).isEqualTo(0.707);
        assertThat(rope.get("mscale_all_dim").doubleValue()).isEqualTo(0.707);
    }

    /** llama.cpp then has experts that are not multiplied. */
    @Test
    void missingSettingsOfDeepSeeksExpertsHaveLlamaCppsDefaults() {
        JsonNode config = config("deepseek3", metadata -> {
            metadata.remove("deepseek2.expert_weights_scale");
            metadata.remove("deepseek2.expert_weights_norm");
        });

        assertThat(config.get("routed_scaling_factor").doubleValue()).isEqualTo(1);
        assertThat(config.get("norm_topk_prob").booleanValue()).isFalse();
    }

    /** Maverick. */
    @Test
    void aLlama4With128ExpertsHasNoNorms() {
        JsonNode config = config("llama4", metadata -> metadata.put("llama4.expert_count", 128));

        assertThat(config.get("use_qk_norm").booleanValue()).isFalse();
    }

    @Test
    void mistral3WithoutATemperatureIsMistral() {
        JsonNode config = config("mistral3", metadata -> {});

        assertThat(config.get("model_type").textValue()).isEqualTo("mistral");
        assertThat(config.get("sliding_window").isNull()).isTrue();
    }

    @Test
    void projectionsOfLatentsThatDoNotFitAreRefusedByName() {
        assertThatThrownBy(() -> experts("deepseek2", "blk.1.attn_v_b.weight", "blk.1.attn_k_b.bias"))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("gguf-deepseek2.gguf holds blk.1.attn_k_b.weight, expected blk.1.attn_v_b.weight too");
        assertThatThrownBy(() -> experts("deepseek2", "blk.1.attn_q_b.weight", "blk.0.attn_v_b.weight"))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageStartingWith(
                        "gguf-deepseek2.gguf: blk.1.attn_q_b.weight has shape [160, 32], expected 3 axes");
    }

    private static JsonNode rope(String model, Consumer<ObjectNode> change) {
        try (Gguf gguf = Gguf.open(Fixtures.gguf(model))) {
            change.accept(gguf.metadata());
            return GgufConfig.of(gguf, GgufArchitecture.of(gguf)).get("rope_parameters");
        }
    }

    private static JsonNode config(String model, Consumer<ObjectNode> change) {
        Gguf gguf = Gguf.open(Fixtures.gguf(model));
        change.accept(gguf.metadata());
        try (GgufFolder folder = GgufFolder.of(gguf)) {
            return Json.value("config.json", new String(folder.bytes("config.json"), StandardCharsets.UTF_8));
        }
    }
}
