"""Tiny configurations, each the start of a walk. What they leave out has the default of the configuration class."""

SIZES = (
    "vocab_size",
    "hidden_size",
    "n_embd",
    "n_embed",
    "d_model",
    "num_hidden_layers",
    "n_layer",
    "num_layers",
    "num_attention_heads",
    "n_head",
    "num_heads",
    "attention_heads",
    "intermediate_size",
    "n_inner",
    "ffn_dim",
    "head_dim",
    "num_key_value_heads",
    "max_position_embeddings",
    "n_positions",
    "word_embed_proj_dim",
    "num_local_experts",
    "num_experts",
    "num_experts_per_tok",
    "moe_intermediate_size",
    "shared_expert_intermediate_size",
    "n_heads",
    "n_layers",
    "max_seq_len",
    "ffn_hidden_size",
    "kv_lora_rank",
    "q_lora_rank",
    "qk_nope_head_dim",
    "qk_rope_head_dim",
    "v_head_dim",
    "n_routed_experts",
)
"""Attributes whose defaults would make a large model, and so are never left out."""

_GROUPED = {
    "vocab_size": 11,
    "hidden_size": 12,
    "num_hidden_layers": 2,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "head_dim": 4,
    "intermediate_size": 10,
    "max_position_embeddings": 32,
    "rms_norm_eps": 0.01,
    "rope_parameters": {"rope_type": "default", "rope_theta": 20.0},
}
_SHARES = {name: value for name, value in _GROUPED.items() if name != "head_dim"} | {"hidden_size": 24}
"""The size of a head follows from the other sizes."""

_PLAIN = {
    "vocab_size": 11,
    "hidden_size": 12,
    "num_hidden_layers": 2,
    "num_attention_heads": 3,
    "max_position_embeddings": 32,
}
_SHORT_NAMES = {"vocab_size": 11, "n_embd": 12, "n_layer": 2, "n_head": 3, "n_positions": 32}

_KINDS = {
    "layer_types": ["sliding_attention", "full_attention"],
    "rope_parameters": {
        "full_attention": {"rope_type": "default", "rope_theta": 20.0},
        "sliding_attention": {"rope_type": "default", "rope_theta": 7.0},
    },
}
"""Another rotary embedding for each kind of layer."""

_LINEAR = {"rope_type": "linear", "rope_theta": 20.0, "factor": 2.0}
_DYNAMIC = {"rope_type": "dynamic", "rope_theta": 20.0, "factor": 2.0}
_LONGROPE = {
    "rope_type": "longrope",
    "rope_theta": 20.0,
    "partial_rotary_factor": 1.0,
    "short_factor": [1.2, 0.8],
    "long_factor": [2.0, 3.0],
}
_YARN = {"rope_type": "yarn", "rope_theta": 20.0, "factor": 3.0, "original_max_position_embeddings": 16}
_LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 20.0,
    "factor": 4.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 3.0,
    "original_max_position_embeddings": 16,
}

_MIXTURE = {"num_local_experts": 4, "num_experts_per_tok": 2}
_LATENT = {
    "vocab_size": 11,
    "hidden_size": 12,
    "num_hidden_layers": 2,
    "num_attention_heads": 3,
    "num_key_value_heads": 3,
    "kv_lora_rank": 8,
    "q_lora_rank": 6,
    "qk_nope_head_dim": 6,
    "qk_rope_head_dim": 4,
    "v_head_dim": 7,
    "intermediate_size": 10,
    "moe_intermediate_size": 6,
    "n_routed_experts": 6,
    "num_experts_per_tok": 2,
    "n_group": 3,
    "topk_group": 2,
    "first_k_dense_replace": 1,
    "moe_layer_freq": 1,
    "max_position_embeddings": 32,
    "rms_norm_eps": 0.01,
    "rope_parameters": {"rope_type": "default", "rope_theta": 20.0},
}

