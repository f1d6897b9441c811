package dev.touchstone.families;

import dev.touchstone.model.Transformer;
import dev.touchstone.weights.Weights;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A family of models: how its {@code config.json} and its tensors become a {@link Transformer}. A new family is one class
 * and one line in {@link #ALL}.
 *
 * @param modelType {@code model_type} in config.json
 * @param prefix in front of the names of tensors in some checkpoints: the base model's place in the language model
 * @param eosId the default of {@code eos_token_id} in the family's configuration class; null for none
 * @param architectures the values of {@code architectures} in config.json that are language models of this family
 */
public record Family(String modelType, String prefix, Integer eosId, Builder builder, List<String> architectures) {
    /** All families that can be loaded. */
    static final List<Family> ALL = List.of(
            new Family("gpt2", "transformer.", 50_256, Gpt2::build, "GPT2LMHeadModel", "GPT2Model"),
            new Family("gpt_neo", "transformer.", 50_256, GptNeo::build, "GPTNeoForCausalLM", "GPTNeoModel"),
            new Family("gptj", "transformer.", 50_256, GptJ::build, "GPTJForCausalLM", "GPTJModel"),
            new Family("gpt_neox", "gpt_neox.", 2, GptNeoX::build, "GPTNeoXForCausalLM", "GPTNeoXModel"),
            new Family("bloom", "transformer.", 2, Bloom::build, "BloomForCausalLM", "BloomModel"),
            new Family("llama", "model.", 2, Llama::build, "LlamaForCausalLM", "LlamaModel"),
            new Family("mistral", "model.", 2, Mistral::build, "MistralForCausalLM", "MistralModel"),
            new Family("qwen2", "model.", null, Qwen2::build, "Qwen2ForCausalLM", "Qwen2Model"),
            new Family("qwen3", "model.", null, Qwen3::build, "Qwen3ForCausalLM", "Qwen3Model"),
            new Family("mixtral", "model.", 2, Mixtral::build, "MixtralForCausalLM", "MixtralModel"),
            new Family("qwen2_moe", "model.", null, Qwen2Moe::build, "Qwen2MoeForCausalLM", "Qwen2MoeModel"),
            new Family("gpt_oss", "model.", null, GptOss::build, "GptOssForCausalLM", "GptOssModel"),
            new Family("granitemoe", "model.", 2, GraniteMoe::build, "GraniteMoeForCausalLM", "GraniteMoeModel"),
            new Family("qwen3_moe", "model.", null, Qwen3Moe::build, "Qwen3MoeForCausalLM", "Qwen3MoeModel"),
            new Family("deepseek_v2", "model.", 2, DeepseekV2::build, "DeepseekV2ForCausalLM", "DeepseekV2Model"),
            new Family("deepseek_v3", "model.", 1, DeepseekV3::build, "DeepseekV3ForCausalLM", "DeepseekV3Model"),
            new Family("ministral", "model.", 2, Mistral::build, "MinistralForCausalLM", "MinistralModel"),
            new Family("ministral3", "model.", 2, Ministral3::build, "Ministral3ForCausalLM", "Ministral3Model"),
            new Family("llama4_text", "model.", 2, Llama4::build, "Llama4ForCausalLM", "Llama4TextModel"),
            new Family("gemma", "model.", 1, Gemma::build, "GemmaForCausalLM", "GemmaModel"),
            new Family("gemma2", "model.", 1, Gemma2::build, "Gemma2ForCausalLM", "Gemma2Model"),
            new Family("gemma3_text", "model.", 1, Gemma3::build, "Gemma3ForCausalLM", "Gemma3TextModel"),
            new Family("smollm3", "model.", 128_001, SmolLm3::build, "SmolLM3ForCausalLM", "SmolLM3Model"),
            new Family("cohere", "model.", 255_001, Cohere::build, "CohereForCausalLM", "CohereModel"),
            new Family("cohere2", "model.", 255_001, Cohere2::build, "Cohere2ForCausalLM", "Cohere2Model"),
            new Family("olmo", "model.", 50_279, Olmo::build, "OlmoForCausalLM", "OlmoModel"),
            new Family("olmo2", "model.", 50_279, Olmo2::build, "Olmo2ForCausalLM", "Olmo2Model"),
            new Family("olmo3", "model.", 50_279, Olmo3::build, "Olmo3ForCausalLM", "Olmo3Model"),
            new Family("opt", "model.", 2, Opt::build, "OPTForCausalLM", "OPTModel"),
            new Family("xglm", "model.", 2, Xglm::build, "XGLMForCausalLM", "XGLMModel"),
            new Family("phi", "model.", 2, Phi::build, "PhiForCausalLM", "PhiModel"),
            new Family("phi3", "model.", 32_000, Phi3::build, "Phi3ForCausalLM", "Phi3Model"),
            new Family("granite", "model.", 2, Granite::build, "GraniteForCausalLM", "GraniteModel"),
            new Family("starcoder2", "model.", 50_256, StarCoder2::build, "Starcoder2ForCausalLM", "Starcoder2Model"),
            new Family("stablelm", "model.", 0, StableLm::build, "StableLmForCausalLM", "StableLmModel"),
            new Family("mpt", "transformer.", null, Mpt::build, "MptForCausalLM", "MptModel"),
            new Family("falcon", "transformer.", 11, Falcon::build, "FalconForCausalLM", "FalconModel"),
            new Family(
                    "gpt_bigcode",
                    "transformer.",
                    50_256,
                    GptBigCode::build,
                    "GPTBigCodeForCausalLM",
                    "GPTBigCodeModel"),
            new Family("codegen", "transformer.", 50_256, CodeGen::build, "CodeGenForCausalLM", "CodeGenModel"),
            new Family("exercise", "", null, Exercise::build, "ExerciseLM"));

    /** Model types with layers that keep a state instead of keys and values: convolutions, linear attention, state spaces. */
    private static final Set<String> RECURRENT = Set.of(
            "bailing_hybrid",
            "bamba",
            "falcon_h1",
            "falcon_mamba",
            "granitemoehybrid",
            "jamba",
            "kimi_linear",
            "lfm2",
            "lfm2_moe",
            "lfm3",
            "mamba",
            "mamba2",
            "minimax",
            "nemotron_h",
            "olmo_hybrid",
            "qwen3_5_text",
            "qwen3_5_moe_text",
            "qwen3_next",
            "recurrent_gemma",
            "rwkv",
            "xlstm",
            "zamba",
            "zamba2");

    /** Builds the model. Layers have their names in {@code named_modules()}, without the prefix. */
    @FunctionalInterface
    public interface Builder {
        Transformer build(Config config, Weights weights);
    }

    Family(String modelType, String prefix, Integer eosId, Builder builder, String... architectures) {
        this(modelType, prefix, eosId, builder, Arrays.asList(architectures));
    }

    /** The family of a configuration, by its {@code model_type}. */
    public static Family of(Config config) {
        String type = config.text("model_type").orElse(null);
        config.refuse(
                "model_type",
                RECURRENT.contains(String.valueOf(type)),
                "layers with convolutions, linear attention or state spaces are not supported; expected a model with"
                        + " attention in every layer");
        List<String> known = ALL.stream().map(Family::modelType).toList();
        if (!known.contains(type)) {
            String all = String.join(", ", known) + ", " + String.join(", ", TextModel.modelTypes());
            throw config.error("model_type", type, "one that is supported: " + all);
        }
        Family family = ALL.get(known.indexOf(type));
        refuseUnsupported(config);
        for (String architecture : config.texts("architectures")) {
            if (!family.architectures.contains(architecture)) {
                throw config.error("architectures", architecture, String.join(" or ", family.architectures));
            }
        }
        return family;
    }

    /** Settings of every configuration class that change the model, or name other files. */
    static void refuseUnsupported(Config config) {
        config.refuse(
                "is_causal",
                !config.flagOrOff("is_causal", true),
                "attention to later tokens is not supported; expected true");
        config.refuse(
                "quantization_config",
                config.has("quantization_config"),
                "quantized weights are not supported; use the model that they were made from");
        config.refuse(
                "transformers_weights",
                config.has("transformers_weights"),
                "weights in a file of that name are not loaded; expected no such field");
        config.refuse(
                "per_layer_config",
                !config.part("per_layer_config").json().isEmpty(),
                "settings for single layers are not supported; expected no such field");
    }
}
