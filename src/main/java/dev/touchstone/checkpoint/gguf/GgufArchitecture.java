package dev.touchstone.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.util.TouchstoneException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The architectures of GGUF files that can be run, and what llama.cpp's converter does to their tensors. Several may have the same
 * {@code general.architecture}; then the first one whose condition a file meets is that of the file.
 */
enum GgufArchitecture {
    MIXTRAL(
            "llama",
            GgufArchitecture::hasExperts,
            "mixtral",
            "MixtralForCausalLM",
            ExpertNames.MIXTRAL,
            ExpertConfigs::mixtral),
    LLAMA("llama", "llama", "LlamaForCausalLM", GgufNames.LLAMA, LlamaConfigs::llama),
    QWEN2("qwen2", "qwen2", "Qwen2ForCausalLM", GgufNames.LLAMA, LlamaConfigs::qwen2),
    QWEN2MOE("qwen2moe", "qwen2_moe", "Qwen2MoeForCausalLM", ExpertNames.QWEN2MOE, ExpertConfigs::qwen2moe),
    QWEN3("qwen3", "qwen3", "Qwen3ForCausalLM", GgufNames.LLAMA, LlamaConfigs::qwen3),
    QWEN3MOE("qwen3moe", "qwen3_moe", "Qwen3MoeForCausalLM", ExpertNames.QWEN3MOE, ExpertConfigs::qwen3moe),
    GPT_OSS("gpt-oss", "gpt_oss", "GptOssForCausalLM", ExpertNames.GPT_OSS, ExpertConfigs::gptOss),
    DEEPSEEK_V3(
            "deepseek2",
            GgufArchitecture::hasSigmoids,
            "deepseek_v3",
            "DeepseekV3ForCausalLM",
            ExpertNames.DEEPSEEK_V3,
            LatentConfigs::deepseekV3),
    DEEPSEEK_V2("deepseek2", "deepseek_v2", "DeepseekV2ForCausalLM", ExpertNames.DEEPSEEK, LatentConfigs::deepseekV2),
    LLAMA4("llama4", "llama4_text", "Llama4ForCausalLM", ExpertNames.LLAMA4, ExpertConfigs::llama4),
    MINISTRAL3(
            "mistral3",
            GgufArchitecture::hasTemperature,
            "ministral3",
            "Ministral3ForCausalLM",
            GgufNames.LLAMA,
            LlamaConfigs::ministral3),
    MISTRAL3("mistral3", "mistral", "MistralForCausalLM", GgufNames.LLAMA, LlamaConfigs::mistral3),
    GEMMA("gemma", "gemma", "GemmaForCausalLM", GgufNames.LLAMA, GemmaConfigs::gemma),
    GEMMA2("gemma2", "gemma2", "Gemma2ForCausalLM", GgufNames.GEMMA2, GemmaConfigs::gemma2),
    GEMMA3("gemma3", "gemma3_text", "Gemma3ForCausalLM", GgufNames.GEMMA2, GemmaConfigs::gemma3),
    PHI2("phi2", "phi", "PhiForCausalLM", GgufNames.PHI2, GptConfigs::phi2),
    PHI3("phi3", "phi3", "Phi3ForCausalLM", GgufNames.PHI3, LlamaConfigs::phi3),
    GRANITE("granite", "granite", "GraniteForCausalLM", GgufNames.LLAMA, LlamaConfigs::granite),
    GRANITE_MOE(
            "granitemoe", "granitemoe", "GraniteMoeForCausalLM", ExpertNames.GRANITE_MOE, ExpertConfigs::graniteMoe),
    SMOLLM3("smollm3", "smollm3", "SmolLM3ForCausalLM", GgufNames.LLAMA, LlamaConfigs::smolLm3),
    OLMO("olmo", "olmo", "OlmoForCausalLM", GgufNames.LLAMA, LlamaConfigs::olmo),
    OLMO3("olmo2", GgufArchitecture::hasWindow, "olmo3", "Olmo3ForCausalLM", GgufNames.OLMO2, LlamaConfigs::olmo3),
    OLMO2("olmo2", "olmo2", "Olmo2ForCausalLM", GgufNames.OLMO2, LlamaConfigs::olmo2),
    COMMAND_R("command-r", "cohere", "CohereForCausalLM", GgufNames.LLAMA, LlamaConfigs::commandR),
    COHERE2("cohere2", "cohere2", "Cohere2ForCausalLM", GgufNames.LLAMA, LlamaConfigs::cohere2),
    STARCODER2("starcoder2", "starcoder2", "Starcoder2ForCausalLM", GgufNames.STARCODER2, LlamaConfigs::starCoder2),
    STABLELM("stablelm", "stablelm", "StableLmForCausalLM", GgufNames.STABLELM, LlamaConfigs::stableLm),
    GPT2("gpt2", "gpt2", "GPT2LMHeadModel", GgufNames.GPT2, GptConfigs::gpt2),
    GPTJ("gptj", "gptj", "GPTJForCausalLM", GgufNames.GPTJ, GptConfigs::gptj),
    GPTNEOX("gptneox", "gpt_neox", "GPTNeoXForCausalLM", GgufNames.GPTNEOX, GptConfigs::gptNeoX),
    STARCODER("starcoder", "gpt_bigcode", "GPTBigCodeForCausalLM", GgufNames.GPT2, GptConfigs::starCoder),
    BLOOM("bloom", "bloom", "BloomForCausalLM", GgufNames.BLOOM, GptConfigs::bloom),
    FALCON_TWO_NORMS(
            "falcon",
            gguf -> gguf.tensors().containsKey("blk.0.attn_norm_2.weight"),
            "falcon",
            "FalconForCausalLM",
            GgufNames.FALCON_TWO_NORMS,
            GptConfigs::falcon),
    FALCON("falcon", "falcon", "FalconForCausalLM", GgufNames.FALCON, GptConfigs::falcon),
    MPT("mpt", "mpt", "MptForCausalLM", GgufNames.MPT, GptConfigs::mpt);

