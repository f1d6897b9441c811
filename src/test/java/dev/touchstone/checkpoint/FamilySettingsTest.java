package dev.touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.safetensors.Safetensors;
import dev.touchstone.checkpoint.safetensors.SafetensorsWriter;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Transformer;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings of the families: the forms of older files, and settings that are refused instead of ignored. */
class FamilySettingsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            tiny-llama    | rope_parameters     | {"rope_type": "longrope"}     | short_factor is missing, expected a list of 3 numbers
            tiny-llama    | rope_scaling        | {"type": "su", "factor": 2}   | config.json: rope_scaling: type is "su", expected one of
            tiny-llama    | rope_scaling        | {"type": "linear"}            | config.json: rope_scaling: factor is missing, expected a number of 1 or more
            tiny-llama    | rope_scaling        | 2                             | config.json: rope_scaling is 2, expected an object
            tiny-llama    | rope_parameters     | {"partial_rotary_factor": 0.5} | partial_rotary_factor is 0.5: in this family the rotary embedding applies to all channels; expected 1
            tiny-llama    | partial_rotary_factor | 0.5                         | partial_rotary_factor is 0.5: in this family the rotary embedding applies to all channels
            tiny-llama    | rope_scaling        | {"rope_type": "yarn"}         | config.json: rope_scaling: factor is missing, expected a number of 1 or more
            tiny-llama    | rope_parameters     | {"full_attention": {"rope_type": "linear"}} | expected no object: settings for each type of layer are not supported
            tiny-llama    | is_causal           | false                         | config.json: is_causal is false: attention to later tokens is not supported; expected true
            tiny-gpt2     | is_causal           | false                         | config.json: is_causal is false: attention to later tokens is not supported; expected true
            tiny-llama    | quantization_config | {"quant_method": "gptq"}      | quantized weights are not supported; use the model that they were made from
            tiny-llama    | transformers_weights | "other.safetensors"          | weights in a file of that name are not loaded; expected no such field
            tiny-llama    | per_layer_config    | {"0": {"rms_norm_eps": 0.1}}  | settings for single layers are not supported; expected no such field
            tiny-llama    | num_key_value_heads | 4                             | num_key_value_heads is 4, expected a divisor of num_attention_heads, which is 6
            tiny-llama    | num_key_value_heads | null                          | self_attn.k_proj.weight has shape [12, 30], expected [36, 30]
            tiny-mistral  | num_key_value_heads | null                          | self_attn.k_proj.weight has shape [12, 30], expected [36, 30]
            tiny-llama    | hidden_size         | 32                            | embed_tokens.weight has shape [33, 30], expected [33, 32]
            tiny-llama    | head_dim            | 5                             | head_dim is 5, expected a size with an even number of rotary channels, found 5
            tiny-llama    | head_dim            | null                          | head_dim is 5, expected a size with an even number of rotary channels
            tiny-llama    | hidden_act          | "prelu"                       | hidden_act is "prelu", expected one of
            tiny-mistral  | sliding_window      | 0                             | sliding_window is 0, expected 1 or more
            tiny-qwen2    | layer_types         | ["full_attention"]            | layer_types is [full_attention], expected full_attention or sliding_attention for each of the 2 layers
            tiny-qwen2    | layer_types         | ["full_attention", "linear"]  | layer_types is [full_attention, linear], expected full_attention or sliding_attention
            tiny-qwen2    | use_sliding_window  | false                         | use_sliding_window is false, expected true, because layer_types has sliding_attention
            tiny-gemma2   | sliding_window      | null                          | sliding_window is null, expected 1 or more for the layers of the type sliding_attention
            tiny-llama    | rope_parameters     | {"rope_type": "dynamic"}      | config.json: rope_parameters: factor is missing, expected a number of 1 or more
            tiny-llama    | rope_parameters     | {"rope_type": "llama3", "factor": 2} | config.json: rope_parameters: low_freq_factor is missing, expected a number of 0 or more
            tiny-llama    | rope_parameters     | {"rope_theta": null}          | config.json: rope_parameters: rope_theta is null, expected a number
            tiny-qwen2    | original_max_position_embeddings | null             | config.json: original_max_position_embeddings is null, expected a number
            tiny-llama    | is_causal           | null                          | config.json: is_causal is null: attention to later tokens is not supported; expected true
            tiny-qwen2    | max_window_layers   | -1                            | max_window_layers is -1, expected 0 or more
            tiny-gemma2   | use_bidirectional_attention | true                  | use_bidirectional_attention is true: attention to later tokens is not supported
            tiny-gemma2   | attn_logit_softcapping | -3                         | attn_logit_softcapping is -3, expected a number of 0 or more
            tiny-gpt-neo  | attention_types     | [[["global"], 1]]             | expected global or local for each of the 2 layers
            tiny-gpt-neo  | attention_types     | [[["global", "axial"], 1]]    | expected global or local for each of the 2 layers
            tiny-gpt-neo  | attention_types     | [[["global"], 2000000000]]    | expected global or local for each of the 2 layers
            tiny-gpt-neo  | num_heads           | 2                             | num_heads is 2, expected a divisor of hidden_size, which is 33
            tiny-gpt-neox | rope_parameters     | {"partial_rotary_factor": 2}  | even number of rotary channels, found 20
            tiny-bloom    | apply_residual_connection_post_layernorm | true     | a residual stream of normalized values is not supported; expected false
            tiny-phi3     | rope_parameters     | {"rope_type": "linear", "factor": 2} | rope_type is linear, expected default or longrope, the types of this family
            tiny-phi3     | rope_parameters     | {"rope_type": "longrope", "partial_rotary_factor": 0.9, "short_factor": [1, 1, 1]} | long_factor is missing, expected a list of 3 numbers
            tiny-codegen  | n_head              | 6                             | n_head is 6, expected a multiple of 4
            tiny-falcon   | num_kv_heads        | 4                             | num_kv_heads is 4, expected a divisor of num_attention_heads, which is 6
            tiny-falcon   | parallel_attn       | false                         | parallel_attn is false, expected true, because new_decoder_architecture is true
            tiny-falcon   | num_ln_in_parallel_attn | 3                         | num_ln_in_parallel_attn is 3, expected 1 or 2
            tiny-opt      | layer_norm_elementwise_affine | false               | norms without weights are not supported; expected true
            tiny-gptj     | rotary_dim          | 12                            | rotary_dim is 12, expected an even number of the channels of a head, which are 10
            tiny-gptj     | rotary_dim          | 3                             | rotary_dim is 3, expected an even number of the channels of a head
            tiny-gptj     | n_inner             | null                          | h.0.mlp.fc_in.weight has shape [37, 30], expected [120, 30]
            tiny-gpt-neo  | intermediate_size   | null                          | h.0.mlp.c_fc.weight has shape [37, 33], expected [132, 33]
            tiny-xglm     | pad_token_id        | 2                             | pad_token_id is 2: the position of that index would have no embedding; expected 0, 1 or null
            tiny-xglm     | add_cross_attention | true                          | the decoder of an encoder-decoder model is not supported; expected false
            tiny-xglm     | d_model             | 3                             | d_model is 3, expected 4 or more
            tiny-phi      | qk_layernorm        | true                          | norms of queries and keys are not supported in this family; expected false
            tiny-olmo     | clip_qkv            | -1                            | clip_qkv is -1, expected a number of 0 or more
            tiny-olmo3    | rope_parameters     | {"rope_theta": 5}             | rope_parameters: rope_theta is 5, expected no such field, but objects full_attention and sliding_attention
            tiny-gemma    | use_bidirectional_attention | true                  | use_bidirectional_attention is true: attention to later tokens is not supported
            tiny-gemma3   | sliding_window      | null                          | sliding_window is null, expected 1 or more
            tiny-smollm3  | no_rope_layers      | [1]                           | no_rope_layers is [1], expected 1 or 0 for each layer
            tiny-smollm3  | sliding_window      | null                          | sliding_window is null, expected 1 or more
            tiny-llama4   | attention_chunk_size | null                         | attention_chunk_size is null, expected 1 or more
            tiny-llama4   | attention_chunk_size | 0                            | attention_chunk_size is 0, expected 1 or more
            tiny-llama4   | layer_types         | ["sliding_attention", "full_attention"] | expected full_attention or chunked_attention for each of the 2 layers
            tiny-llama4   | num_experts_per_tok | 7                             | num_experts_per_tok is 7, expected at most the number of experts, which is 6
            tiny-ministral3 | rope_parameters   | {"rope_type": "yarn", "factor": 4} | rope_parameters: llama_4_scaling_beta is missing, expected a number
            tiny-ministral3 | rope_parameters   | {"llama_4_scaling_beta": 0.1} | rope_parameters: original_max_position_embeddings is missing, expected a number
            tiny-llama    | model_type          | "mistral3"                    | codegen, exercise, llama4, gemma3
            tiny-llama4   | model_type          | "llama4"                      | text_config is missing, expected an object
            tiny-llama    | model_type          | "t5"                          | model_type is t5, expected one that is supported: gpt2, gpt_neo, gptj, gpt_neox, bloom, llama, mistral
            """)
    void unsupportedSettingsAreRefused(String fixture, String field, String value, String reason) throws IOException {
        write(fixture, field, value);

        assertThatThrownBy(() -> Checkpoint.load(folder))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            tiny-llama | 32 | hidden_size is 32, expected a multiple of num_attention_heads, which is 6
            tiny-llama | 36 | embed_tokens.weight has shape [33, 30], expected [33, 36]
            tiny-qwen3 | 32 | embed_tokens.weight has shape [33, 30], expected [33, 32]
            """)
    void theSizeOfAHeadDefaultsToItsShareOfTheChannelsUnlessTheFamilyHasADefault(
            String fixture, int channels, String reason) throws IOException {
        write(fixture, "head_dim", "null");
        set("hidden_size", channels);

        assertThatThrownBy(this::load).hasMessageContaining(reason);
    }

    /** Masks and frequencies. */
    @ParameterizedTest
    @CsvSource({
        "tiny-llama, layers.1.self_attn.rotary_emb.inv_freq",
        "tiny-gpt-neo, h.1.attn.attention.bias",
        "tiny-gpt-neo, h.1.attn.attention.masked_bias",
        "tiny-gptj, h.1.attn.bias",
        "tiny-gptj, h.1.attn.masked_bias",
        "tiny-gpt-neox, layers.1.attention.bias",
        "tiny-gpt-neox, layers.1.attention.masked_bias",
        "tiny-gpt-neox, layers.1.attention.rotary_emb.inv_freq",
    })
    void buffersThatOldCheckpointsStoreAreIgnored(String fixture, String name) throws IOException {
        write(fixture, "use_cache", "true");
        SafetensorsWriter writer = new SafetensorsWriter().add(name, Tensor.zeros(3));
        try (Safetensors file =
                Safetensors.open(Fixtures.named(fixture).folder().resolve("model.safetensors"))) {
            file.names()
                    .forEach(weight -> writer.add(
                            weight, file.get(weight).dtype(), file.get(weight).floats()));
        }
        writer.write(folder.resolve("model.safetensors"));

        assertThatCode(this::load).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            tiny-llama | rope_parameters | null | 10000
            tiny-llama | rope_parameters | {"rope_theta": 77.0} | 77
            tiny-llama | rope_parameters | {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 77.0} | 77
            """)
    void thetaMayBeLeftOutAndDynamicScalingBeginsWhereTheContextEnds(
            String fixture, String field, String value, double theta) throws IOException {
        write(fixture, field, value);

        assertThat(load().rotaries().of(0).frequencies().get(1))
                .isEqualTo(1 / (double) (float) Math.pow(theta, 1 / 3f), within());
    }

    @Test
    void olderFilesHaveThetaOutsideOfTheScaling() throws IOException {
        write("tiny-llama3", "rope_parameters", "null");
        ObjectNode config =
                (ObjectNode) JSON.readTree(folder.resolve("config.json").toFile());
        config.put("rope_theta", 300.0);
        config.putObject("rope_scaling")
                .put("type", "llama3")
                .put("factor", 8.0)
                .put("low_freq_factor", 1.0)
                .put("high_freq_factor", 3.0)
                .put("original_max_position_embeddings", 24);
        JSON.writeValue(folder.resolve("config.json").toFile(), config);

        assertThat(load().rotaries().of(0).frequencies())
                .isEqualTo(Checkpoint.load(Fixtures.named("tiny-llama3").folder())
                        .transformer()
                        .rotaries()
                        .of(0)
                        .frequencies());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            tiny-mistral | sliding_window     | null                                      | unlimited | unlimited
            tiny-mistral | sliding_window     | 7                                         | 7         | 7
            tiny-qwen2   | layer_types        | null                                      | unlimited | 4
            tiny-qwen2   | layer_types        | ["sliding_attention", "full_attention"]   | 4         | unlimited
            tiny-gemma2  | layer_types        | null                                      | 6         | unlimited
            tiny-mistral | layer_types        | ["full_attention", "sliding_attention"]   | unlimited | 5
            tiny-mistral | layer_types        | ["sliding_attention", "attention"]        | 5         | unlimited
            tiny-gpt-neo | attention_types    | [[["local"], 2]]                          | 5         | 5
            """)
    void theConfigurationGivesTheLayersWithAWindow(
            String fixture, String field, String value, String first, String second) throws IOException {
        write(fixture, field, value);

        Transformer model = load();

        assertThat(model.blocks().get(0).attn().scoring().window()).isEqualTo(window(first));
        assertThat(model.blocks().get(1).attn().scoring().window()).isEqualTo(window(second));
    }

    /** {@code [[["global", "local"], 12]]} is the default of {@code GPTNeoConfig}. */
    @Test
    void byDefaultEveryOtherLayerOfGptNeoHasAWindow() throws IOException {
        SafetensorsWriter writer =
                new SafetensorsWriter().add("wte.weight", Tensor.zeros(7, 4)).add("wpe.weight", Tensor.zeros(5, 4));
        for (int layer = 0; layer < 24; layer++) {
            String h = "h." + layer + ".";
            for (String square : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
                writer.add(h + "attn.attention." + square + ".weight", Tensor.zeros(4, 4));
            }
            writer.add(h + "mlp.c_fc.weight", Tensor.zeros(3, 4)).add(h + "mlp.c_fc.bias", Tensor.zeros(3));
            writer.add(h + "mlp.c_proj.weight", Tensor.zeros(4, 3));
            for (String vector : List.of("ln_1.weight", "ln_1.bias", "ln_2.weight", "ln_2.bias", "mlp.c_proj.bias")) {
                writer.add(h + vector, Tensor.zeros(4));
            }
            writer.add(h + "attn.attention.out_proj.bias", Tensor.zeros(4));
        }
        writer.add("ln_f.weight", Tensor.zeros(4)).add("ln_f.bias", Tensor.zeros(4));
        writer.write(folder.resolve("model.safetensors"));
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "gpt_neo", "hidden_size": 4, "num_heads": 2, "num_layers": 24, "vocab_size": 7,
                 "max_position_embeddings": 5, "intermediate_size": 3, "window_size": 2}""");

        assertThat(load().blocks())
                .extracting(block -> block.attn().scoring().window())
                .startsWith(Scoring.UNLIMITED, 2, Scoring.UNLIMITED, 2)
                .endsWith(Scoring.UNLIMITED, 2)
                .hasSize(24);
    }

    @Test
    void byDefaultEveryOtherLayerOfGemma2HasAWindow() throws IOException {
        write("tiny-gemma2", "layer_types", "null");
        set("num_hidden_layers", 3);
        SafetensorsWriter writer = new SafetensorsWriter();
        Path original = Fixtures.named("tiny-gemma2").folder().resolve("model.safetensors");
        try (Safetensors file = Safetensors.open(original)) {
            for (String name : file.names()) {
                writer.add(name, file.get(name).floats());
                if (name.contains("layers.0.")) {
                    writer.add(
                            name.replace("layers.0.", "layers.2."),
                            file.get(name).floats());
                }
            }
        }
        writer.write(folder.resolve("model.safetensors"));

        assertThat(load().blocks())
                .extracting(block -> block.attn().scoring().window())
                .containsExactly(6, Scoring.UNLIMITED, 6);
    }

    @Test
    void xglmMayHaveFourChannels() throws IOException {
        write("tiny-xglm", "d_model", "4");
        set("attention_heads", 2);

        assertThatThrownBy(this::load).hasMessageContaining("embed_tokens.weight has shape [33, 33], expected [33, 4]");
    }

    @Test
    void gptJMayHaveRotaryEmbeddingsOnAllChannelsOfAHead() throws IOException {
        write("tiny-gptj", "rotary_dim", "10");

        assertThat(load().rotaries().of(0).frequencies()).hasSize(5);
    }

    private static int window(String window) {
        return window.equals("unlimited") ? Scoring.UNLIMITED : Integer.parseInt(window);
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.data.Offset.offset(1e-6);
    }

    private Transformer load() {
        return Checkpoint.load(folder).transformer();
    }

    private void set(String field, int value) throws IOException {
        ObjectNode config =
                (ObjectNode) JSON.readTree(folder.resolve("config.json").toFile());
        JSON.writeValue(folder.resolve("config.json").toFile(), config.put(field, value));
    }

    private void write(String fixture, String field, String value) throws IOException {
        Path from = Fixtures.named(fixture).folder();
        Files.copy(from.resolve("model.safetensors"), folder.resolve("model.safetensors"));
        ObjectNode config =
                (ObjectNode) JSON.readTree(from.resolve("config.json").toFile());
        if (field.equals("model_type")) {
            config.remove("architectures");
        }
        config.set(field, JSON.readTree(value));
        JSON.writeValue(folder.resolve("config.json").toFile(), config);
    }
}
