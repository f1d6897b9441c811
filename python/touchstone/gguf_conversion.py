"""Converts models to GGUF as llama.cpp's `convert_hf_to_gguf.py` does: metadata, and the layout of weights."""

from collections.abc import Callable

import gguf
import numpy as np
from transformers import AutoConfig

Conversion = tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]
"""A tensor as llama.cpp stores it, and the function that undoes the change."""


def convert(architecture: gguf.MODEL_ARCH, config: AutoConfig, name: str, weight: np.ndarray) -> Conversion:
    """Changes a weight as llama.cpp's converter does."""
    if architecture is gguf.MODEL_ARCH.LLAMA and (".q_proj." in name or ".k_proj." in name):
        heads = config.num_attention_heads if ".q_proj." in name else config.num_key_value_heads
        return rotary_pairs(weight, heads)
    if config.model_type == "gemma2" and name.endswith("norm.weight"):
        return weight + np.float32(1), lambda values: values - np.float32(1)
    if ".query_key_value." in name:
        return by_kind(weight, config.num_attention_heads)
    if config.model_type == "gpt2" and name.endswith((".c_attn.weight", ".c_proj.weight", ".c_fc.weight")):
        return np.ascontiguousarray(weight.T), lambda values: values.T
    return weight, lambda values: values


def rotary_pairs(weight: np.ndarray, heads: int) -> Conversion:
    """Llama's queries and keys, with the two channels of a rotary pair side by side."""
    shape = weight.shape
    pairs = shape[0] // heads // 2
    stored = weight.reshape(heads, 2, pairs, *shape[1:]).swapaxes(1, 2).reshape(shape)
    return stored, lambda values: values.reshape(heads, pairs, 2, *shape[1:]).swapaxes(1, 2).reshape(shape)


def by_kind(weight: np.ndarray, heads: int) -> Conversion:
    """The queries, keys and values of BLOOM and GPT-NeoX, ordered by head: all queries, all keys, all values."""
    shape = weight.shape
    size = shape[0] // heads // 3
    stored = weight.reshape(heads, 3, size, *shape[1:]).swapaxes(0, 1).reshape(shape)
    return stored, lambda values: values.reshape(3, heads, size, *shape[1:]).swapaxes(0, 1).reshape(shape)


def write_metadata(writer: gguf.GGUFWriter, config: AutoConfig) -> None:
    """Writes the metadata that llama.cpp's converter writes for these architectures."""
    writer.add_context_length(config.max_position_embeddings if config.model_type != "bloom" else config.seq_length)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    write_more = write_llama_metadata if hasattr(config, "rms_norm_eps") else write_gpt_metadata
    write_more(writer, config)


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
    if config.model_type in ("gemma2", "mistral"):
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
