"""The tiny models of all families but GPT-2, with random weights from a seed.

Each family has one entry. The sizes are chosen so that bugs change the result: they are not multiples of 8, the number
of heads is not a power of two, the number of key-value heads is neither 1 nor the number of heads, epsilons are not the
defaults, and sequences are longer than windows. The models are small, to keep a clone of the repository small.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel, PreTrainedTokenizerFast

from touchstone.eager import EAGER
from touchstone.experts import is_router
from touchstone.grammar import END, UNKNOWN, VOCABULARY

SPREAD = 0.2
WORDS = (*VOCABULARY, "once", "upon", "time", "there", "was", "in", "of", "said", "queen", "forest", "to", "#", "is")
POSITIONS = 48


@dataclass(frozen=True)
class TinyFamily:
    """A seed, and the settings that differ from the defaults of the family's configuration class."""

    seed: int
    model_type: str
    config: dict[str, object]

    def write(self, folder: Path) -> None:
        """Writes the checkpoint: config, weights in bfloat16, tokenizer, generation_config."""
        tokenizer = words()
        ends = {"bos_token_id": None, "pad_token_id": None, "eos_token_id": tokenizer.eos_token_id}
        sizes = {"vocab_size": len(WORDS), "max_position_embeddings": POSITIONS}
        config = AutoConfig.for_model(self.model_type, **(sizes | ends | self.config))
        model = AutoModelForCausalLM.from_config(config, **EAGER)
        randomize(model, self.seed)
        make_routing_hostile(model)
        folder.mkdir(parents=True, exist_ok=True)
        model.to(torch.bfloat16).save_pretrained(folder)
        tokenizer.save_pretrained(folder)


def randomize(model: PreTrainedModel, seed: int) -> None:
    """Replaces weights by noise, around 1 for gains. Omitting a bias of 0 or a gain of 1 would change nothing."""
    generator = torch.Generator().manual_seed(seed)
    for parameter in dict(model.named_parameters()).values():
        noise = SPREAD * torch.randn(parameter.shape, generator=generator)
        parameter.data = noise + parameter.data.flatten()[0] if _is_gain(parameter) else noise


def make_routing_hostile(model: PreTrainedModel) -> None:
    """Changes routers, if any: expert 1 is chosen by no token, 3 by all, and 0 and 4 always have equal logits.

    The first channel of the residual stream is made large for all tokens. The routers use it for the experts 1 and 3
    only, with opposite signs, and have no weights for the experts 0 and 4.
    """
    routers = [module for module in model.modules() if is_router(module)]
    for router in routers:
        with torch.no_grad():
            model.get_input_embeddings().weight[:, 0] = 1.5
            router.weight *= torch.tensor([0, 1, 4, 1, 0, 4])[:, None]
            router.weight[:, 0] = torch.tensor([0, -3, 0, 3, 0, 0])
            if "bias" in dict(router.named_parameters()):
                router.bias[:] = torch.tensor([0.25, -4, -0.2, 4, 0.25, 0.3])
            if hasattr(router, "e_score_correction_bias"):
                # Changes the choice of experts and of groups; the groups of three pairs are equally good without it.
                router.e_score_correction_bias[:] = torch.tensor([0.1, 0.05, -0.3, 0, 0.15, -0.3])


def _is_gain(parameter: torch.Tensor) -> bool:
    """Whether the initial value is all ones. Gemma stores gains minus 1, which start at 0."""
    return bool((parameter == 1).all())


def words() -> PreTrainedTokenizerFast:
    """A tokenizer with one token per word: the words of the exercise model and a few more."""
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.add_special_tokens([UNKNOWN, END])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token=UNKNOWN, eos_token=END, model_max_length=POSITIONS
    )


GROUPED = {
    "hidden_size": 30,
    "num_hidden_layers": 2,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "intermediate_size": 37,
}
"""Three query heads per key-value head, and a total size of the heads other than the hidden size."""

