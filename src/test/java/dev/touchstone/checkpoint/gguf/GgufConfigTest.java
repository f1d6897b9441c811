package dev.touchstone.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.support.Fixtures;
import dev.touchstone.util.Json;
import dev.touchstone.util.TouchstoneException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
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
        assertThat(Arrays.stream(GgufArchitecture.values()).map(GgufArchitecture::id))
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

    private static JsonNode rope(String model, Consumer<ObjectNode> change) {
        try (Gguf gguf = Gguf.open(Fixtures.gguf(model))) {
            change.accept(gguf.metadata());
            String architecture = gguf.metadata().get("general.architecture").textValue();
            return GgufConfig.of(gguf, GgufArchitecture.of("x.gguf", architecture))
                    .get("rope_parameters");
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
