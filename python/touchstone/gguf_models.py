"""Writes tiny GGUF models, with the Hugging Face models that they mean.

A tiny model with random weights is converted as llama.cpp's `convert_hf_to_gguf.py` converts it. Its matrices are
stored in all quantised types in turn. The expected model has the de-quantised weights, with the changes of the
conversion undone.
"""

import copy
import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import gguf
import numpy as np
import torch
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel

from touchstone.checkpoint import Checkpoint
from touchstone.eager import EAGER
from touchstone.families import randomize
from touchstone.gguf_conversion import convert, write_metadata
from touchstone.gguf_types import quantise
from touchstone.goldens import Case, write_golden

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
GOLDEN_IDS = IDS[:8]
EQUAL = 1e-5
"""The largest error of logits that are called equal, relative to the largest logit."""


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


def write_gguf_models(fixtures: Path) -> None:
    """Writes each model as `gguf-NAME.gguf`, `gguf-NAME.json` and `gguf-NAME.safetensors`."""
    for name, entry in GGUF_MODELS.items():
        write_gguf_model(entry, fixtures / f"gguf-{name}")


def write_gguf_model(entry: GgufModel, stem: Path) -> None:
    """Writes a GGUF file, and what Hugging Face has for it: configuration, digests of the weights, logits, goldens."""
    original = original_model(entry)
    model = copy.deepcopy(original)
    expected = write_file(stem.with_suffix(".gguf"), entry, original)
    model.load_state_dict(expected, strict=False)
    record = {
        "class": type(model).__name__,
        "config": json.loads(model.config.to_json_string(use_diff=False)),
        "tensors": {
            saved_name(entry, name): hashlib.sha256(values.numpy().tobytes()).hexdigest()
            for name, values in expected.items()
        },
        "ids": IDS,
        "logits": logits(model),
        "transformers": compare_with_transformers(entry, original, model),
    }
    stem.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    write_golden(MadeModel(model), Case(stem.name, GOLDEN_IDS), stem.parent)


def original_model(entry: GgufModel) -> PreTrainedModel:
    """The model with its random weights, before they are quantised."""
    config = AutoConfig.for_model(entry.model_type, **(entry.sizes | entry.config))
    model = AutoModelForCausalLM.from_config(config, **EAGER).eval()
    randomize(model, entry.seed)
    return model


def write_file(
    path: Path, entry: GgufModel, model: PreTrainedModel, *, vocabulary: bool = False
) -> dict[str, torch.Tensor]:
    """Writes a GGUF file; returns the weights that it means. `vocabulary` adds its size, which transformers needs."""
    writer = gguf.GGUFWriter(path, gguf.MODEL_ARCH_NAMES[entry.architecture])
    write_metadata(writer, model.config)
    if vocabulary:
        writer.add_vocab_size(model.config.vocab_size)
        writer.add_token_list([f"t{i}" for i in range(model.config.vocab_size)])
    expected = write_weights(writer, entry, model)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return expected


def write_weights(writer: gguf.GGUFWriter, entry: GgufModel, model: PreTrainedModel) -> dict[str, torch.Tensor]:
    """Adds all tensors; returns the weights that they mean, by their names in the model."""
    random = np.random.default_rng(entry.seed)
    config = model.config
    names = gguf.get_tensor_name_map(entry.architecture, config.num_hidden_layers)
    expected = {}
    tied = {"lm_head.weight"} if config.tie_word_embeddings else set()
    weights = {name: weight.numpy() for name, weight in model.state_dict().items() if name not in tied}
    for position, (name, parts) in enumerate(fuse(entry, weights).items()):
        stored, restored = convert(entry.architecture, config, name, np.concatenate([weights[part] for part in parts]))
        kind = position if entry.sizes is SIZES else len(expected) + position // 12
        quantised, values = quantise(stored, kind, random)
        known = name.removeprefix("transformer.") if entry.model_type == "bloom" else name
        stored_name = names.get_name(known, try_suffixes=(".weight", ".bias"))
        if len(parts) > 1:
            stored_name = stored_name.replace("attn_q.", "attn_qkv.")
        writer.add_tensor(stored_name, quantised[0], raw_dtype=quantised[1])
        rows = np.cumsum([len(weights[part]) for part in parts])[:-1]
        for part, piece in zip(parts, np.split(restored(values), rows), strict=True):
            expected[part] = torch.from_numpy(np.ascontiguousarray(piece))
    if entry.factors:
        writer.add_tensor("rope_freqs.weight", np.array(FACTORS, dtype=np.float32))
    return expected


def fuse(entry: GgufModel, weights: dict[str, np.ndarray]) -> dict[str, list[str]]:
    """The weights of each tensor of the file: one, or queries, keys and values if they are one tensor."""
    if not entry.fused:
        return {name: [name] for name in weights}
    fused = {}
    for name in weights:
        if ".q_proj." in name:
            fused[name] = [name.replace("q_proj", letter) for letter in ("q_proj", "k_proj", "v_proj")]
        elif ".k_proj." not in name and ".v_proj." not in name:
            fused[name] = [name]
    return fused


def saved_name(entry: GgufModel, name: str) -> str:
    """The name of a weight in the file that `save_pretrained` writes."""
    return name.replace("lm_head", "embed_out") if entry.model_type == "gpt_neox" else name


class MadeModel(Checkpoint):
    """A model that is in memory."""

    def __init__(self, model: PreTrainedModel) -> None:
        """The model, in float32."""
        super().__init__("")
        object.__setattr__(self, "model", model)

    def _model(self, dtype: torch.dtype | str) -> PreTrainedModel:
        return copy.deepcopy(self.model)


def compare_with_transformers(entry: GgufModel, original: PreTrainedModel, expected: PreTrainedModel) -> str:
    """How the logits of `from_pretrained(gguf_file=...)` compare with those of the expected model."""
    with tempfile.TemporaryDirectory() as folder:
        write_file(Path(folder) / "model.gguf", entry, original, vocabulary=True)
        try:
            loaded = AutoModelForCausalLM.from_pretrained(
                folder, gguf_file="model.gguf", dtype=torch.float32, **EAGER
            )
        except (ValueError, KeyError, NotImplementedError, AttributeError, RuntimeError) as error:
            return f"refused: {type(error).__name__}"
    ours, theirs = torch.tensor(logits(expected)), torch.tensor(logits(loaded.eval()))
    same = (ours - theirs).abs().max() < EQUAL * ours.abs().max()
    return "equal" if same else "other logits"


@torch.no_grad()
def logits(model: PreTrainedModel) -> list[list[float]]:
    """The logits after each of `IDS`."""
    return model(torch.tensor([IDS]), use_cache=False).logits[0].tolist()
