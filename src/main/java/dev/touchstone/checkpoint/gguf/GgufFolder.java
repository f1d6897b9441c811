package dev.touchstone.checkpoint.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.files.ByteSource;
import dev.touchstone.checkpoint.files.ModelFiles;
import dev.touchstone.checkpoint.safetensors.DType;
import dev.touchstone.checkpoint.safetensors.SafetensorsWriter;
import dev.touchstone.util.JsonObject;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.util.WholeFile;
import dev.touchstone.weights.StoredTensor;
import dev.touchstone.weights.StoredTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A GGUF model as the folder that Hugging Face's {@code save_pretrained} would write: {@code config.json}, {@code tokenizer.json} and
 * {@code tokenizer_config.json} from the metadata, and the tensors under Hugging Face's names and in its layout.
 */
public final class GgufFolder implements ModelFiles, StoredTensors {
    /** The values of {@code general.architecture} that are supported. */
    public static final String ARCHITECTURES =
            "llama, qwen2, qwen2moe, qwen3, qwen3moe, gpt-oss, deepseek2, llama4, mistral3, gemma, gemma2, gemma3, phi2, phi3,"
                    + " granite, granitemoe, smollm3, olmo, olmo2, command-r, cohere2, starcoder2, stablelm, gpt2, gptj, gptneox,"
                    + " starcoder, bloom, falcon, mpt";

    /** The types of weights that can be read. */
    public static final String TYPES =
            "F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS, F64, BF16, MXFP4";

    private final Gguf gguf;
    private final List<StoredTensor> weights;
    private final Map<String, Supplier<ObjectNode>> files = new LinkedHashMap<>();

    private GgufFolder(Gguf gguf) {
        this.gguf = gguf;
        GgufArchitecture architecture = GgufArchitecture.of(gguf);
        ObjectNode config = GgufConfig.of(gguf, architecture);
        files.put("config.json", config::deepCopy);
        files.putAll(GgufTokenizer.files(gguf.place(), architecture, gguf.metadata()));
        this.weights = GgufWeights.of(architecture, config).of(gguf.tensors());
    }

    /**
     * Opens a file, or all parts of a split model. Throws if its architecture is not supported. The files of the tokenizer are made when they
     * are read, which throws if it is not supported.
     */
    public static GgufFolder open(Path file) {
        return of(Gguf.open(file));
    }

    /** The model of an open file, which is closed with it, and if this throws. */
    public static GgufFolder of(Gguf gguf) {
        try {
            return new GgufFolder(gguf);
        } catch (RuntimeException e) {
            gguf.close();
            throw e;
        }
    }

    /**
     * Writes the folder.
     *
     * @param folder is new or empty
     * @param dtype the type of the weights
     */
    public void write(Path folder, DType dtype) {
        Map<String, String> texts = new LinkedHashMap<>(); // first, because the tokenizer may not be supported
        files.forEach((name, json) -> texts.put(name, json.get().toPrettyString() + "\n"));
        try {
            Files.createDirectories(folder);
            try (Stream<Path> inside = Files.list(folder)) {
                if (inside.findAny().isPresent()) {
                    throw new TouchstoneException(folder + " is not empty; expected a new folder, or an empty one");
                }
            }
        } catch (IOException e) {
            throw Problems.unwritable(folder, e);
        }
        SafetensorsWriter tensors = new SafetensorsWriter().metadata("format", "pt");
        weights.forEach(weight -> tensors.add(weight.name(), dtype, weight));
        tensors.write(folder.resolve("model.safetensors"));
        texts.forEach((name, text) -> WholeFile.write(folder.resolve(name), text));
    }

    @Override
    public String name() {
        return gguf.place();
    }

    @Override
    public boolean has(String file) {
        return files.containsKey(file);
    }

    @Override
    public List<String> list(String folder) {
        return List.of();
    }

    @Override
    public byte[] bytes(String file) {
        if (!has(file)) {
            throw Problems.unreadable(file, new NoSuchFileException(file));
        }
        return files.get(file).get().toString().getBytes(UTF_8);
    }

    /** Without writing it as text to be parsed again. */
    @Override
    public JsonObject json(String file, String path) {
        if (!has(file)) {
            throw Problems.unreadable(file, new NoSuchFileException(file));
        }
        return new JsonObject(path, files.get(file).get());
    }

    @Override
    public ByteSource open(String file) throws IOException {
        return ByteSource.of(bytes(file));
    }

    /** The file with the tensors. */
    @Override
    public String place() {
        return gguf.place();
    }

    @Override
    public List<StoredTensor> all() {
        return weights;
    }

    /** The tensors of the file, as they are there. */
    public List<GgufTensor> stored() {
        return gguf.all();
    }

    @Override
    public void close() {
        gguf.close();
    }
}
