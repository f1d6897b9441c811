package dev.touchstone.checkpoint.gguf;

import dev.touchstone.util.TouchstoneException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The architectures of GGUF files that can be run, {@code general.architecture}, and what llama.cpp's converter does to their tensors. */
enum GgufArchitecture {
    LLAMA("llama", "llama", "LlamaForCausalLM", GgufNames.LLAMA),
    QWEN2("qwen2", "qwen2", "Qwen2ForCausalLM", GgufNames.LLAMA),
    QWEN3("qwen3", "qwen3", "Qwen3ForCausalLM", GgufNames.LLAMA),
    GEMMA2("gemma2", "gemma2", "Gemma2ForCausalLM", GgufNames.GEMMA2),
    GPT2("gpt2", "gpt2", "GPT2LMHeadModel", GgufNames.GPT2),
    GPTJ("gptj", "gptj", "GPTJForCausalLM", GgufNames.GPTJ),
    GPTNEOX("gptneox", "gpt_neox", "GPTNeoXForCausalLM", GgufNames.GPTNEOX),
    BLOOM("bloom", "bloom", "BloomForCausalLM", GgufNames.BLOOM),
    PHI2("phi2", "phi", "PhiForCausalLM", GgufNames.PHI2);

    private final String id;
    private final String modelType;
    private final String modelClass;
    private final GgufNames names;

    GgufArchitecture(String id, String modelType, String modelClass, GgufNames names) {
        this.id = id;
        this.modelType = modelType;
        this.modelClass = modelClass;
        this.names = names;
    }

    /** The architecture of a file. Throws if it is not supported. */
    static GgufArchitecture of(String file, String id) {
        return Arrays.stream(values())
                .filter(architecture -> architecture.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new TouchstoneException(file + ": general.architecture is " + id
                        + ", which is not supported; expected one of "
                        + Arrays.stream(values()).map(one -> one.id).collect(Collectors.joining(", "))));
    }

    /** The name in GGUF files, which is also the prefix of the architecture's metadata. */
    String id() {
        return id;
    }

    /** {@code model_type} of Hugging Face's configuration. */
    String modelType() {
        return modelType;
    }

    /** Hugging Face's class of the language model. */
    String modelClass() {
        return modelClass;
    }

    /** The names of tensors in Hugging Face's model. */
    GgufNames names() {
        return names;
    }

    /**
     * Whether the rows of queries and keys are permuted: llama.cpp rotates neighbouring channels in this architecture, Hugging Face
     * channels half a head apart.
     */
    boolean permutesRotaryRows() {
        return this == LLAMA;
    }

    /** Whether norms are stored with 1 added to their weights. */
    boolean addsOneToNorms() {
        return this == GEMMA2;
    }

    /** Whether Hugging Face has queries, keys and values of a head side by side, where the file has all queries first. */
    boolean interleavesHeads() {
        return this == GPTNEOX || this == BLOOM;
    }

    /** Whether Hugging Face stores the matrices inside of blocks with a row for each input, where the file has one for each output. */
    boolean transposesMatrices() {
        return this == GPT2;
    }

    /** Whether the tensor {@code rope_freqs.weight} may give the factors of the rotary frequencies. */
    boolean mayHaveRotaryFactors() {
        return names == GgufNames.LLAMA || this == GEMMA2;
    }
}
