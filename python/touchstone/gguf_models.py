"""Writes tiny GGUF models, with the Hugging Face models that they mean.

A tiny model with random weights is converted as llama.cpp's `convert_hf_to_gguf.py` converts it. Its matrices are
stored in all quantised types in turn. The expected model has the de-quantised weights, with the changes of the
conversion undone.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel

from touchstone.families import randomize

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
IDS = [7, 40, 3, 3, 18, 0, 25, 31, 2, 39, 11, 5]


def rope(theta: float) -> dict[str, object]:
    """A rotary embedding without scaling."""
    return {"rope_type": "default", "rope_theta": theta}


HEAD_PAIRS = SIZES["head_dim"] // 2
FACTORS = [1.0, 1.0, 1.25, 1.5, 2.75, 4.0, 8.0, 8.0]
SMALL_BLOCKS = (Type.Q8_0, Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1, Type.IQ4_NL, Type.F16, Type.BF16, Type.F32)
LARGE_BLOCKS = (Type.Q2_K, Type.Q3_K, Type.Q4_K, Type.Q5_K, Type.Q6_K, Type.IQ4_XS)
SCALES = {
    Type.Q2_K: (80, 82),
    Type.Q3_K: (108,),
    Type.Q4_K: (0, 2),
    Type.Q5_K: (0, 2),
    Type.Q6_K: (208,),
    Type.IQ4_NL: (0,),
    Type.IQ4_XS: (0,),
}
"""The places of the float16 scales in a block, for the types that the package cannot quantise."""


@dataclass(frozen=True)
class GgufModel:
    """A model: its seed, its architecture in GGUF, and the settings that differ from `SIZES`."""

    seed: int
    model_type: str
    architecture: gguf.MODEL_ARCH
    config: dict[str, object]
    factors: bool = False
    """Whether the file has the tensor `rope_freqs.weight`."""


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
}


def write_gguf_models(fixtures: Path) -> None:
    """Writes each model as `gguf-NAME.gguf` and `gguf-NAME.json`."""
    for name, entry in GGUF_MODELS.items():
        write_gguf_model(entry, fixtures / f"gguf-{name}")


def write_gguf_model(entry: GgufModel, stem: Path) -> None:
    """Writes a GGUF file, and what Hugging Face has for it: configuration, digests of the weights, logits."""
    config = AutoConfig.for_model(entry.model_type, **(SIZES | entry.config))
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").eval()
    randomize(model, entry.seed)
    random = np.random.default_rng(entry.seed)
    writer = gguf.GGUFWriter(stem.with_suffix(".gguf"), gguf.MODEL_ARCH_NAMES[entry.architecture])
    write_metadata(writer, config, entry)
    names = gguf.get_tensor_name_map(entry.architecture, config.num_hidden_layers)
    expected = {}
    tied = {"lm_head.weight"} if config.tie_word_embeddings else set()
    for position, (name, parameter) in enumerate(model.state_dict().items()):
        if name in tied:
            continue
        stored, restored = convert(entry, config, name, parameter.numpy())
        quantised, values = quantise(stored, position, random)
        writer.add_tensor(names.get_name(name, try_suffixes=(".weight", ".bias")), quantised[0], raw_dtype=quantised[1])
        expected[name] = torch.from_numpy(np.ascontiguousarray(restored(values)))
    if entry.factors:
        writer.add_tensor("rope_freqs.weight", np.array(FACTORS, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    model.load_state_dict(expected, strict=False)
    record = {
        "config": json.loads(config.to_json_string(use_diff=False)),
        "tensors": {name: hashlib.sha256(values.numpy().tobytes()).hexdigest() for name, values in expected.items()},
        "ids": IDS,
        "logits": logits(model),
    }
    stem.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


@torch.no_grad()
def logits(model: PreTrainedModel) -> list[list[float]]:
    """The logits after each of `IDS`."""
    return model(torch.tensor([IDS]), use_cache=False).logits[0].tolist()


def write_metadata(writer: gguf.GGUFWriter, config: AutoConfig, entry: GgufModel) -> None:
    """Writes the metadata that llama.cpp's converter writes for these architectures."""
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_eos_token_id(config.eos_token_id)
    writer.add_tokenizer_model("no_vocab")
    if config.rope_parameters["rope_type"] == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(config.rope_parameters["factor"])
    if entry.model_type == "gemma2":
        writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
        writer.add_final_logit_softcapping(config.final_logit_softcapping)
        writer.add_sliding_window(config.sliding_window)


