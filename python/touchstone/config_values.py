"""Other values for the attributes of a configuration: by name where the type alone says too little, else by type."""

from transformers.activations import ACT2FN

from touchstone.config_bases import OLDER_ROPE_SCALING, ROPE_PARAMETERS, SIZES

ABSENT = object()
"""Stands for no value: the attribute is left out."""

_HEADS = [1, 2, 4, 5, 6]
_CHANNELS = [6, 18, 24]
_LAYERS = [1, 3]
_POSITIONS = [14, 40]
_INNER = [7, 16]
_ACTIVATIONS = [*ACT2FN, "other"]
_WINDOW = [1, 3, 100, 0]
_EPSILON = [0.5]
_CAP = [1.5, 0.7]
_FULL, _SLIDING = "full_attention", "sliding_attention"

_BY_NAME: dict[str, list[object]] = {
    "vocab_size": [9, 13],
    "hidden_size": _CHANNELS,
    "n_embd": _CHANNELS,
    "n_embed": _CHANNELS,
    "d_model": _CHANNELS,
    "num_hidden_layers": _LAYERS,
    "n_layer": _LAYERS,
    "num_layers": _LAYERS,
    "num_attention_heads": _HEADS,
    "n_head": _HEADS,
    "num_heads": _HEADS,
    "attention_heads": _HEADS,
    "num_key_value_heads": [1, 3, 4, 6],
    "head_dim": [2, 5, 6, 8],
    "max_position_embeddings": _POSITIONS,
    "n_positions": _POSITIONS,
    "intermediate_size": _INNER,
    "n_inner": _INNER,
    "ffn_dim": _INNER,
    "word_embed_proj_dim": [6, 12],
    "swiglu_limit": [0.2, 0.5],
    "num_experts": [3, 5],
    "num_local_experts": [3, 5],
    "num_experts_per_tok": [1, 3, 4, 5],
    "moe_intermediate_size": _INNER,
    "intermediate_size_mlp": _INNER,
    "moe_layers": [[0], [1], [0, 1], []],
    "interleave_moe_layer_step": [2, 3],
    "attention_chunk_size": [1, 3, 100],
    "floor_scale": [1, 3, 100],
    "attn_scale": [0.5, 0.0, -0.3],
    "shared_expert_intermediate_size": [5, 9],
    "decoder_sparse_step": [2, 3],
    "mlp_only_layers": [[0], [0, 1], []],
    "kv_lora_rank": [6, 10],
    "q_lora_rank": [5, 8],
    "qk_nope_head_dim": [2, 8],
    "qk_rope_head_dim": [2, 6, 3],
    "v_head_dim": [3, 9],
    "n_routed_experts": [3, 4, 12],
    "n_shared_experts": [1, 2, 3],
    "n_group": [1, 2, 4, 6],
    "topk_group": [1, 3, 4],
    "topk_method": ["greedy", "group_limited_greedy", "noaux_tc"],
    "first_k_dense_replace": [0, 2, 5],
    "moe_layer_freq": [2],
    "routed_scaling_factor": [2.5, 0.5],
    "n_heads": _HEADS,
    "n_layers": _LAYERS,
    "max_seq_len": _POSITIONS,
    "num_kv_heads": _HEADS,
    "num_ln_in_parallel_attn": [1, 2, 3],
    "ffn_hidden_size": _INNER,
    "activation": _ACTIVATIONS,
    "attn_config": [
        {},
        {"clip_qkv": 0.3},
        {"clip_qkv": 0.0},
        {"softmax_scale": 1.5},
        {"alibi": False, "alibi_bias_max": 4, "attn_type": "multiquery_attention", "qk_ln": True, "prefix_lm": True},
    ],
    "hidden_act": _ACTIVATIONS,
    "hidden_activation": _ACTIVATIONS,
    "activation_function": _ACTIVATIONS,
    "rms_norm_eps": _EPSILON,
    "layer_norm_eps": _EPSILON,
    "layer_norm_epsilon": _EPSILON,
    "window_size": _WINDOW,
    "sliding_window": _WINDOW,
    "max_window_layers": [0, 1, 2],
    "layer_types": [
        [_FULL, _FULL],
        [_SLIDING, _SLIDING],
        [_SLIDING, _FULL],
        [_FULL, _SLIDING],
        ["attention", _SLIDING],
        ["chunked_attention", _FULL],
        [_FULL],
        [],
    ],
    "attention_types": [
        [[["global"], 2]],
        [[["local"], 2]],
        [[["local", "global"], 1]],
        [[["local"], 1], [["global"], 1]],
        [[["global"], 1]],
        [[["other"], 2]],
        [],
    ],
    "query_pre_attn_scalar": [1, 30],
    "attn_logit_softcapping": _CAP,
    "final_logit_softcapping": _CAP,
    "no_rope_layers": [[0, 0], [1, 1], [1, 0], [1], [], [2, 0]],
    "no_rope_layer_interval": [1, 3],
    "sliding_window_pattern": [1, 2, 3],
    "clip_qkv": [0.3, 0.0],
    "logit_scale": [0.5, 0.0],
    "rope_local_base_freq": [37.0],
    "rotary_dim": [4, 3, 6],
    "rotary_pct": [1.0, 0.25, 0.75],
    "rotary_emb_base": [37.0],
    "rope_theta": [37.0, 5],
    "rope_scaling": OLDER_ROPE_SCALING,
    "partial_rotary_factor": [1.0, 0.5, 0.25],
    "original_max_position_embeddings": [8],
    "dtype": ["float16", "bfloat16", "float64"],
    "torch_dtype": ["float16", "bfloat16", "float64"],
    "pad_token_id": [0, 1, 2, 7, 11, -1],
    "bos_token_id": [0, 100],
    "eos_token_id": [0, [1, 2]],
    "decoder_start_token_id": [0],
    "architectures": [[], ["Other"]],
    "per_layer_config": [{}, {"0": {"rms_norm_eps": 0.5, "layer_norm_epsilon": 0.5}}],
    "quantization_config": [{"quant_method": "gptq", "bits": 4}],
    "id2label": [{"0": "a"}],
    "label2id": [{"a": 0}],
    "problem_type": ["regression"],
    "summary_type": ["mean"],
    "pretraining_tp": [2],
    "chunk_size_feed_forward": [1],
}

