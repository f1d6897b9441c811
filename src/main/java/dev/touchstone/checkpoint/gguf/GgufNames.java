package dev.touchstone.checkpoint.gguf;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The names that a Hugging Face model has for the layers of a GGUF file.
 *
 * @param blocks in front of the number of a block, such as {@code model.layers.}
 * @param outside layers outside of the blocks
 * @param inside layers of a block, or single tensors of a layer
 * @param stacked layers of a block whose tensor has those of several layers, one after another; their names have the index of one as %d
 */
record GgufNames(String blocks, Map<String, String> outside, Map<String, String> inside, Map<String, String> stacked) {
    static final GgufNames LLAMA = new GgufNames(
            "model.layers.",
            Map.of("token_embd", "model.embed_tokens", "output_norm", "model.norm", "output", "lm_head"),
            Map.ofEntries(
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
                    Map.entry("ffn_down", "mlp.down_proj")));

    static final GgufNames GEMMA2 = LLAMA.withInside(Map.of(
            "post_attention_norm", "post_attention_layernorm",
            "ffn_norm", "pre_feedforward_layernorm",
            "post_ffw_norm", "post_feedforward_layernorm"));

    static final GgufNames PHI3 =
            LLAMA.withInside(Map.of("attn_qkv", "self_attn.qkv_proj", "ffn_up", "mlp.gate_up_proj"));

    static final GgufNames OLMO2 = LLAMA.withInside(Map.of(
            "post_attention_norm", "post_attention_layernorm",
            "post_ffw_norm", "post_feedforward_layernorm"));

    static final GgufNames STARCODER2 = LLAMA.withInside(Map.of("ffn_up", "mlp.c_fc", "ffn_down", "mlp.c_proj"));

    /** A norm of queries or keys has those of all heads. */
    static final GgufNames STABLELM = LLAMA.withStacked(Map.of(
            "attn_q_norm", "self_attn.q_layernorm.norms.%d",
            "attn_k_norm", "self_attn.k_layernorm.norms.%d"));

    static final GgufNames GPT2 = new GgufNames(
            "transformer.h.",
            Map.of(
                    "token_embd", "transformer.wte",
                    "position_embd", "transformer.wpe",
                    "output_norm", "transformer.ln_f",
                    "output", "lm_head"),
            Map.of(
                    "attn_norm", "ln_1",
                    "attn_qkv", "attn.c_attn",
                    "attn_output", "attn.c_proj",
                    "ffn_norm", "ln_2",
                    "ffn_up", "mlp.c_fc",
                    "ffn_down", "mlp.c_proj"));

    static final GgufNames GPTJ = new GgufNames(
            "transformer.h.",
            Map.of("token_embd", "transformer.wte", "output_norm", "transformer.ln_f", "output", "lm_head"),
            Map.of(
                    "attn_norm", "ln_1",
                    "attn_q", "attn.q_proj",
                    "attn_k", "attn.k_proj",
                    "attn_v", "attn.v_proj",
                    "attn_output", "attn.out_proj",
                    "ffn_up", "mlp.fc_in",
                    "ffn_down", "mlp.fc_out"));

    static final GgufNames GPTNEOX = new GgufNames(
            "gpt_neox.layers.",
            Map.of(
                    "token_embd", "gpt_neox.embed_in",
                    "output_norm", "gpt_neox.final_layer_norm",
                    "output", "embed_out"),
            Map.of(
                    "attn_norm", "input_layernorm",
                    "attn_qkv", "attention.query_key_value",
                    "attn_output", "attention.dense",
                    "ffn_norm", "post_attention_layernorm",
                    "ffn_up", "mlp.dense_h_to_4h",
                    "ffn_down", "mlp.dense_4h_to_h"));