def convert(
    entry: GgufModel, config: AutoConfig, name: str, weight: np.ndarray
) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
    """The tensor as llama.cpp stores it, and the function that undoes the change."""
    permuted = entry.architecture is gguf.MODEL_ARCH.LLAMA and (".q_proj." in name or ".k_proj." in name)
    if permuted:
        heads = config.num_attention_heads if ".q_proj." in name else config.num_key_value_heads
        shape = weight.shape
        stored = weight.reshape(heads, 2, HEAD_PAIRS, *shape[1:]).swapaxes(1, 2).reshape(shape)
        return stored, lambda values: values.reshape(heads, HEAD_PAIRS, 2, *shape[1:]).swapaxes(1, 2).reshape(shape)
    if entry.model_type == "gemma2" and name.endswith("norm.weight"):
        return weight + np.float32(1), lambda values: values - np.float32(1)
    return weight, lambda values: values


def quantise(
    weight: np.ndarray, position: int, random: np.random.Generator
) -> tuple[tuple[np.ndarray, Type], np.ndarray]:
    """The bytes of a tensor with their type, and their values in float32. Vectors are float32, as in real files."""
    if weight.ndim == 1:
        return (weight, Type.F32), weight
    types = LARGE_BLOCKS if weight.shape[1] % 256 == 0 else SMALL_BLOCKS
    kind = types[position % len(types)]
    stored = random_blocks(kind, weight.shape, random) if kind in SCALES else gguf.quants.quantize(weight, kind)
    return (stored, kind), gguf.quants.dequantize(stored, kind).reshape(weight.shape)


def random_blocks(kind: Type, shape: tuple[int, ...], random: np.random.Generator) -> np.ndarray:
    """Random bytes with scales that give values of about the size of real weights."""
    size, length = gguf.GGML_QUANT_SIZES[kind]
    blocks = random.integers(0, 256, (shape[0] * shape[1] // size, length), dtype=np.uint8)
    for place in SCALES[kind]:
        largest = 0.2 / 127 if kind is Type.IQ4_NL else 0.0002
        scale = random.uniform(largest / 4, largest, (len(blocks), 1)).astype(np.float16)
        blocks[:, place : place + 2] = scale.view(np.uint8)
    return blocks.reshape(shape[0], -1)


BLOCKS = 20_000


def type_digests() -> list[dict[str, object]]:
    """For each type the SHA-256 of the values of random blocks. Scales are random too: some are infinite or NaN."""
    entries = []
    for kind in (*SMALL_BLOCKS, *LARGE_BLOCKS):
        size, length = gguf.GGML_QUANT_SIZES[kind]
        count = BLOCKS if size > 1 else 65_536
        data = splitmix(kind.value, count * length)
        with np.errstate(all="ignore"):
            values = gguf.quants.dequantize(data.reshape(count, length), kind).astype(np.float32).reshape(-1)
        bits = values.view(np.uint32).copy()
        bits[np.isnan(values)] = 0x7FC00000
        digest = hashlib.sha256(bits.astype("<u4").tobytes()).hexdigest()
        entry = {"type": kind.name, "seed": kind.value, "blocks": count, "sha256": digest}
        entries.append(entry | example(kind))
    return entries


def example(kind: Type) -> dict[str, object]:
    """One block in hexadecimal, and its values."""
    size = gguf.GGML_QUANT_SIZES[kind][0]
    random = np.random.default_rng(kind.value)
    if kind in SCALES:
        block = random_blocks(kind, (1, size), random)
    else:
        block = gguf.quants.quantize(random.normal(size=(1, max(size, 1))).astype(np.float32), kind)
    values = gguf.quants.dequantize(block, kind).reshape(-1)
    return {"block": np.ascontiguousarray(block).view(np.uint8).tobytes().hex(), "values": [float(x) for x in values]}


def splitmix(seed: int, count: int) -> np.ndarray:
    """Random bytes of SplitMix64, as `java.util.SplittableRandom` computes them for longs, little-endian."""
    words = (count + 7) // 8
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, words + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return z.astype("<u8").view(np.uint8)[:count].copy()
