package dev.touchstone.checkpoint.gguf;

import dev.touchstone.util.TouchstoneException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The architectures of GGUF files that can be run, {@code general.architecture}, and how their tensors are called in Hugging Face's
 * models. Inside of blocks, a name maps to the module of the layer.
 */
enum GgufArchitecture {
    LLAMA("llama", "llama", "LlamaForCausalLM", Names.LLAMA),
    QWEN2("qwen2", "qwen2", "Qwen2ForCausalLM", Names.LLAMA),
    QWEN3("qwen3", "qwen3", "Qwen3ForCausalLM", Names.LLAMA),
    GEMMA2("gemma2", "gemma2", "Gemma2ForCausalLM", Names.GEMMA2);

    private final String id;
    private final String modelType;
    private final String modelClass;
    private final Map<String, String> names;

    GgufArchitecture(String id, String modelType, String modelClass, Map<String, String> names) {
        this.id = id;
        this.modelType = modelType;
        this.modelClass = modelClass;
        this.names = names;
    }

    /** The names of tensors. */
    private static final class Names {
        private static final Map<String, String> LLAMA = Map.ofEntries(
                Map.entry("token_embd", "model.embed_tokens"),
                Map.entry("output_norm", "model.norm"),
                Map.entry("output", "lm_head"),
                Map.entry("attn_norm", "input_layernorm"),
                Map.entry("attn_q", "self_attn.q_proj"),
                Map.entry("attn_k", "self_attn.k_proj"),
                Map.entry("attn_v", "self_attn.v_proj"),
                Map.entry("attn_output", "self_attn.o_proj"),
                Map.entry("attn_q_norm", "self_attn.q_norm"),
                Map.entry("attn_k_norm", "self_attn.k_norm"),
                Map.entry("ffn_norm", "post_attention_layernorm"),
                Map.entry("ffn_gate", "mlp.gate_proj"),
                Map.entry("ffn_up", "mlp.up_proj"),
                Map.entry("ffn_down", "mlp.down_proj"));

        private static final Map<String, String> GEMMA2 = with(
                LLAMA,
                Map.of(
                        "post_attention_norm", "post_attention_layernorm",
                        "ffn_norm", "pre_feedforward_layernorm",
                        "post_ffw_norm", "post_feedforward_layernorm"));

        private static Map<String, String> with(Map<String, String> names, Map<String, String> others) {
            Map<String, String> all = new HashMap<>(names);
            all.putAll(others);
            return Map.copyOf(all);
        }
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

    /**
     * The name of a tensor in Hugging Face's model, such as {@code model.layers.0.self_attn.q_proj.weight} for
     * {@code blk.0.attn_q.weight}; null if the architecture has no such tensor.
     */
    String hugging(String name) {
        List<String> parts = List.of(name.split("\\."));
        String suffix = parts.get(parts.size() - 1);
        boolean block = parts.size() == 4 && parts.get(0).equals("blk");
        if (!block && parts.size() != 2) {
            return null;
        }
        String module = names.get(parts.get(parts.size() - 2));
        if (module == null || block == (module.startsWith("model.") || module.equals("lm_head"))) {
            return null;
        }
        return (block ? "model.layers." + parts.get(1) + "." : "") + module + "." + suffix;
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
}
