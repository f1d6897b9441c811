package dev.touchstone.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.checkpoint.files.ModelFiles;
import dev.touchstone.checkpoint.safetensors.SafetensorsWriter;
import dev.touchstone.checkpoint.safetensors.TensorFiles;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.Remedy;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.ReadOptions;
import dev.touchstone.weights.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostileCheckpointTest {
    @TempDir
    private Path folder;

    private TinyCheckpoint tiny;

    @BeforeEach
    void aTinyCheckpoint() {
        tiny = new TinyCheckpoint(folder);
    }

    @Test
    void aTensorOfAnotherShapeIsRefusedWithBothShapes() {
        tiny.random("h.0.attn.c_attn.weight", 6, 6)
                .assertRefused("model.safetensors: h.0.attn.c_attn.weight has shape [6, 6], expected [6, 18]");
    }

    @Test
    void aWrongShapeIsReportedWithTheNameOnDisk() {
        tiny.random("h.1.ln_2.bias", 7)
                .prefixed()
                .assertRefused("model.safetensors: transformer.h.1.ln_2.bias has shape [7], expected [6]");
    }

    @Test
    void aMissingTensorIsRefusedByName() {
        tiny.without("h.1.mlp.c_fc.bias")
                .assertRefused("model.safetensors holds no h.1.mlp.c_fc.bias, with or without the prefix transformer.,"
                        + " expected one of shape [24]");
    }

    @Test
    void aTensorThatALayerDoesNotHaveIsRefusedByName() {
        tiny.random("h.0.attn.c_attn.lora", 2, 2)
                .assertRefused("model.safetensors holds h.0.attn.c_attn.lora, which the layer does not have:"
                        + " config.json describes another model");
    }

    @Test
    void nanIsRefusedWithItsPlace() {
        tiny.tensor("h.0.mlp.c_fc.weight").data()[3 * 24 + 5] = Float.NaN;
        tiny.assertRefused("model.safetensors: h.0.mlp.c_fc.weight holds NaN at [3, 5]");
    }

    @Test
    void infinityIsRefusedWithItsPlace() {
        tiny.tensor("ln_f.bias").data()[5] = Float.NEGATIVE_INFINITY;
        tiny.assertRefused("model.safetensors: ln_f.bias holds -Infinity at [5]");
    }

    @Test
    void integerWeightsAreRefused() {
        SafetensorsWriter writer = new SafetensorsWriter().add("wte.weight", new int[42], 7, 6);
        tiny.write();
        writer.write(folder.resolve("model.safetensors"));
        tiny.assertFolderRefused("model.safetensors: wte.weight has dtype I64, expected F64, F32, F16 or BF16");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            model_type              | "t5"                | config.json: model_type is t5, expected one that is supported: gpt2
            model_type              | "mamba"             | config.json: model_type is "mamba": layers with convolutions, linear attention or state spaces are not supported
            model_type              | "qwen3_next"        | config.json: model_type is "qwen3_next": layers with convolutions, linear attention or state spaces are not supported
            model_type              | "lfm2"              | config.json: model_type is "lfm2": layers with convolutions, linear attention or state spaces are not supported
            model_type              | "jamba"             | config.json: model_type is "jamba": layers with convolutions, linear attention or state spaces are not supported
            model_type              | "falcon_h1"         | config.json: model_type is "falcon_h1": layers with convolutions, linear attention or state spaces are not supported
            model_type              | "granitemoehybrid"  | config.json: model_type is "granitemoehybrid": layers with convolutions, linear attention or state spaces are not supported
            model_type              | null                | config.json: model_type is null, expected one that is supported: gpt2
            model_type              | 5                   | config.json: model_type is 5, expected a string
            architectures           | ["GPT2ForSequenceClassification"] | config.json: architectures is GPT2ForSequenceClassification, expected GPT2LMHeadModel or GPT2Model
            architectures           | "GPT2LMHeadModel"   | config.json: architectures is "GPT2LMHeadModel", expected a list
            activation_function     | "xielu"             | config.json: activation_function is "xielu", expected one of gelu, gelu_10
            add_cross_attention     | true                | config.json: add_cross_attention is true
            n_embd                  | 0                   | config.json: n_embd is 0, expected 1 or more
            n_embd                  | -6                  | config.json: n_embd is -6, expected 1 or more
            n_embd                  | 6.5                 | config.json: n_embd is 6.5, expected a whole number
            n_embd                  | "6"                 | config.json: n_embd is "6", expected a whole number
            n_embd                  | 4294967302          | config.json: n_embd is 4294967302, expected a whole number of at most 2147483647
            n_embd                  | 2147483646          | wte.weight has shape [7, 6], expected [7, 2147483646]
            n_head                  | 4                   | config.json: n_head is 4, expected a divisor of n_embd, which is 6
            n_layer                 | 2147483647          | holds no h.2.ln_1.weight
            n_positions             | 2147483647          | wpe.weight has shape [5, 6], expected [2147483647, 6]
            vocab_size              | 2000000000          | wte.weight has shape [7, 6], expected [2000000000, 6]
            n_inner                 | 2147483647          | h.0.mlp.c_fc.weight has shape [6, 24], expected [6, 2147483647]
            layer_norm_epsilon      | -1                  | config.json: layer_norm_epsilon is -1, expected a number of 0 or more
            layer_norm_epsilon      | "1e-5"              | config.json: layer_norm_epsilon is "1e-5", expected a number
            layer_norm_epsilon      | 1e999               | config.json: layer_norm_epsilon is
            tie_word_embeddings     | 1                   | config.json: tie_word_embeddings is 1, expected true or false
            scale_attn_weights      | "yes"               | config.json: scale_attn_weights is "yes", expected true or false
            eos_token_id            | "end"               | config.json: eos_token_id is "end", expected a whole number
            eos_token_id            | [1, null]           | config.json: eos_token_id is null, expected a whole number
            """)
    void invalidConfigurationsAreRefusedWithAReason(String field, String value, String reason) throws IOException {
        tiny.write();
        String config = Files.readString(folder.resolve("config.json"));
        String others = config.replaceAll("\"" + field + "\" : (\\[[^]]*\\]|[^,}\\s]+),?", "");
        String spoilt = others.replaceFirst("\\{", "{ \"" + field + "\" : " + value + ",")
                .replaceAll(",\\s*}", "}");
        tiny.write("config.json", spoilt).assertFolderRefused(reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            {                                     | config.json is not valid JSON at column
            -                                     | config.json holds no JSON object
            []                                    | config.json holds no JSON object, expected {...}
            {"model_type": "gpt2"} x              | config.json is not valid JSON
            {"model_type": "gpt2", "n_embd": NaN} | config.json is not valid JSON
            {"n_embd": 6, "n_embd": 7}            | config.json is not valid JSON
            """)
    void aConfigurationThatIsNoJsonObjectIsRefused(String content, String reason) {
        tiny.write();
        tiny.write("config.json", content == null ? "" : content).assertFolderRefused(reason);
    }

    @Test
    void aDeeplyNestedConfigurationIsRefused() {
        tiny.write();
        tiny.write("config.json", "{\"a\":".repeat(100_000)).assertFolderRefused("config.json is not valid JSON");
    }

    @Test
    void aConfigurationThatIsNotUtf8IsRefused() throws IOException {
        tiny.write();
        Files.write(folder.resolve("config.json"), new byte[] {'{', '"', (byte) 0xFF, '"', ':', '1', '}'});
        tiny.assertFolderRefused("config.json is not UTF-8");
    }

    @Test
    void aMissingFolderOrConfigurationOrMissingWeightsAreRefused() throws IOException {
        tiny.assertFolderRefused("holds no config.json; pass a folder that save_pretrained wrote");
        tiny.write();
        Files.delete(folder.resolve("model.safetensors"));
        tiny.assertFolderRefused("holds neither model.safetensors nor model.safetensors.index.json");
        assertThatThrownBy(() -> Checkpoint.load(folder.resolve("nowhere")))
                .hasMessageContaining("nowhere: no such folder");
        assertThatThrownBy(() -> Checkpoint.load(folder.resolve("config.json")))
                .hasMessageContaining("config.json is a file, expected the folder around it");
    }

    @Test
    void anAdapterIsRefusedWithTheCommandThatMergesIt() {
        tiny.write();
        tiny.write("adapter_config.json", "{\"peft_type\": \"LORA\"}")
                .assertFolderRefused(
                        folder + " holds an adapter of PEFT, such as LoRA, which is not supported; merge it into its"
                                + " model: python -c \"from peft import AutoPeftModelForCausalLM as M;");
    }

    @Test
    void weightsInAPickleAreRefusedWithTheCommandThatConvertsThem() throws IOException {
        tiny.write();
        Files.move(folder.resolve("model.safetensors"), folder.resolve("pytorch_model.bin"));

        tiny.assertFolderRefused(
                "convert them to safetensors: python -c \"from transformers import AutoModelForCausalLM");
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no such permissions")
    void anUnreadableFolderIsRefused() throws IOException {
        Path closed = Files.createDirectory(folder.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));

        assertThatThrownBy(() -> Checkpoint.load(closed))
                .hasMessageContaining("closed") // to root, it is merely empty
                .hasMessageMatching(".*(permission denied|holds no config.json).*");
    }

    @Test
    void weightsThatExceedTheHeapAreRefusedBeforeTheyAreRead() {
        try (TensorFiles tensors = TensorFiles.open(ModelFiles.folder(tiny.write()))) {
            assertThatThrownBy(() -> new Weights(tensors, "transformer.", ReadOptions.DEFAULT, 4415))
                    .hasMessage("the weights take 0 MB, and the JVM's heap has at most 0 MB;"
                            + " start the JVM with -Xmx250m or more");
        }
    }

    @Test
    void weightsMayFillTheMemory() {
        try (TensorFiles tensors = TensorFiles.open(ModelFiles.folder(tiny.write()))) {
            assertThatCode(() -> new Weights(tensors, "transformer.", ReadOptions.DEFAULT, 4416).close())
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void onlyWeightsTakeMemory() {
        Path weights = tiny.write().resolve("model.safetensors");
        new SafetensorsWriter()
                .add("a", Tensor.zeros(2, 3))
                .add("ids", new int[100], 100)
                .write(weights);

        try (TensorFiles tensors = TensorFiles.open(ModelFiles.folder(folder))) {
            assertThatCode(() -> new Weights(tensors, "", ReadOptions.DEFAULT, 24).close())
                    .doesNotThrowAnyException();
        }
    }

    /** 200 MB of weights in a sparse file; the suggested heap has a quarter and 250 MB more. */
    @Test
    void theErrorSuggestsALargerHeap() throws IOException {
        long bytes = 200L << 20;
        String header = "{\"x\":{\"dtype\":\"F32\",\"shape\":[1024,51200],\"data_offsets\":[0," + bytes + "]}}";
        Path path = folder.resolve("model.safetensors");
        try (FileChannel file = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            ByteBuffer start = ByteBuffer.allocate(8 + header.length()).order(ByteOrder.LITTLE_ENDIAN);
            file.write(
                    start.putLong(header.length()).put(header.getBytes(UTF_8)).flip());
            file.write(ByteBuffer.allocate(1), 8 + header.length() + bytes - 1);
        }

        try (TensorFiles tensors = TensorFiles.open(ModelFiles.folder(folder))) {
            assertThatThrownBy(() -> new Weights(tensors, "", ReadOptions.DEFAULT, 100 << 20))
                    .hasMessage("the weights take 200 MB, and the JVM's heap has at most 100 MB;"
                            + " start the JVM with -Xmx500m or more")
                    .asInstanceOf(InstanceOfAssertFactories.type(TouchstoneException.class))
                    .returns(List.of(new Remedy("heap", "500m")), TouchstoneException::remedies);
        }
    }

    @Test
    void aTextFileOfGigabytesIsRefused() throws IOException {
        Path config = tiny.write().resolve("config.json");
        Files.delete(config);
        try (FileChannel file = FileChannel.open(
                config, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            file.write(ByteBuffer.allocate(1), 3L << 30);
        }

        tiny.assertFolderRefused("config.json has 3221225473 bytes, expected at most 268435456");
    }

    @Test
    void anEmptyTensorIsRefused() {
        tiny.with("wpe.weight", Tensor.zeros(0, 6)).assertRefused("wpe.weight has shape [0, 6], expected [5, 6]");
    }
}