    static final GgufNames BLOOM = new GgufNames(
            "transformer.h.",
            Map.of(
                    "token_embd", "transformer.word_embeddings",
                    "token_embd_norm", "transformer.word_embeddings_layernorm",
                    "output_norm", "transformer.ln_f",
                    "output", "lm_head"),
            Map.of(
                    "attn_norm", "input_layernorm",
                    "attn_qkv", "self_attention.query_key_value",
                    "attn_output", "self_attention.dense",
                    "ffn_norm", "post_attention_layernorm",
                    "ffn_up", "mlp.dense_h_to_4h",
                    "ffn_down", "mlp.dense_4h_to_h"));

    static final GgufNames FALCON = new GgufNames(
            "transformer.h.",
            Map.of(
                    "token_embd", "transformer.word_embeddings",
                    "output_norm", "transformer.ln_f",
                    "output", "lm_head"),
            Map.of(
                    "attn_norm", "input_layernorm",
                    "attn_qkv", "self_attention.query_key_value",
                    "attn_output", "self_attention.dense",
                    "ffn_up", "mlp.dense_h_to_4h",
                    "ffn_down", "mlp.dense_4h_to_h"));

    /** The second norm is that of attention. */
    static final GgufNames FALCON_TWO_NORMS =
            FALCON.withInside(Map.of("attn_norm", "ln_mlp", "attn_norm_2", "ln_attn"));

    static final GgufNames MPT = new GgufNames(
            "transformer.blocks.",
            Map.of("token_embd", "transformer.wte", "output_norm", "transformer.norm_f", "output", "lm_head"),
            Map.of(
                    "attn_norm", "norm_1",
                    "attn_qkv", "attn.Wqkv",
                    "attn_output", "attn.out_proj",
                    "ffn_norm", "norm_2",
                    "ffn_up", "ffn.up_proj",
                    "ffn_down", "ffn.down_proj"));

    static final GgufNames PHI2 = new GgufNames(
            "model.layers.",
            Map.of("token_embd", "model.embed_tokens", "output_norm", "model.final_layernorm", "output", "lm_head"),
            Map.of(
                    "attn_norm", "input_layernorm",
                    "attn_q", "self_attn.q_proj",
                    "attn_k", "self_attn.k_proj",
                    "attn_v", "self_attn.v_proj",
                    "attn_output", "self_attn.dense",
                    "ffn_up", "mlp.fc1",
                    "ffn_down", "mlp.fc2"));

    private GgufNames(String blocks, Map<String, String> outside, Map<String, String> inside) {
        this(blocks, outside, inside, Map.of());
    }

    /** The same with further or other names of layers in a block. */
    GgufNames withInside(Map<String, String> others) {
        Map<String, String> all = new HashMap<>(inside);
        all.putAll(others);
        return new GgufNames(blocks, outside, Map.copyOf(all), stacked);
    }

    /** The same with tensors that have those of several layers. */
    GgufNames withStacked(Map<String, String> layers) {
        return new GgufNames(blocks, outside, inside, layers);
    }

    /** Whether a block has a layer of this name. */
    boolean has(String layer) {
        return inside.containsKey(layer);
    }

    /**
     * The name of a tensor in Hugging Face's model, such as {@code model.layers.0.self_attn.q_proj.weight} for
     * {@code blk.0.attn_q.weight}; null if the model has no such tensor.
     */
    String hugging(String name) {
        List<String> parts = List.of(name.split("\\."));
        if (parts.size() == 2) {
            String layer = outside.get(parts.get(0));
            return layer == null ? null : layer + "." + parts.get(1);
        }
        String tensor = parts.size() == 4 ? inside.get(parts.get(2) + "." + parts.get(3)) : null;
        return tensor == null ? inBlock(parts, inside) : blocks + parts.get(1) + "." + tensor;
    }

    /** The name with {@code %d} of the layers whose tensors are in one; null if the tensor is that of one layer. */
    String huggingOfStacked(String name) {
        return inBlock(List.of(name.split("\\.")), stacked);
    }

    private String inBlock(List<String> parts, Map<String, String> layers) {
        String layer = parts.size() == 4 && parts.get(0).equals("blk") ? layers.get(parts.get(2)) : null;
        return layer == null ? null : blocks + parts.get(1) + "." + layer + "." + parts.get(3);
    }
}
