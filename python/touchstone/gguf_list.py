"""The tiny GGUF models: their sizes and settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import gguf

SIZES = {
    "vocab_size": 41,
    "hidden_size": 96,
    "intermediate_size": 256,
    "num_hidden_layers": 3,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "max_position_embeddings": 40,
    "rms_norm_eps": 3e-3,
    "bos_token_id": None,
    "eos_token_id": 1,
    "pad_token_id": None,
}


def rope(theta: float) -> dict[str, object]:
    """A rotary embedding without scaling."""
    return {"rope_type": "default", "rope_theta": theta}


GPT_SIZES = {
    "vocab_size": 41,
    "hidden_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 6,
    "max_position_embeddings": 40,
    "bos_token_id": None,
    "eos_token_id": 1,
    "pad_token_id": None,
}
"""The sizes of architectures without grouped-query attention, under the names that all configuration classes take."""

FACTORS = [1.0, 1.0, 1.25, 1.5, 2.75, 4.0, 8.0, 8.0]


@dataclass(frozen=True)
class GgufModel:
    """A model: its seed, its architecture in GGUF, and the settings that differ from `sizes`."""

    seed: int
    model_type: str
    architecture: gguf.MODEL_ARCH
    config: dict[str, object]
    factors: bool = False
    """Whether the file has the tensor `rope_freqs.weight`."""
    sizes: Mapping[str, object] = field(default_factory=lambda: SIZES)
    fused: bool = False
    """Whether queries, keys and values are one tensor, as older converters wrote them."""
    joined_experts: bool = False
    """Whether gate and up projections of the experts are one tensor."""
    whole_latent: bool = False
    """Whether the projection of latents to keys and values is one tensor, as older converters wrote it."""
    golden_ids: int = 8
    """How many of the ids the golden has."""


GGUF_MODELS = {
    "llama": GgufModel(41, "llama", gguf.MODEL_ARCH.LLAMA, {"rope_parameters": rope(50.0)}),
    "llama-factors": GgufModel(
        42,
        "llama",
        gguf.MODEL_ARCH.LLAMA,
        {
            "tie_word_embeddings": True,
            "attention_bias": True,
            "mlp_bias": True,
            "rope_parameters": {
                "rope_type": "longrope",
                "rope_theta": 50.0,
                "factor": 1.0,
                "original_max_position_embeddings": SIZES["max_position_embeddings"],
                "short_factor": FACTORS,
                "long_factor": FACTORS,
            },
        },
        factors=True,
    ),
    "llama-linear": GgufModel(
        43,
        "llama",
        gguf.MODEL_ARCH.LLAMA,
        {"rope_parameters": {"rope_type": "linear", "rope_theta": 50.0, "factor": 2.5}},
    ),
    "qwen2": GgufModel(44, "qwen2", gguf.MODEL_ARCH.QWEN2, {"rope_parameters": rope(70.0)}),
    "qwen3": GgufModel(
        45,
        "qwen3",
        gguf.MODEL_ARCH.QWEN3,
        {"tie_word_embeddings": True, "rope_parameters": rope(60.0)},
    ),
    "gemma2": GgufModel(
        46,
        "gemma2",
        gguf.MODEL_ARCH.GEMMA2,
        {
            "query_pre_attn_scalar": 16,
            "sliding_window": 5,
            "attn_logit_softcapping": 3.0,
            "final_logit_softcapping": 2.0,
            "rope_parameters": rope(50.0),
        },
    ),
    "mistral": GgufModel(
        47,
        "mistral",
        gguf.MODEL_ARCH.LLAMA,
        {"num_hidden_layers": 2, "sliding_window": 5, "rope_parameters": rope(50.0)},
    ),
    "gpt2": GgufModel(48, "gpt2", gguf.MODEL_ARCH.GPT2, {"n_inner": 256, "layer_norm_epsilon": 3e-3}, sizes=GPT_SIZES),
    "gptj": GgufModel(
        49,
        "gptj",
        gguf.MODEL_ARCH.GPTJ,
        {"n_inner": 256, "rotary_dim": 12, "layer_norm_epsilon": 3e-3},
        sizes=GPT_SIZES,
    ),
    "gptneox": GgufModel(
        50,
        "gpt_neox",
        gguf.MODEL_ARCH.GPTNEOX,
        {
            "intermediate_size": 256,
            "layer_norm_eps": 3e-3,
            "rope_parameters": rope(10_000.0) | {"partial_rotary_factor": 0.375},
        },
        sizes=GPT_SIZES,
    ),
    "gptneox-sequential": GgufModel(
        51,
        "gpt_neox",
        gguf.MODEL_ARCH.GPTNEOX,
        {
            "num_hidden_layers": 1,
            "intermediate_size": 256,
            "layer_norm_eps": 3e-3,
            "use_parallel_residual": False,
            "rope_parameters": rope(10_000.0) | {"partial_rotary_factor": 0.25},
        },
        sizes=GPT_SIZES,
    ),
    "bloom": GgufModel(
        52, "bloom", gguf.MODEL_ARCH.BLOOM, {"seq_length": 40, "layer_norm_epsilon": 3e-3}, sizes=GPT_SIZES
    ),
    "phi2": GgufModel(
        53,
        "phi",
        gguf.MODEL_ARCH.PHI2,
        {
            "num_key_value_heads": 2,
            "intermediate_size": 256,
            "layer_norm_eps": 3e-3,
            "rope_parameters": rope(10_000.0) | {"partial_rotary_factor": 0.5},
        },
        sizes=GPT_SIZES,
    ),
    "phi2-fused": GgufModel(
        54,
        "phi",
        gguf.MODEL_ARCH.PHI2,
        {
            "num_hidden_layers": 1,
            "num_key_value_heads": 6,
            "intermediate_size": 256,
            "layer_norm_eps": 3e-3,
            "rope_parameters": rope(10_000.0) | {"partial_rotary_factor": 0.5},
        },
        sizes=GPT_SIZES,
        fused=True,
    ),
}

SMALL = {
    "vocab_size": 41,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 40,
    "bos_token_id": None,
    "eos_token_id": 1,
    "pad_token_id": None,
}
"""The sizes of the other architectures, whose heads have 8 channels unless there is a `head_dim`."""


def small(seed: int, model_type: str, architecture: gguf.MODEL_ARCH, **config: object) -> GgufModel:
    """A model with few channels, and with RMSNorm unless it has another epsilon."""
    sizes = SMALL if any("eps" in name for name in config) or model_type == "olmo" else SMALL | {"rms_norm_eps": 3e-3}
    return GgufModel(seed, model_type, architecture, config, sizes=sizes, golden_ids=4)


def kinds(full: dict[str, object]) -> dict[str, dict[str, object]]:
    """Another rotary embedding for layers with a window."""
    return {"full_attention": full, "sliding_attention": rope(30.0)}


YARN = rope(80.0) | {
    "rope_type": "yarn",
    "factor": 4.0,
    "original_max_position_embeddings": 4096,
    "beta_fast": 32.0,
    "beta_slow": 1.0,
}
"""With the settings that llama.cpp uses whatever the file has."""
LATENT = {
    "num_key_value_heads": 4,
    "kv_lora_rank": 32,
    "qk_nope_head_dim": 32,
    "qk_rope_head_dim": 8,
    "v_head_dim": 16,
    "first_k_dense_replace": 1,
    "moe_intermediate_size": 32,
    "num_experts_per_tok": 2,
}
"""Latent attention, and mixtures of experts after one layer."""
Arch = gguf.MODEL_ARCH

GGUF_MODELS |= {
    "gemma": small(61, "gemma", Arch.GEMMA, head_dim=16),
    "gemma3": small(
        62,
        "gemma3_text",
        Arch.GEMMA3,
        head_dim=16,
        query_pre_attn_scalar=16,
        sliding_window=3,
        layer_types=["sliding_attention", "full_attention"],
        rope_parameters=kinds({"rope_type": "linear", "rope_theta": 80.0, "factor": 2.5}),
    ),
    "phi3": small(63, "phi3", Arch.PHI3, sliding_window=3, rope_parameters=rope(50.0)),
    "phi3-longrope": small(
        64,
        "phi3",
        Arch.PHI3,
        tie_word_embeddings=True,
        original_max_position_embeddings=8,
        rope_parameters=rope(50.0)
        | {
            "rope_type": "longrope",
            "partial_rotary_factor": 0.75,
            "short_factor": [1.0, 1.25, 1.5],
            "long_factor": [1.0, 2.5, 4.0],
        },
    ),
    "mixtral": small(
        65,
        "mixtral",
        Arch.LLAMA,
        head_dim=16,
        num_local_experts=5,
        num_experts_per_tok=2,
        intermediate_size=32,
        rope_parameters=rope(50.0),
    ),
    "qwen2moe": small(
        66,
        "qwen2_moe",
        Arch.QWEN2MOE,
        num_experts=5,
        num_experts_per_tok=2,
        moe_intermediate_size=32,
        shared_expert_intermediate_size=64,
        mlp_only_layers=[],
        rope_parameters=rope(50.0),
    ),
    "qwen3moe": small(
        67,
        "qwen3_moe",
        Arch.QWEN3MOE,
        head_dim=16,
        num_experts=5,
        num_experts_per_tok=2,
        moe_intermediate_size=32,
        norm_topk_prob=True,
        mlp_only_layers=[],
        rope_parameters=rope(50.0),
    ),
    "deepseek2": small(
        85,
        "deepseek_v2",
        Arch.DEEPSEEK2,
        **LATENT,
        q_lora_rank=32,
        n_routed_experts=5,
        n_group=1,
        topk_group=1,
        n_shared_experts=2,
        routed_scaling_factor=1.5,
        rope_parameters=YARN | {"mscale": 0.707, "mscale_all_dim": 0.707, "original_max_position_embeddings": 300},
    ),
    "deepseek2-groups": replace(
        small(
            86,
            "deepseek_v2",
            Arch.DEEPSEEK2,
            **LATENT,
            q_lora_rank=None,
            n_routed_experts=6,
            topk_method="group_limited_greedy",
            n_group=3,
            topk_group=1,
            n_shared_experts=1,
            rope_parameters=rope(50.0),
        ),
        whole_latent=True,
    ),
    "deepseek3": replace(
        small(
            87,
            "deepseek_v3",
            Arch.DEEPSEEK2,
            **LATENT,
            q_lora_rank=32,
            n_routed_experts=6,
            n_group=3,
            topk_group=2,
            n_shared_experts=1,
            routed_scaling_factor=1.75,
            rope_parameters=rope(50.0),
        ),
        joined_experts=True,
    ),
    "llama4": small(
        88,
        "llama4_text",
        Arch.LLAMA4,
        head_dim=16,
        num_hidden_layers=4,
        intermediate_size=32,
        intermediate_size_mlp=64,
        interleave_moe_layer_step=2,
        num_local_experts=5,
        num_experts_per_tok=2,
        rope_parameters=rope(50.0),
    ),
    "ministral3": small(
        89,
        "ministral3",
        Arch.MISTRAL3,
        head_dim=16,
        rope_parameters=YARN
        | {
            "original_max_position_embeddings": 8,
            "mscale": 1.0,
            "mscale_all_dim": 0.5,
            "llama_4_scaling_beta": 0.75,
        },
    ),
    "mistral3": small(
        90, "mistral", Arch.MISTRAL3, num_hidden_layers=1, sliding_window=None, rope_parameters=rope(50.0)
    ),
    "gpt-oss": small(
        68,
        "gpt_oss",
        Arch.GPT_OSS,
        head_dim=16,
        num_local_experts=5,
        num_experts_per_tok=2,
        intermediate_size=32,
        sliding_window=3,
        rope_parameters=YARN | {"truncate": False},
    ),
    "granite": small(
        69,
        "granite",
        Arch.GRANITE,
        attention_multiplier=0.5,
        embedding_multiplier=3.0,
        residual_multiplier=0.375,
        logits_scaling=2.0,
        attention_bias=True,
        rope_parameters=rope(50.0),
    ),
    "granitemoe": small(
        70,
        "granitemoe",
        Arch.GRANITE_MOE,
        attention_multiplier=0.5,
        embedding_multiplier=3.0,
        residual_multiplier=0.375,
        logits_scaling=2.0,
        num_local_experts=5,
        num_experts_per_tok=2,
        intermediate_size=32,
        rope_parameters=rope(50.0),
    ),
    "olmo": small(71, "olmo", Arch.OLMO, clip_qkv=0.5, rope_parameters=rope(50.0)),
    "olmo2": small(72, "olmo2", Arch.OLMO2, rope_parameters=rope(50.0)),
    "olmo3": small(
        73,
        "olmo3",
        Arch.OLMO2,
        sliding_window=3,
        layer_types=["full_attention", "sliding_attention"],
        rope_parameters=kinds(YARN | {"rope_theta": 30.0, "original_max_position_embeddings": 300}),
    ),
    "smollm3": small(74, "smollm3", Arch.SMOLLM3, num_hidden_layers=4, rope_parameters=rope(50.0)),
    "command-r": small(
        75,
        "cohere",
        Arch.COMMAND_R,
        layer_norm_eps=3e-3,
        logit_scale=0.375,
        rope_parameters=rope(50.0),
    ),
    "command-r-norms": small(
        84,
        "cohere",
        Arch.COMMAND_R,
        num_hidden_layers=1,
        layer_norm_eps=3e-3,
        logit_scale=0.375,
        use_qk_norm=True,
        rope_parameters=rope(50.0),
    ),
    "cohere2": small(
        76,
        "cohere2",
        Arch.COHERE2,
        num_hidden_layers=4,
        layer_norm_eps=3e-3,
        logit_scale=0.375,
        sliding_window=3,
        rope_parameters=rope(50.0),
    ),
    "starcoder2": small(77, "starcoder2", Arch.STARCODER2, norm_epsilon=3e-3, rope_parameters=rope(50.0)),
    "stablelm": small(
        78,
        "stablelm",
        Arch.STABLELM,
        layer_norm_eps=3e-3,
        use_qkv_bias=True,
        rope_parameters=rope(10_000.0) | {"partial_rotary_factor": 0.5},
    ),
    "stablelm-parallel": small(
        79,
        "stablelm",
        Arch.STABLELM,
        layer_norm_eps=3e-3,
        use_parallel_residual=True,
        qk_layernorm=True,
        rope_parameters=rope(10_000.0) | {"partial_rotary_factor": 0.25},
    ),
    "falcon": small(80, "falcon", Arch.FALCON, layer_norm_epsilon=3e-3, num_kv_heads=1, rope_parameters=rope(10_000.0)),
    "falcon-groups": small(
        81,
        "falcon",
        Arch.FALCON,
        layer_norm_epsilon=3e-3,
        num_kv_heads=2,
        new_decoder_architecture=True,
        rope_parameters=rope(10_000.0),
    ),
    "starcoder": small(82, "gpt_bigcode", Arch.STARCODER, layer_norm_epsilon=3e-3),
    "mpt": GgufModel(
        83,
        "mpt",
        Arch.MPT,
        {
            "vocab_size": 41,
            "d_model": 32,
            "n_heads": 4,
            "n_layers": 2,
            "max_seq_len": 40,
            "bos_token_id": None,
            "eos_token_id": 1,
            "attn_config": {"clip_qkv": 0.5},
        },
        sizes={},
        golden_ids=4,
    ),
}
