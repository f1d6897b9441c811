package dev.touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.safetensors.SafetensorsWriter;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;

/** A GPT-2 of two layers, 6 channels, 2 heads, 7 tokens and 5 positions, which tests change and write to a folder. */
public final class TinyCheckpoint {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PREFIX = "transformer.";

    private final Random random = new Random(11);
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final ObjectNode config = JSON.createObjectNode();
    private final Path folder;

    public TinyCheckpoint(Path folder) {
        this.folder = folder;
        config.put("model_type", "gpt2").put("n_embd", 6).put("n_head", 2).put("n_layer", 2);
        config.put("vocab_size", 7).put("n_positions", 5);
        config.putArray("architectures").add("GPT2LMHeadModel");
        random("wte.weight", 7, 6);
        random("wpe.weight", 5, 6);
        for (String h : new String[] {"h.0.", "h.1."}) {
            module(h + "ln_1", 6);
            module(h + "attn.c_attn", 6, 18);
            module(h + "attn.c_proj", 6, 6);
            module(h + "ln_2", 6);
            module(h + "mlp.c_fc", 6, 24);
            module(h + "mlp.c_proj", 24, 6);
        }
        module("ln_f", 6);
    }

    TinyCheckpoint module(String name, int... shape) {
        random(name + ".weight", shape);
        return random(name + ".bias", shape[shape.length - 1]);
    }

    /** Adds or replaces a tensor. */
    TinyCheckpoint random(String name, int... shape) {
        Tensor tensor = Tensor.zeros(shape);
        for (int i = 0; i < tensor.size(); i++) {
            tensor.data()[i] = (float) random.nextGaussian();
        }
        return with(name, tensor);
    }

    public TinyCheckpoint with(String name, Tensor tensor) {
        tensors.put(name, tensor);
        return this;
    }

    public TinyCheckpoint without(String name) {
        tensors.remove(name);
        return this;
    }

    public Tensor tensor(String name) {
        return tensors.get(name);
    }

    TinyCheckpoint config(String field, Object value) {
        config.set(field, JSON.valueToTree(value));
        return this;
    }

    TinyCheckpoint configWithout(String field) {
        config.remove(field);
        return this;
    }

    /** Adds the prefix to all names except the head's, as {@code GPT2LMHeadModel} saves them. */
    TinyCheckpoint prefixed() {
        return renamed(name -> name.equals("lm_head.weight") ? name : PREFIX + name);
    }

    Path write() {
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
        tensors.forEach(writer::add);
        writer.write(folder.resolve("model.safetensors"));
        return writeConfig();
    }

    /** The first {@code inFirst} tensors in one file, the others in a second, and an index. */
    public Path writeShards(int inFirst) {
        ObjectNode index = JSON.createObjectNode();
        SafetensorsWriter first = new SafetensorsWriter();
        SafetensorsWriter second = new SafetensorsWriter();
        int count = 0;
        for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
            boolean early = count++ < inFirst;
            (early ? first : second).add(tensor.getKey(), tensor.getValue());
            index.withObject("/weight_map")
                    .put(tensor.getKey(), "model-0000" + (early ? 1 : 2) + "-of-00002.safetensors");
        }
        first.write(folder.resolve("model-00001-of-00002.safetensors"));
        second.write(folder.resolve("model-00002-of-00002.safetensors"));
        write("model.safetensors.index.json", index.toString());
        return writeConfig();
    }

    public TinyCheckpoint write(String file, String content) {
        try {
            Files.writeString(folder.resolve(file), content);
            return this;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Gives every tensor another name. */
    TinyCheckpoint renamed(UnaryOperator<String> name) {
        Map<String, Tensor> plain = new LinkedHashMap<>(tensors);
        tensors.clear();
        plain.forEach((old, tensor) -> tensors.put(name.apply(old), tensor));
        return this;
    }

    public LoadedModel load() {
        return Checkpoint.load(write());
    }

    void assertRefused(String message) {
        write();
        assertFolderRefused(message);
    }

    /** Loads the folder without writing it first. */
    public void assertFolderRefused(String message) {
        assertThatThrownBy(() -> Checkpoint.load(folder))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    private Path writeConfig() {
        write("config.json", config.toPrettyString());
        return folder;
    }
}
