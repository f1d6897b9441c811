"""Writes the metadata of GGUF files that llama.cpp's `convert_hf_to_gguf.py` writes."""

import copy
import math

import gguf
from transformers import AutoConfig

FIRST = ("llama", "mistral", "qwen2", "qwen3", "gemma2")
"""Model types whose metadata has always been written like Llama's."""


def write_metadata(writer: gguf.GGUFWriter, config: AutoConfig, *, whole_latent: bool = False) -> None:
    """Writes the metadata that llama.cpp's converter writes for these architectures. `whole_latent`: an older one."""
    positions = {"bloom": "seq_length", "mpt": "max_seq_len"}.get(config.model_type, "max_position_embeddings")
    writer.add_context_length(getattr(config, positions))
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    if config.model_type in FIRST:
        write_llama_metadata(writer, config)
    elif config.model_type.startswith("deepseek"):
        write_deepseek(writer, config, whole_latent=whole_latent)
        write_end_of_text(writer, config)
    elif config.model_type in OTHERS:
        OTHERS[config.model_type](writer, config)
        write_end_of_text(writer, config)
    else:
        write_gpt_metadata(writer, config)


def write_end_of_text(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """The end of text, and that there is no tokenizer."""
    writer.add_eos_token_id(config.eos_token_id)
    writer.add_tokenizer_model("no_vocab")


def write_llama_metadata(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """The metadata of Llama and the architectures after it."""
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_rope_dimension_count(config.head_dim)
    write_end_of_text(writer, config)
    if config.rope_parameters["rope_type"] == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(config.rope_parameters["factor"])
    if config.model_type == "gemma2":
        writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
        writer.add_final_logit_softcapping(config.final_logit_softcapping)
    if config.model_type in ("gemma2", "mistral") and config.sliding_window is not None:
        writer.add_sliding_window(config.sliding_window)


def write_gpt_metadata(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """The metadata of GPT-2 and the architectures after it. The base of rotary frequencies is not part of it."""
    inner = {"gpt2": "n_inner", "gptj": "n_inner", "bloom": ""}.get(config.model_type, "intermediate_size")
    writer.add_feed_forward_length((getattr(config, inner) if inner else None) or 4 * config.hidden_size)
    writer.add_head_count(config.num_attention_heads)
    write_end_of_text(writer, config)
    writer.add_layer_norm_eps(getattr(config, "layer_norm_epsilon", None) or config.layer_norm_eps)
    size = config.hidden_size // config.num_attention_heads
    if config.model_type == "gptj":
        writer.add_rope_dimension_count(config.rotary_dim)
    if config.model_type in ("gpt_neox", "phi"):
        writer.add_rope_dimension_count(int(config.rope_parameters["partial_rotary_factor"] * size))
    if config.model_type == "gpt_neox":
        writer.add_parallel_residual(config.use_parallel_residual)
    if config.model_type in ("bloom", "phi"):
        writer.add_head_count_kv(getattr(config, "num_key_value_heads", config.num_attention_heads))


def write_text_model(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """The metadata that the converter's base class writes."""
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    kinds = config.rope_parameters
    rope = kinds.get("full_attention", kinds)
    writer.add_rope_freq_base(rope["rope_theta"])
    if "sliding_attention" in kinds:
        writer.add_rope_freq_base_swa(kinds["sliding_attention"]["rope_theta"])
    if rope["rope_type"] in ("linear", "yarn"):
        writer.add_rope_scaling_type(gguf.RopeScalingType(rope["rope_type"]))
        writer.add_rope_scaling_factor(rope["factor"])
    if rope["rope_type"] == "yarn":
        writer.add_rope_scaling_orig_ctx_len(rope["original_max_position_embeddings"])
        if "attention_factor" in rope:
            writer.add_rope_scaling_yarn_attn_factor(rope["attention_factor"])
        writer.add_rope_scaling_yarn_beta_fast(rope["beta_fast"])
        writer.add_rope_scaling_yarn_beta_slow(rope["beta_slow"])
    if hasattr(config, "rms_norm_eps"):
        writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    for name in ("layer_norm_eps", "norm_epsilon"):
        if hasattr(config, name):
            writer.add_layer_norm_eps(getattr(config, name))
    for name in ("num_local_experts", "num_experts"):
        if name in config.to_dict():
            writer.add_expert_count(getattr(config, name))
            writer.add_expert_used_count(config.num_experts_per_tok)
    if getattr(config, "head_dim", None):
        writer.add_key_length(config.head_dim)
        writer.add_value_length(config.head_dim)


def write_like_llama(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """Mixtral and SmolLM3."""
    write_text_model(writer, config)
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    writer.add_rope_dimension_count(size)


def write_qwen_moe(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """Qwen2-MoE and Qwen3-MoE."""
    write_text_model(writer, config)
    writer.add_expert_feed_forward_length(config.moe_intermediate_size)
    if hasattr(config, "shared_expert_intermediate_size"):
        writer.add_expert_shared_feed_forward_length(config.shared_expert_intermediate_size)


def write_deepseek(writer: gguf.GGUFWriter, config: AutoConfig, *, whole_latent: bool) -> None:
    """DeepSeek-V2 and V3. The latent is the only key-value head, unless the projection to all heads is one tensor."""
    sizes = copy.deepcopy(config)
    sizes.head_dim = None
    sizes.num_key_value_heads = config.num_attention_heads if whole_latent else 1
    write_text_model(writer, sizes)
    writer.add_leading_dense_block_count(config.first_k_dense_replace)
    if config.q_lora_rank is not None:
        writer.add_q_lora_rank(config.q_lora_rank)
    writer.add_kv_lora_rank(config.kv_lora_rank)
    key = config.qk_nope_head_dim + config.qk_rope_head_dim
    if whole_latent:
        writer.add_key_length(key)
        writer.add_value_length(config.v_head_dim)
    else:
        writer.add_key_length(config.kv_lora_rank + config.qk_rope_head_dim)
        writer.add_value_length(config.kv_lora_rank)
        writer.add_key_length_mla(key)
        writer.add_value_length_mla(config.v_head_dim)
    writer.add_expert_feed_forward_length(config.moe_intermediate_size)
    writer.add_expert_count(config.n_routed_experts)
    writer.add_expert_used_count(config.num_experts_per_tok)
    writer.add_expert_shared_count(config.n_shared_experts)
    writer.add_expert_group_count(config.n_group)
    writer.add_expert_group_used_count(config.topk_group)
    writer.add_expert_weights_scale(config.routed_scaling_factor)
    if config.norm_topk_prob:
        writer.add_expert_weights_norm(config.norm_topk_prob)
    if config.model_type == "deepseek_v3":  # scoring_func of the published configuration
        writer.add_expert_gating_func(gguf.ExpertGatingFuncType.SIGMOID)
    writer.add_rope_dimension_count(config.qk_rope_head_dim)
    if "mscale_all_dim" in config.rope_parameters:
        writer.add_rope_scaling_yarn_log_mul(0.1 * config.rope_parameters["mscale_all_dim"])


def write_llama4(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """Llama 4."""
    dense = copy.deepcopy(config)
    dense.intermediate_size = config.intermediate_size_mlp
    write_like_llama(writer, dense)
    writer.add_interleave_moe_layer_step(config.interleave_moe_layer_step)
    writer.add_expert_feed_forward_length(config.intermediate_size)


def write_ministral3(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """Ministral 3."""
    write_like_llama(writer, config)
    writer.add_rope_scaling_yarn_log_mul(config.rope_parameters["mscale_all_dim"])
    writer.add_attn_temperature_scale(config.rope_parameters["llama_4_scaling_beta"])


def write_gpt_oss(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """gpt-oss."""
    write_text_model(writer, config)
    writer.add_sliding_window(config.sliding_window)
    writer.add_expert_feed_forward_length(config.intermediate_size)


def write_gemma(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """Gemma 1, without the base of its rotary embeddings."""
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)


def write_gemma3(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """Gemma 3. The converter writes no pattern, which is then 6."""
    write_text_model(writer, config)
    writer.add_sliding_window(config.sliding_window)
    writer.add_sliding_window_pattern(2)


def write_granite(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """Granite, with and without experts."""
    write_like_llama(writer, config)
    writer.add_attention_scale(config.attention_multiplier)
    writer.add_embedding_scale(config.embedding_multiplier)
    writer.add_residual_scale(config.residual_multiplier)
    writer.add_logit_scale(config.logits_scaling)


def write_phi3(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """Phi-3 and Phi-4."""
    rope = config.rope_parameters
    writer.add_rope_scaling_orig_ctx_len(config.original_max_position_embeddings)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    size = config.hidden_size // config.num_attention_heads
    writer.add_rope_dimension_count(int(rope.get("partial_rotary_factor", 1.0) * size))
    writer.add_rope_freq_base(rope["rope_theta"])
    writer.add_sliding_window(config.sliding_window or 0)
    if rope["rope_type"] == "longrope":
        scale = config.max_position_embeddings / config.original_max_position_embeddings
        factor = math.sqrt(1 + math.log(scale) / math.log(config.original_max_position_embeddings))
        writer.add_rope_scaling_attn_factors(factor)


def write_olmo(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """OLMo 1, whose norms all have the same epsilon."""
    write_text_model(writer, config)
    writer.add_layer_norm_eps(1e-5)
    if config.clip_qkv is not None:
        writer.add_clamp_kqv(config.clip_qkv)


def write_olmo3(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """OLMo 3, whose architecture is that of OLMo 2 with a window."""
    write_text_model(writer, config)
    writer.add_sliding_window(config.sliding_window)
    writer.add_sliding_window_pattern([kind == "sliding_attention" for kind in config.layer_types])


def write_cohere(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """Command R."""
    write_text_model(writer, config)
    writer.add_logit_scale(config.logit_scale)
    writer.add_rope_scaling_type(gguf.RopeScalingType.NONE)


def write_cohere2(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """Command R7B."""
    write_cohere(writer, config)
    writer.add_sliding_window(config.sliding_window)
    writer.add_rope_dimension_count(config.hidden_size // config.num_attention_heads)


def write_stablelm(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """StableLM, without the base of its rotary embeddings."""
    writer.add_feed_forward_length(config.intermediate_size)
    size = config.hidden_size // config.num_attention_heads
    writer.add_rope_dimension_count(int(config.rope_parameters["partial_rotary_factor"] * size))
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_parallel_residual(config.use_parallel_residual)
    writer.add_layer_norm_eps(config.layer_norm_eps)


def write_falcon(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """Falcon, without the base of its rotary embeddings."""
    writer.add_tensor_data_layout("jploski")
    writer.add_feed_forward_length(4 * config.hidden_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_kv_heads)
    writer.add_layer_norm_eps(config.layer_norm_epsilon)


def write_starcoder(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """StarCoder."""
    writer.add_feed_forward_length(4 * config.n_embd)
    writer.add_head_count(config.n_head)
    writer.add_head_count_kv(1)
    writer.add_layer_norm_eps(config.layer_norm_epsilon)


def write_mpt(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """MPT."""
    writer.add_feed_forward_length(4 * config.d_model)
    writer.add_head_count(config.n_heads)
    writer.add_layer_norm_eps(config.layer_norm_epsilon)
    if config.attn_config.clip_qkv is not None:
        writer.add_clamp_kqv(config.attn_config.clip_qkv)
    writer.add_max_alibi_bias(config.attn_config.alibi_bias_max)


OTHERS = {
    "mixtral": write_like_llama,
    "llama4_text": write_llama4,
    "ministral3": write_ministral3,
    "smollm3": write_like_llama,
    "qwen2_moe": write_qwen_moe,
    "qwen3_moe": write_qwen_moe,
    "gpt_oss": write_gpt_oss,
    "gemma": write_gemma,
    "gemma3_text": write_gemma3,
    "granite": write_granite,
    "granitemoe": write_granite,
    "phi3": write_phi3,
    "olmo": write_olmo,
    "olmo2": write_text_model,
    "olmo3": write_olmo3,
    "cohere": write_cohere,
    "cohere2": write_cohere2,
    "starcoder2": write_text_model,
    "stablelm": write_stablelm,
    "falcon": write_falcon,
    "gpt_bigcode": write_starcoder,
    "mpt": write_mpt,
}
"""How to write the metadata of other model types."""