    private static final List<GgufArchitecture> WITH_ROTARY_PAIRS =
            List.of(LLAMA, MIXTRAL, MINISTRAL3, MISTRAL3, GRANITE, GRANITE_MOE, SMOLLM3, OLMO);

    private final String id;
    private final Predicate<Gguf> condition;
    private final String modelType;
    private final String modelClass;
    private final GgufNames names;
    private final Consumer<GgufConfig> config;

    GgufArchitecture(
            String id,
            Predicate<Gguf> condition,
            String modelType,
            String modelClass,
            GgufNames names,
            Consumer<GgufConfig> config) {
        this.id = id;
        this.condition = condition;
        this.modelType = modelType;
        this.modelClass = modelClass;
        this.names = names;
        this.config = config;
    }

    GgufArchitecture(String id, String modelType, String modelClass, GgufNames names, Consumer<GgufConfig> config) {
        this(id, gguf -> true, modelType, modelClass, names, config);
    }

    private static boolean hasExperts(Gguf gguf) {
        return gguf.metadata().path("llama.expert_count").asInt(0) > 0;
    }

    private static boolean hasSigmoids(Gguf gguf) {
        return gguf.metadata().path("deepseek2.expert_gating_func").asInt(0) == LatentConfigs.SIGMOID;
    }

    private static boolean hasTemperature(Gguf gguf) {
        return gguf.metadata().path("mistral3.attention.temperature_scale").asDouble(0) != 0;
    }

    private static boolean hasWindow(Gguf gguf) {
        return gguf.metadata().path("olmo2.attention.sliding_window").asInt(0) > 0;
    }

    /** The architecture of a file. Throws if it is not supported. */
    static GgufArchitecture of(Gguf gguf) {
        JsonNode found = gguf.metadata().path("general.architecture");
        if (!found.isTextual()) {
            throw new TouchstoneException(
                    gguf.place() + ": the metadata lacks general.architecture; it is no language model, or damaged");
        }
        String id = found.textValue();
        return Arrays.stream(values())
                .filter(architecture -> architecture.id.equals(id) && architecture.condition.test(gguf))
                .findFirst()
                .orElseThrow(() -> new TouchstoneException(gguf.place() + ": general.architecture is " + id
                        + ", which is not supported; expected one of "
                        + Arrays.stream(values())
                                .map(GgufArchitecture::id)
                                .distinct()
                                .collect(Collectors.joining(", "))));
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

    /** Writes the fields of Hugging Face's configuration that not all architectures share. */
    Consumer<GgufConfig> config() {
        return config;
    }

    /**
     * Whether the rows of queries and keys are permuted: llama.cpp rotates neighbouring channels in this architecture, Hugging Face
     * channels half a head apart.
     */
    boolean permutesRotaryRows() {
        return WITH_ROTARY_PAIRS.contains(this);
    }

    /** Whether it is a Gemma: norms are stored with 1 added to their weights, and the order of tokens is that of merges. */
    boolean isGemma() {
        return this == GEMMA || this == GEMMA2 || this == GEMMA3;
    }

    /**
     * Whether Hugging Face has the key and the value of a group of heads after the queries of the group, where the file has all queries
     * first.
     */
    boolean interleavesHeads() {
        return this == GPTNEOX || this == BLOOM || this == FALCON || this == FALCON_TWO_NORMS;
    }

    /** Whether Hugging Face's configuration has a size of a head that does not follow from the other sizes if it is missing. */
    boolean hasSizeOfHead() {
        return List.of(QWEN3, GPT_OSS, LLAMA4, MINISTRAL3).contains(this) || isGemma();
    }

    /** Whether attention is to latents, from which keys and values are projected. */
    boolean hasLatents() {
        return this == DEEPSEEK_V2 || this == DEEPSEEK_V3;
    }

    /** Whether Hugging Face stores the matrices inside of blocks with a row for each input, where the file has one for each output. */
    boolean transposesMatrices() {
        return this == GPT2;
    }

    /** Whether the tensor {@code rope_freqs.weight} may give the factors of the rotary frequencies. */
    boolean mayHaveRotaryFactors() {
        return names == GgufNames.LLAMA || this == MIXTRAL || this == LLAMA4 || this == GEMMA2;
    }
}
