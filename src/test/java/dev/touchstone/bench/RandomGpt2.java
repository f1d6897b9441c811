package dev.touchstone.bench;

import dev.touchstone.checkpoint.safetensors.DType;
import dev.touchstone.checkpoint.safetensors.SafetensorsWriter;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.tokenizer.Gpt2;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.SplittableRandom;

/** Checkpoints with the shapes and the tokenizer of GPT-2, and random weights with the spread of Hugging Face's initialization. */
record RandomGpt2(String name, int channels, int heads, int layers, DType dtype) {
    static final RandomGpt2 SMALL = new RandomGpt2("gpt2-124m", 768, 12, 12, DType.F32);
    static final RandomGpt2 SMALL_BF16 = new RandomGpt2("gpt2-124m-bf16", 768, 12, 12, DType.BF16);
    /** 1.56 billion parameters: a file above 2 GiB and more than 2^30 weights. */
    static final RandomGpt2 XL = new RandomGpt2("gpt2-xl", 1600, 25, 48, DType.F32);

    static final int VOCABULARY = 50_257;
    private static final int POSITIONS = 1024;
    private static final double SPREAD = 0.02;

    /** The folder of the checkpoint in {@code parent}; writes the checkpoint if it does not exist. */
    Path in(Path parent) {
        Path folder = parent.resolve(name);
        if (!Files.exists(folder.resolve("model.safetensors"))) {
            write(folder);
        }
        return folder;
    }

    private void write(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("config.json"), config());
            Path tokenizer = Gpt2.FOLDER.resolve("tokenizer.json");
            Files.copy(tokenizer, folder.resolve("tokenizer.json"), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        SafetensorsWriter file = new SafetensorsWriter().metadata("format", "pt");
        add(file, "wte.weight", VOCABULARY, channels);
        add(file, "wpe.weight", POSITIONS, channels);
        for (int layer = 0; layer < layers; layer++) {
            String block = "h." + layer;
            norm(file, block + ".ln_1");
            linear(file, block + ".attn.c_attn", channels, 3 * channels);
            linear(file, block + ".attn.c_proj", channels, channels);
            norm(file, block + ".ln_2");
            linear(file, block + ".mlp.c_fc", channels, 4 * channels);
            linear(file, block + ".mlp.c_proj", 4 * channels, channels);
        }
        norm(file, "ln_f");
        file.write(folder.resolve("model.safetensors"));
    }

    private void norm(SafetensorsWriter file, String module) {
        add(file, module + ".weight", channels);
        add(file, module + ".bias", channels);
    }

    private void linear(SafetensorsWriter file, String module, int inputs, int outputs) {
        add(file, module + ".weight", inputs, outputs);
        add(file, module + ".bias", outputs);
    }

    private void add(SafetensorsWriter file, String tensor, int... shape) {
        Tensor weights = Tensor.zeros(shape);
        double mean = tensor.contains("ln_") && tensor.endsWith(".weight") ? 1 : 0;
        double limit = SPREAD * Math.sqrt(3); // of a uniform distribution with this standard deviation
        SplittableRandom random = new SplittableRandom(tensor.hashCode());
        for (int i = 0; i < weights.size(); i++) {
            weights.data()[i] = (float) (mean + limit * (2 * random.nextDouble() - 1));
        }
        file.add(tensor, dtype, weights);
    }

    private String config() {
        return """
                {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_layer": %d, "n_head": %d, "n_embd": %d,
                 "n_positions": %d, "vocab_size": %d, "activation_function": "gelu_new", "tie_word_embeddings": true,
                 "bos_token_id": null, "eos_token_id": null, "torch_dtype": "%s"}
                """.formatted(
                        layers, heads, channels, POSITIONS, VOCABULARY, dtype == DType.F32 ? "float32" : "bfloat16");
    }
}