BASES: dict[str, dict[str, object]] = {
    "gpt2": {"model_type": "gpt2"} | _SHORT_NAMES,
    "gpt_neo": {
        "model_type": "gpt_neo",
        "vocab_size": 11,
        "hidden_size": 12,
        "num_layers": 2,
        "num_heads": 3,
        "max_position_embeddings": 32,
        "attention_types": [[["global", "local"], 1]],
        "window_size": 5,
    },
    "gptj": {"model_type": "gptj", "rotary_dim": 2} | _SHORT_NAMES,
    "gpt_neox": {"model_type": "gpt_neox", "intermediate_size": 10, "rotary_pct": 0.5} | _PLAIN,
    "bloom": {"model_type": "bloom", "vocab_size": 11, "hidden_size": 12, "n_layer": 2, "n_head": 3},
    "llama": {"model_type": "llama"} | _GROUPED,
    "llama, linear": {"model_type": "llama"} | _GROUPED | {"rope_parameters": _LINEAR},
    "llama, dynamic": {"model_type": "llama"} | _GROUPED | {"rope_parameters": _DYNAMIC},
    "llama, yarn": {"model_type": "llama"} | _GROUPED | {"rope_parameters": _YARN},
    "llama, llama3": {"model_type": "llama"} | _GROUPED | {"rope_parameters": _LLAMA3},
    "mistral": {"model_type": "mistral", "sliding_window": 5} | _GROUPED,
    "qwen2": {"model_type": "qwen2"} | _SHARES,
    "qwen2, sliding": {"model_type": "qwen2", "use_sliding_window": True, "sliding_window": 5, "max_window_layers": 1}
    | _SHARES,
    "qwen3": {"model_type": "qwen3"} | _GROUPED,
    "qwen3, sliding": {"model_type": "qwen3", "use_sliding_window": True, "sliding_window": 5, "max_window_layers": 1}
    | _GROUPED
    | {"rope_parameters": _YARN},
    "mixtral": {"model_type": "mixtral"} | _GROUPED | _MIXTURE,
    "mixtral, sliding": {"model_type": "mixtral", "sliding_window": 5} | _GROUPED | _MIXTURE,
    "qwen2_moe": {
        "model_type": "qwen2_moe",
        "num_experts": 4,
        "num_experts_per_tok": 2,
        "moe_intermediate_size": 6,
        "shared_expert_intermediate_size": 7,
    }
    | _SHARES,
    "qwen2_moe, sliding": {
        "model_type": "qwen2_moe",
        "num_experts": 4,
        "num_experts_per_tok": 2,
        "moe_intermediate_size": 6,
        "shared_expert_intermediate_size": 7,
        "use_sliding_window": True,
        "sliding_window": 5,
    }
    | _SHARES,
    "granitemoe": {"model_type": "granitemoe", "attention_multiplier": 0.7} | _GROUPED | _MIXTURE,
    "deepseek_v2": {"model_type": "deepseek_v2", "n_shared_experts": 2} | _LATENT,
    "deepseek_v2, groups": {
        "model_type": "deepseek_v2",
        "topk_method": "group_limited_greedy",
        "routed_scaling_factor": 1.5,
        "n_shared_experts": 1,
    }
    | _LATENT
    | {"q_lora_rank": None},
    "deepseek_v3": {"model_type": "deepseek_v3"} | _LATENT,
    "deepseek_v3, yarn": {"model_type": "deepseek_v3"}
    | _LATENT
    | {"q_lora_rank": None, "rope_parameters": _YARN | {"mscale": 0.8, "mscale_all_dim": 0.5}},
    "gpt_oss": {"model_type": "gpt_oss", "sliding_window": 5} | _GROUPED | _MIXTURE,
    "qwen3_moe": {"model_type": "qwen3_moe", "moe_intermediate_size": 6} | _GROUPED | _MIXTURE,
    "qwen3_moe, sliding": {
        "model_type": "qwen3_moe",
        "moe_intermediate_size": 6,
        "use_sliding_window": True,
        "sliding_window": 5,
    }
    | _GROUPED
    | _MIXTURE,
    "gemma2": {"model_type": "gemma2", "query_pre_attn_scalar": 7, "sliding_window": 5} | _GROUPED,
    "gemma": {"model_type": "gemma"} | _GROUPED,
    "gemma3_text": {"model_type": "gemma3_text", "query_pre_attn_scalar": 7, "sliding_window": 5} | _GROUPED | _KINDS,
    "gemma3_text, longrope": {"model_type": "gemma3_text", "query_pre_attn_scalar": 20, "sliding_window": 5}
    | _GROUPED
    | _KINDS
    | {
        "rope_parameters": _KINDS["rope_parameters"]
        | {"full_attention": _LONGROPE | {"original_max_position_embeddings": 8}}
    },
    "olmo": {"model_type": "olmo", "clip_qkv": 1.5} | _GROUPED,
    "olmo2": {"model_type": "olmo2"} | _GROUPED,
    "olmo3": {"model_type": "olmo3", "sliding_window": 5} | _GROUPED | _KINDS,
    "smollm3": {"model_type": "smollm3", "no_rope_layer_interval": 2, "pad_token_id": None} | _GROUPED,
    "smollm3, sliding": {
        "model_type": "smollm3",
        "no_rope_layers": [0, 1],
        "pad_token_id": None,
        "use_sliding_window": True,
        "sliding_window": 5,
    }
    | _GROUPED,
    "cohere": {"model_type": "cohere", "layer_norm_eps": 0.01} | _GROUPED,
    "cohere, normed": {"model_type": "cohere", "layer_norm_eps": 0.01, "use_qk_norm": True} | _GROUPED,
    "cohere, longrope": {"model_type": "cohere"}
    | _GROUPED
    | {"rope_parameters": _LONGROPE | {"original_max_position_embeddings": 8}},
    "cohere2": {"model_type": "cohere2", "sliding_window": 5, "sliding_window_pattern": 2} | _GROUPED,
    "ministral": {"model_type": "ministral", "sliding_window": 5} | _GROUPED,
    "ministral3": {"model_type": "ministral3", "sliding_window": 5, "pad_token_id": None}
    | _GROUPED
    | {"rope_parameters": _YARN | {"llama_4_scaling_beta": 0.4, "original_max_position_embeddings": 4}},
    "llama4_text": {
        "model_type": "llama4_text",
        "attention_chunk_size": 5,
        "no_rope_layers": [1, 0],
        "floor_scale": 2,
        "attn_scale": 0.5,
        "intermediate_size_mlp": 7,
        "moe_layers": [1],
    }
    | _GROUPED
    | _MIXTURE,
    "opt": {"model_type": "opt", "ffn_dim": 10} | _PLAIN,
    "xglm": {
        "model_type": "xglm",
        "vocab_size": 11,
        "d_model": 12,
        "num_layers": 2,
        "attention_heads": 3,
        "max_position_embeddings": 32,
        "ffn_dim": 10,
    },
    "phi": {"model_type": "phi", "intermediate_size": 10, "num_key_value_heads": 3, "partial_rotary_factor": 0.5}
    | _PLAIN,
    "phi3": {"model_type": "phi3", "pad_token_id": None} | _SHARES,
    "phi3, longrope": {"model_type": "phi3", "pad_token_id": None, "original_max_position_embeddings": 8}
    | _SHARES
    | {"rope_parameters": _LONGROPE},
    "granite": {"model_type": "granite", "attention_multiplier": 0.7} | _GROUPED,
    "starcoder2": {"model_type": "starcoder2", "sliding_window": 5} | _GROUPED,
    "stablelm": {"model_type": "stablelm", "qk_layernorm": True, "use_qkv_bias": True, "partial_rotary_factor": 0.5}
    | _SHARES,
    "falcon": {"model_type": "falcon", "new_decoder_architecture": True, "num_kv_heads": 2, "ffn_hidden_size": 10}
    | _PLAIN
    | {"hidden_size": 24, "num_attention_heads": 6},
    "falcon, multi-query": {"model_type": "falcon", "ffn_hidden_size": 10} | _PLAIN,
    "falcon, alibi": {"model_type": "falcon", "alibi": True, "multi_query": False, "parallel_attn": False, "bias": True}
    | _PLAIN,
    "gpt_bigcode": {"model_type": "gpt_bigcode"} | _SHORT_NAMES,
    "codegen": {"model_type": "codegen", "rotary_dim": 2} | _SHORT_NAMES | {"n_embd": 16, "n_head": 4},
    "mpt": {
        "model_type": "mpt",
        "vocab_size": 11,
        "d_model": 12,
        "n_layers": 2,
        "n_heads": 3,
        "max_seq_len": 32,
        "attn_config": {"clip_qkv": 0.75},
    },
    "opt, 350m": {"model_type": "opt", "ffn_dim": 10, "do_layer_norm_before": False, "word_embed_proj_dim": 8} | _PLAIN,
}
"""`<family>` or `<family>, <variant>`."""

ROPE_PARAMETERS: list[object] = [
    _LINEAR,
    _DYNAMIC,
    _YARN,
    _LLAMA3,
    {},
    {"rope_theta": 37.0},
    {"rope_type": "default"},
    {"type": "linear", "factor": 2.0},
    {"rope_type": "linear"},
    {"rope_type": "proportional", "rope_theta": 20.0, "partial_rotary_factor": 0.5},
    {"rope_type": "longrope", "short_factor": [1.0, 2.0], "long_factor": [3.0, 4.0], "factor": 2.0},
    {"rope_type": "unknown", "factor": 2.0},
    {"full_attention": _LINEAR, "sliding_attention": _YARN},
    {"full_attention": _LINEAR},
]
"""For families with rotary embeddings. Within a base's own parameters, each is changed as well."""

OLDER_ROPE_SCALING: list[object] = [_LINEAR, _YARN, {"type": "linear", "factor": 2.0}, {}]
"""Values of `rope_scaling`, which later became `rope_parameters`."""
