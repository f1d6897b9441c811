package dev.touchstone.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.checkpoint.safetensors.SafetensorsWriter;
import dev.touchstone.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Writes a small GPT-2 with random weights and a vocabulary of bytes, for tests that change or damage its files. */
public final class TinyModel {
    public record Sizes(int channels, int heads, int layers, int positions) {}

    static final int POSITIONS = 24;
    static final int VOCABULARY = 260;
    private static final Sizes SMALL = new Sizes(12, 3, 2, POSITIONS);
    private static final List<String> MERGES = List.of("h e", "Ġ t", "Ġt he");

    private final Sizes sizes;
    private final Random random;
    private final SafetensorsWriter weights = new SafetensorsWriter();

    private TinyModel(Sizes sizes, long seed) {
        this.sizes = sizes;
        this.random = new Random(seed);
    }

    public static Path write(Path folder) {
        return write(folder, 1);
    }

    /** A model with other weights and the same vocabulary. */
    public static Path write(Path folder, long seed) {
        return write(folder, SMALL, seed);
    }

    public static Path write(Path folder, Sizes sizes, long seed) {
        try {
            Files.createDirectories(folder);
            ObjectMapper json = new ObjectMapper();
            json.writeValue(folder.resolve("config.json").toFile(), config(sizes));
            json.writeValue(folder.resolve("generation_config.json").toFile(), Map.of("eos_token_id", VOCABULARY - 1));
            json.writeValue(folder.resolve("vocab.json").toFile(), vocabulary());
            Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\n" + String.join("\n", MERGES) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        new TinyModel(sizes, seed).weights().write(folder.resolve("model.safetensors"));
        return folder;
    }

    static Map<String, Object> config() {
        return config(SMALL);
    }

    private static Map<String, Object> config(Sizes sizes) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("model_type", "gpt2");
        config.put("architectures", List.of("GPT2LMHeadModel"));
        config.put("n_embd", sizes.channels);
        config.put("n_head", sizes.heads);
        config.put("n_layer", sizes.layers);
        config.put("n_positions", sizes.positions);
        config.put("vocab_size", VOCABULARY);
        config.put("eos_token_id", VOCABULARY - 1);
        config.put("tie_word_embeddings", true);
        return config;
    }

    private SafetensorsWriter weights() {
        int C = sizes.channels;
        add("wte.weight", VOCABULARY, C);
        add("wpe.weight", sizes.positions, C);
        for (int layer = 0; layer < sizes.layers; layer++) {
            String h = "h." + layer + ".";
            norm(h + "ln_1");
            linear(h + "attn.c_attn", C, 3 * C);
            linear(h + "attn.c_proj", C, C);
            norm(h + "ln_2");
            linear(h + "mlp.c_fc", C, 4 * C);
            linear(h + "mlp.c_proj", 4 * C, C);
        }
        norm("ln_f");
        return weights;
    }

    private void linear(String name, int inputs, int outputs) {
        add(name + ".weight", inputs, outputs);
        add(name + ".bias", outputs);
    }

    private void norm(String name) {
        add(name + ".weight", sizes.channels);
        add(name + ".bias", sizes.channels);
    }

    private void add(String name, int... shape) {
        Tensor tensor = Tensor.zeros(shape);
        for (int i = 0; i < tensor.size(); i++) {
            tensor.data()[i] = (float) (0.5 * random.nextGaussian());
        }
        if (name.equals("wte.weight")) {
            Arrays.fill(
                    tensor.data(),
                    tensor.size() - sizes.channels,
                    tensor.size(),
                    0); // so that the end-of-text token is unlikely
        }
        weights.add("transformer." + name, tensor);
    }

    /** GPT-2's byte alphabet, the merges, and one special token. */
    private static Map<String, Integer> vocabulary() {
        Map<String, Integer> ids = new LinkedHashMap<>();
        int beyond = 256;
        for (int b = 0; b < 256; b++) {
            boolean shown = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            ids.put(Character.toString(shown ? b : beyond++), ids.size());
        }
        MERGES.forEach(merge -> ids.put(merge.replace(" ", ""), ids.size()));
        ids.put("<|endoftext|>", ids.size());
        return ids;
    }
}