NARROW = GROUPED | {"head_dim": 6, "intermediate_size": 19}
KINDS = {"layer_types": ["sliding_attention", "full_attention"]}
BY_KIND = {
    "full_attention": {"rope_type": "linear", "rope_theta": 80.0, "factor": 1.5},
    "sliding_attention": {"rope_type": "default", "rope_theta": 30.0},
}
"""Another rotary embedding for each kind of layer."""
MIXTURE = {"num_local_experts": 6, "num_experts_per_tok": 2}
LATENT = {
    "hidden_size": 30,
    "num_hidden_layers": 2,
    "num_attention_heads": 3,
    "num_key_value_heads": 3,
    "kv_lora_rank": 12,
    "qk_nope_head_dim": 4,
    "qk_rope_head_dim": 6,
    "v_head_dim": 7,
    "intermediate_size": 19,
    "moe_intermediate_size": 7,
    "first_k_dense_replace": 1,
    "n_routed_experts": 6,
    "n_group": 3,
    "topk_group": 2,
    "rms_norm_eps": 5e-3,
}
"""Values of another size than keys, a dense layer before the mixture, three groups of two experts."""

TINY_FAMILIES = {
    "tiny-llama": TinyFamily(
        seed=11,
        model_type="llama",
        config=GROUPED
        | {"head_dim": 6, "rms_norm_eps": 3e-3, "rope_parameters": {"rope_type": "default", "rope_theta": 50.0}},
    ),
    "tiny-llama3": TinyFamily(
        seed=12,
        model_type="llama",
        config=GROUPED
        | {
            "num_key_value_heads": 3,
            "head_dim": 10,
            "intermediate_size": 23,
            "rms_norm_eps": 1e-4,
            "attention_bias": True,
            "mlp_bias": True,
            "tie_word_embeddings": True,
            "rope_parameters": {
                "rope_type": "llama3",
                "rope_theta": 300.0,
                "factor": 8.0,
                "low_freq_factor": 1.0,
                "high_freq_factor": 3.0,
                "original_max_position_embeddings": 24,
            },
        },
    ),
    "tiny-mistral": TinyFamily(
        seed=13,
        model_type="mistral",
        config=GROUPED
        | {"head_dim": 6, "rms_norm_eps": 2e-3, "sliding_window": 5, "rope_parameters": {"rope_theta": 70.0}},
    ),
    "tiny-qwen2": TinyFamily(
        seed=14,
        model_type="qwen2",
        config=GROUPED
        | {
            "hidden_size": 36,
            "rms_norm_eps": 5e-3,
            "use_sliding_window": True,
            "sliding_window": 4,
            "max_window_layers": 1,
            "rope_parameters": {
                "rope_type": "yarn",
                "rope_theta": 90.0,
                "factor": 4.0,
                "original_max_position_embeddings": 12,
            },
        },
    ),
    "tiny-qwen3": TinyFamily(
        seed=15,
        model_type="qwen3",
        config=GROUPED
        | {
            "head_dim": 6,
            "rms_norm_eps": 4e-3,
            "rope_parameters": {"rope_type": "linear", "rope_theta": 110.0, "factor": 2.5},
        },
    ),
    "tiny-mixtral": TinyFamily(
        seed=31,
        model_type="mixtral",
        config=GROUPED
        | MIXTURE
        | {
            "head_dim": 6,
            "intermediate_size": 9,
            "rms_norm_eps": 2e-3,
            "sliding_window": 6,
            "rope_parameters": {"rope_theta": 80.0},
        },
    ),
    "tiny-qwen2-moe": TinyFamily(
        seed=32,
        model_type="qwen2_moe",
        config=GROUPED
        | {
            "hidden_size": 36,
            "intermediate_size": 11,
            "rms_norm_eps": 5e-3,
            "num_experts": 6,
            "num_experts_per_tok": 3,
            "moe_intermediate_size": 7,
            "shared_expert_intermediate_size": 13,
            "mlp_only_layers": [0],
            "use_sliding_window": True,
            "sliding_window": 4,
            "rope_parameters": {"rope_theta": 90.0},
        },
    ),
    "tiny-qwen3-moe": TinyFamily(
        seed=33,
        model_type="qwen3_moe",
        config=GROUPED
        | MIXTURE
        | {
            "head_dim": 6,
            "rms_norm_eps": 4e-3,
            "moe_intermediate_size": 9,
            "intermediate_size": 17,
            "decoder_sparse_step": 2,
            "norm_topk_prob": True,
            "rope_parameters": {"rope_theta": 110.0},
        },
    ),
    "tiny-granitemoe": TinyFamily(
        seed=35,
        model_type="granitemoe",
        config=GROUPED
        | MIXTURE
        | {
            "hidden_size": 36,
            "intermediate_size": 7,
            "rms_norm_eps": 4e-3,
            "embedding_multiplier": 1.5,
            "attention_multiplier": 0.61,
            "residual_multiplier": 0.4375,
            "logits_scaling": 0.7,
            "rope_parameters": {"rope_theta": 75.0},
        },
    ),
    "tiny-deepseek-v2": TinyFamily(
        seed=100,
        model_type="deepseek_v2",
        config=LATENT
        | {
            "q_lora_rank": None,
            "num_experts_per_tok": 3,
            "topk_method": "group_limited_greedy",
            "n_shared_experts": 2,
            "routed_scaling_factor": 1.75,
            "mlp_bias": True,
            "rope_parameters": {"rope_theta": 60.0},
        },
    ),
    "tiny-deepseek-v3": TinyFamily(
        seed=61,
        model_type="deepseek_v3",
        config=LATENT
        | {
            "q_lora_rank": 13,
            "num_experts_per_tok": 3,
            "n_shared_experts": 1,
            "routed_scaling_factor": 1.375,
            "attention_bias": True,
            "rope_parameters": {
                "rope_type": "yarn",
                "rope_theta": 70.0,
                "factor": 4.0,
                "mscale": 0.9,
                "mscale_all_dim": 1.3,
                "original_max_position_embeddings": 12,
            },
        },
    ),
    "tiny-gpt-oss": TinyFamily(
        seed=34,
        model_type="gpt_oss",
        config=GROUPED
        | MIXTURE
        | {
            "head_dim": 6,
            "intermediate_size": 9,
            "rms_norm_eps": 3e-3,
            "sliding_window": 5,
            "swiglu_limit": 0.9,
            "rope_parameters": {
                "rope_type": "yarn",
                "rope_theta": 70.0,
                "factor": 4.0,
                "truncate": False,
                "original_max_position_embeddings": 12,
            },
        },
    ),
    "tiny-llama4": TinyFamily(
        seed=36,
        model_type="llama4_text",
        config=GROUPED
        | MIXTURE
        | {
            "head_dim": 6,
            "num_hidden_layers": 2,
            "intermediate_size": 9,
            "intermediate_size_mlp": 11,
            "rms_norm_eps": 3e-2,
            "no_rope_layers": [1, 0],
            "moe_layers": [1],
            "attention_chunk_size": 5,
            "floor_scale": 3,
            "attn_scale": 0.4,
            "rope_parameters": {"rope_theta": 65.0},
        },
    ),
    "tiny-ministral3": TinyFamily(
        seed=37,
        model_type="ministral3",
        config=NARROW
        | {
            "rms_norm_eps": 5e-3,
            "sliding_window": 7,
            "rope_parameters": {
                "rope_type": "yarn",
                "rope_theta": 75.0,
                "factor": 4.0,
                "original_max_position_embeddings": 5,
                "mscale": 1.0,
                "mscale_all_dim": 0.5,
                "llama_4_scaling_beta": 0.3,
            },
        },
    ),
    "tiny-gemma2": TinyFamily(
        seed=16,
        model_type="gemma2",
        config=GROUPED
        | {
            "head_dim": 6,
            "rms_norm_eps": 6e-3,
            "query_pre_attn_scalar": 11,
            "sliding_window": 6,
            "attn_logit_softcapping": 3.0,
            "final_logit_softcapping": 5.0,
            "rope_parameters": {"rope_theta": 60.0},
        },
    ),
    "tiny-phi": TinyFamily(
        seed=17,
        model_type="phi",
        config=GROUPED
        | {
            "hidden_size": 36,
            "num_key_value_heads": 3,
            "layer_norm_eps": 1e-3,
            "rope_parameters": {"rope_theta": 40.0, "partial_rotary_factor": 0.7},
        },
    ),
    "tiny-gpt-neox": TinyFamily(
        seed=18,
        model_type="gpt_neox",
        config={
            "hidden_size": 30,
            "num_hidden_layers": 2,
            "num_attention_heads": 3,
            "intermediate_size": 37,
            "layer_norm_eps": 2e-3,
            "rope_parameters": {"rope_theta": 30.0, "partial_rotary_factor": 0.45},
        },
    ),
    "tiny-gpt-neo": TinyFamily(
        seed=19,
        model_type="gpt_neo",
        config={
            "hidden_size": 33,
            "num_layers": 2,
            "attention_types": [[["global", "local"], 1]],
            "num_heads": 3,
            "intermediate_size": 37,
            "window_size": 5,
            "layer_norm_epsilon": 3e-3,
        },
    ),
    "tiny-bloom": TinyFamily(
        seed=20,
        model_type="bloom",
        config={"hidden_size": 25, "n_layer": 2, "n_head": 5, "layer_norm_epsilon": 4e-3},
    ),
    "tiny-opt": TinyFamily(
        seed=21,
        model_type="opt",
        config={
            "hidden_size": 33,
            "word_embed_proj_dim": 33,
            "num_hidden_layers": 2,
            "num_attention_heads": 3,
            "ffn_dim": 37,
            "pad_token_id": 1,
        },
    ),
    "tiny-gptj": TinyFamily(
        seed=22,
        model_type="gptj",
        config={
            "hidden_size": 30,
            "num_hidden_layers": 2,
            "num_attention_heads": 3,
            "n_inner": 37,
            "rotary_dim": 6,
            "layer_norm_epsilon": 2e-3,
        },
    ),
    "tiny-xglm": TinyFamily(
        seed=23,
        model_type="xglm",
        config={"hidden_size": 33, "num_hidden_layers": 2, "num_attention_heads": 3, "ffn_dim": 37, "pad_token_id": 1},
    ),
    "tiny-olmo": TinyFamily(
        seed=24,
        model_type="olmo",
        config=NARROW | {"clip_qkv": 0.9, "rope_parameters": {"rope_theta": 45.0}},
    ),
    "tiny-olmo2": TinyFamily(
        seed=25,
        model_type="olmo2",
        config=NARROW | {"rms_norm_eps": 2e-2, "rope_parameters": {"rope_theta": 55.0}},
    ),
    "tiny-olmo3": TinyFamily(
        seed=26,
        model_type="olmo3",
        config=NARROW | {"rms_norm_eps": 3e-2, "sliding_window": 5} | KINDS | {"rope_parameters": BY_KIND},
    ),
    "tiny-gemma": TinyFamily(
        seed=27,
        model_type="gemma",
        config=NARROW | {"rms_norm_eps": 5e-2, "hidden_act": "gelu", "rope_parameters": {"rope_theta": 35.0}},
    ),
    "tiny-gemma3": TinyFamily(
        seed=28,
        model_type="gemma3_text",
        config=NARROW
        | {"rms_norm_eps": 4e-2, "query_pre_attn_scalar": 11, "sliding_window": 4}
        | KINDS
        | {"rope_parameters": BY_KIND},
    ),
    "tiny-smollm3": TinyFamily(
        seed=29,
        model_type="smollm3",
        config=NARROW
        | {
            "rms_norm_eps": 8e-3,
            "no_rope_layer_interval": 2,
            "use_sliding_window": True,
            "sliding_window": 6,
            "rope_parameters": {"rope_theta": 75.0},
        },
    ),
    "tiny-cohere": TinyFamily(
        seed=30,
        model_type="cohere",
        config=NARROW
        | {"layer_norm_eps": 2e-2, "logit_scale": 0.3, "use_qk_norm": True, "rope_parameters": {"rope_theta": 65.0}},
    ),
    "tiny-cohere2": TinyFamily(
        seed=31,
        model_type="cohere2",
        config=NARROW
        | {"layer_norm_eps": 4e-3, "logit_scale": 1.7, "sliding_window": 5, "rope_parameters": {"rope_theta": 85.0}}
        | KINDS,
    ),
    "tiny-ministral": TinyFamily(
        seed=32,
        model_type="ministral",
        config=NARROW
        | {"head_dim": 8, "rms_norm_eps": 6e-3, "sliding_window": 4, "rope_parameters": {"rope_theta": 95.0}}
        | KINDS,
    ),
    "tiny-phi3": TinyFamily(
        seed=40,
        model_type="phi3",
        config=GROUPED
        | {
            "hidden_size": 42,
            "intermediate_size": 29,
            "rms_norm_eps": 3e-3,
            "sliding_window": 6,
            "original_max_position_embeddings": 8,
            "rope_parameters": {
                "rope_type": "longrope",
                "rope_theta": 60.0,
                "partial_rotary_factor": 0.9,
                "short_factor": [1.1, 0.7, 1.6],
                "long_factor": [1.9, 3.1, 2.3],
            },
        },
    ),
    "tiny-granite": TinyFamily(
        seed=41,
        model_type="granite",
        config=GROUPED
        | {
            "hidden_size": 36,
            "rms_norm_eps": 4e-3,
            "tie_word_embeddings": True,
            "embedding_multiplier": 2.375,
            "attention_multiplier": 0.61,
            "residual_multiplier": 0.4375,
            "logits_scaling": 0.7,
            "rope_parameters": {"rope_theta": 80.0},
        },
    ),
    "tiny-starcoder2": TinyFamily(
        seed=42,
        model_type="starcoder2",
        config=GROUPED
        | {"hidden_size": 36, "norm_epsilon": 3e-3, "sliding_window": 4, "rope_parameters": {"rope_theta": 65.0}},
    ),
    "tiny-stablelm": TinyFamily(
        seed=43,
        model_type="stablelm",
        config=GROUPED
        | {
            "hidden_size": 42,
            "intermediate_size": 29,
            "layer_norm_eps": 2e-3,
            "qk_layernorm": True,
            "use_qkv_bias": True,
            "rope_parameters": {"rope_theta": 55.0, "partial_rotary_factor": 0.6},
        },
    ),
    "tiny-falcon": TinyFamily(
        seed=44,
        model_type="falcon",
        config={
            "hidden_size": 36,
            "num_hidden_layers": 2,
            "num_attention_heads": 6,
            "num_kv_heads": 2,
            "new_decoder_architecture": True,
            "ffn_hidden_size": 37,
            "layer_norm_epsilon": 3e-3,
            "rope_parameters": {"rope_theta": 50.0},
        },
    ),
    "tiny-falcon-multi-query": TinyFamily(
        seed=45,
        model_type="falcon",
        config={
            "hidden_size": 30,
            "num_hidden_layers": 2,
            "num_attention_heads": 5,
            "bias": True,
            "ffn_hidden_size": 37,
            "layer_norm_epsilon": 4e-3,
            "rope_parameters": {"rope_theta": 75.0},
        },
    ),
    "tiny-falcon-alibi": TinyFamily(
        seed=46,
        model_type="falcon",
        config={
            "hidden_size": 30,
            "num_hidden_layers": 2,
            "num_attention_heads": 10,
            "alibi": True,
            "multi_query": False,
            "parallel_attn": False,
            "bias": True,
            "ffn_hidden_size": 37,
            "layer_norm_epsilon": 2e-3,
        },
    ),
    "tiny-gpt-bigcode": TinyFamily(
        seed=47,
        model_type="gpt_bigcode",
        config={"n_embd": 30, "n_layer": 2, "n_head": 5, "n_inner": 37, "layer_norm_epsilon": 2e-3},
    ),
    "tiny-codegen": TinyFamily(
        seed=48,
        model_type="codegen",
        config={
            "n_embd": 36,
            "n_layer": 2,
            "n_head": 12,
            "n_inner": 37,
            "rotary_dim": 2,
            "layer_norm_epsilon": 3e-3,
        },
    ),
    "tiny-mpt": TinyFamily(
        seed=49,
        model_type="mpt",
        config={
            "d_model": 30,
            "n_layers": 2,
            "n_heads": 5,
            "max_seq_len": POSITIONS,
            "layer_norm_epsilon": 4e-3,
            "attn_config": {"clip_qkv": 0.75, "softmax_scale": 0.6},
        },
    ),
    "tiny-opt-350m": TinyFamily(
        seed=50,
        model_type="opt",
        config={
            "hidden_size": 33,
            "word_embed_proj_dim": 22,
            "do_layer_norm_before": False,
            "num_hidden_layers": 2,
            "num_attention_heads": 3,
            "ffn_dim": 37,
            "pad_token_id": 1,
        },
    ),
}