_OLDER_NAMES = (
    "n_embed",
    "rope_theta",
    "rope_scaling",
    "rotary_pct",
    "rotary_emb_base",
    "partial_rotary_factor",
    "original_max_position_embeddings",
    "torch_dtype",
    "layer_types",
    "sliding_window_pattern",
    "rope_local_base_freq",
    "per_layer_config",
    "quantization_config",
)
"""Attributes that configuration classes read from the file and keep elsewhere."""

_BOOLEAN_ELSEWHERE = ("is_causal", "is_decoder", "attention_bias", "mlp_bias", "use_bidirectional_attention")
EXTRA = (*_OLDER_NAMES, *_BOOLEAN_ELSEWHERE)
"""Attributes that no configuration class has as a field, and some that other classes have."""


def values(name: str, base: dict[str, object], now: object, own: bool) -> list[object]:
    """Other values than `now` for an attribute, and null; `ABSENT` too, if the base has it and it is no size."""
    found = list(_candidates(name, base, now, own))
    found += [None] if own or name in EXTRA else []
    if name in base and name not in SIZES:
        found.append(ABSENT)
    return [value for value in found if value is ABSENT or name not in base or base[name] != value]


def _candidates(name: str, base: dict[str, object], now: object, own: bool) -> list[object]:
    if name == "rope_parameters":
        return ROPE_PARAMETERS + _one_changed(base.get(name, {}))
    chosen = _BY_NAME.get(name)
    if chosen is None:
        chosen = _by_type(now if own else _type_elsewhere(name))
    return chosen if own or name in EXTRA else chosen[:2]


def _one_changed(parameters: dict[str, object]) -> list[object]:
    """The parameters with one of them changed, left out or null."""
    others = {
        "rope_theta": 37.0,
        "factor": 1.5,
        "low_freq_factor": 0.5,
        "high_freq_factor": 8.0,
        "original_max_position_embeddings": 8,
        "partial_rotary_factor": 0.5,
        "attention_factor": 1.4,
        "beta_fast": 4.0,
        "beta_slow": 0.2,
        "mscale": 0.7,
        "truncate": False,
    }
    changed: list[object] = [parameters | {name: value} for name, value in others.items()]
    changed.append(parameters | {"mscale": 0.7, "mscale_all_dim": 0.3})
    changed += [parameters | {name: None} for name in others]
    changed += [{key: value for key, value in parameters.items() if key != name} for name in parameters]
    return changed


def _by_type(now: object) -> list[object]:
    if isinstance(now, bool):
        return [not now]
    if isinstance(now, (int, float)):
        return [now + 1, now / 2 + 0.25] if isinstance(now, float) else [now + 1]
    return ["other"] if isinstance(now, str) else [True]


def _type_elsewhere(name: str) -> object:
    return False if name in _BOOLEAN_ELSEWHERE else None
