"""Changes the layout of weights as llama.cpp's `convert_hf_to_gguf.py` does."""

from collections.abc import Callable

import gguf
import numpy as np
from transformers import AutoConfig

Arch = gguf.MODEL_ARCH
ROTARY_PAIRS = (Arch.LLAMA, Arch.MISTRAL3, Arch.GRANITE, Arch.GRANITE_MOE, Arch.SMOLLM3, Arch.OLMO)
"""Architectures whose rotary embeddings are on neighbouring channels in llama.cpp."""

Conversion = tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]
"""A tensor as llama.cpp stores it, and the function that undoes the change."""


def convert(architecture: gguf.MODEL_ARCH, config: AutoConfig, name: str, weight: np.ndarray) -> Conversion:
    """Changes a weight as llama.cpp's converter does."""
    if architecture in ROTARY_PAIRS and (".q_proj." in name or ".k_proj." in name):
        heads = config.num_attention_heads if ".q_proj." in name else config.num_key_value_heads
        return rotary_pairs(weight, heads)
    if config.model_type.startswith("gemma") and name.endswith("norm.weight"):
        return weight + np.float32(1), lambda values: values - np.float32(1)
    if ".query_key_value." in name:
        heads = config.num_attention_heads
        return by_kind(weight, getattr(config, "num_kv_heads", heads), heads)
    if ".shared_expert_gate." in name:
        return weight[0], lambda values: values[None]
    if "_layernorm.norms." in name:
        size = config.hidden_size // config.num_attention_heads
        return weight.reshape(-1, size), lambda values: values.reshape(-1)
    if config.model_type == "gpt2" and name.endswith((".c_attn.weight", ".c_proj.weight", ".c_fc.weight")):
        return np.ascontiguousarray(weight.T), lambda values: values.T
    return weight, lambda values: values


def rotary_pairs(weight: np.ndarray, heads: int) -> Conversion:
    """Llama's queries and keys, with the two channels of a rotary pair side by side."""
    shape = weight.shape
    pairs = shape[0] // heads // 2
    stored = weight.reshape(heads, 2, pairs, *shape[1:]).swapaxes(1, 2).reshape(shape)
    return stored, lambda values: values.reshape(heads, pairs, 2, *shape[1:]).swapaxes(1, 2).reshape(shape)


def by_kind(weight: np.ndarray, groups: int, heads: int) -> Conversion:
    """The rows of `query_key_value`, ordered by group of heads: all queries, all keys, all values."""
    shape = weight.shape
    size = shape[0] // (heads + 2 * groups)
    shared = heads // groups * size
    grouped = weight.reshape(groups, -1, *shape[1:])
    parts = np.split(grouped, [shared, shared + size], axis=1)

    def restored(values: np.ndarray) -> np.ndarray:
        kinds = np.split(values, [heads * size, (heads + groups) * size])
        return np.concatenate([kind.reshape(groups, -1, *shape[1:]) for kind in kinds], axis=1).reshape(shape)

    return np.concatenate([part.reshape(-1, *shape[1:]) for part in parts]), restored


def is_of_experts(name: str) -> bool:
    """Whether a weight has those of all experts of a layer."""
    return ".experts." in name


Division = tuple[dict[str, np.ndarray], Callable[[list[np.ndarray]], np.ndarray]]
"""The tensors that llama.cpp's converter makes of one, by name; and what joins them again."""


def latent_tensors(config: AutoConfig, name: str, weight: np.ndarray) -> Division:
    """DeepSeek's projection of latents to keys and values of all heads: keys and values apart, keys transposed."""
    block = name.split(".")[2]
    keys = config.qk_nope_head_dim
    heads = weight.reshape(config.num_attention_heads, -1, weight.shape[1])
    parts = [heads[:, :keys].swapaxes(1, 2), heads[:, keys:]]
    tensors = {
        f"blk.{block}.attn_{letter}_b.weight": np.ascontiguousarray(part)
        for letter, part in zip("kv", parts, strict=True)
    }
    return tensors, lambda values: np.concatenate([values[0].swapaxes(1, 2), values[1]], axis=1).reshape(weight.shape)


def expert_tensors(config: AutoConfig, name: str, weight: np.ndarray, *, joined: bool) -> Division:
    """The weights of all experts. `joined` leaves gate and up projections in one tensor."""
    block, _, layer = name.removeprefix("model.layers.").partition(".")
    kind = "bias" if layer.endswith("_bias") else "weight"
    in_turn = config.model_type == "gpt_oss"
    transposed = config.model_type in ("gpt_oss", "llama4_text") and kind == "weight"
    rows = weight.swapaxes(1, 2) if transposed else weight
    if "gate_up_proj" not in layer:
        parts = {"down": rows}
    elif joined:
        parts = {"gate_up": rows}
    elif in_turn:
        parts = {"gate": rows[:, ::2], "up": rows[:, 1::2]}
    else:
        parts = dict(zip(("gate", "up"), np.split(rows, 2, axis=1), strict=True))

    def restored_experts(values: list[np.ndarray]) -> np.ndarray:
        whole = np.stack(values, axis=2).reshape(rows.shape) if in_turn else np.concatenate(values, axis=1)
        return whole.swapaxes(1, 2) if transposed else whole

    tensors = {
        f"blk.{block}.ffn_{part}_exps.{kind}": np.ascontiguousarray(part_rows) for part, part_rows in parts.items()
    }
    return tensors, restored_experts
