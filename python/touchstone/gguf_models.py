"""Writes tiny GGUF models, with the Hugging Face models that they mean.

A tiny model with random weights is converted as llama.cpp's `convert_hf_to_gguf.py` converts it. Its matrices are
stored in all quantised types in turn. The expected model has the de-quantised weights, with the changes of the
conversion undone.
"""

import copy
import hashlib
import json
import re
import tempfile
from pathlib import Path

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type
from safetensors.numpy import load_file
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel

from touchstone.checkpoint import Checkpoint
from touchstone.eager import EAGER
from touchstone.families import randomize
from touchstone.gguf_conversion import Division, convert, expert_tensors, is_of_experts, latent_tensors
from touchstone.gguf_list import FACTORS, GGUF_MODELS, SIZES, GgufModel
from touchstone.gguf_metadata import write_metadata
from touchstone.gguf_types import quantise
from touchstone.goldens import Case, write_golden

IDS = [7, 40, 3, 3, 18, 0, 25, 31, 2, 39, 11, 5]
EQUAL = 1e-5
"""The largest error of logits that are called equal, relative to the largest logit."""
REFUSALS = (ValueError, LookupError, AttributeError, RuntimeError, TypeError, AssertionError)
"""What transformers raises for a file that it cannot read."""


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
            name: hashlib.sha256(values.tobytes()).hexdigest() for name, values in saved(entry, model, expected).items()
        },
        "ids": IDS,
        "logits": logits(model),
        "transformers": compare_with_transformers(entry, original, model),
    }
    stem.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    write_golden(MadeModel(model), Case(stem.name, IDS[: entry.golden_ids]), stem.parent)


def original_model(entry: GgufModel) -> PreTrainedModel:
    """The model with its random weights, before they are quantised."""
    config = AutoConfig.for_model(entry.model_type, **(entry.sizes | entry.config))
    model = AutoModelForCausalLM.from_config(config, **EAGER).eval()
    randomize(model, entry.seed)
    for name, bias in model.named_buffers():
        if name.endswith(".e_score_correction_bias"):
            bias.normal_(std=0.3, generator=torch.Generator().manual_seed(entry.seed))
    return model


def write_file(
    path: Path, entry: GgufModel, model: PreTrainedModel, *, vocabulary: bool = False
) -> dict[str, torch.Tensor]:
    """Writes a GGUF file; returns the weights that it means. `vocabulary` adds its size, which transformers needs."""
    writer = gguf.GGUFWriter(path, gguf.MODEL_ARCH_NAMES[entry.architecture])
    write_metadata(writer, model.config, whole_latent=entry.whole_latent)
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
        if is_of_experts(name) or (name.endswith(".kv_b_proj.weight") and not entry.whole_latent):
            tensors, joined = divide(entry, config, name, weights[name])
            means = []
            for index, (stored_name, stored) in enumerate(tensors.items()):
                means.append(add_tensor(writer, stored_name, stored, position + index, random))
            expected[name] = torch.from_numpy(np.ascontiguousarray(joined(means)))
            continue
        stored, restored = convert(entry.architecture, config, name, np.concatenate([weights[part] for part in parts]))
        kind = position if entry.sizes is SIZES else len(expected) + position // 12
        stored_name = names.get_name(mapped_name(entry, name), try_suffixes=(".weight", ".bias"))
        if ".q_proj." in name and len(parts) > 1:
            stored_name = stored_name.replace("attn_q.", "attn_qkv.")
        values = add_tensor(writer, stored_name, stored, kind, random)
        rows = np.cumsum([len(weights[part]) for part in parts])[:-1]
        for part, piece in zip(parts, np.split(restored(values), rows), strict=True):
            expected[part] = torch.from_numpy(np.ascontiguousarray(piece))
    if entry.factors:
        writer.add_tensor("rope_freqs.weight", np.array(FACTORS, dtype=np.float32))
    if entry.model_type == "phi3" and config.rope_parameters["rope_type"] == "longrope":
        for length in ("long", "short"):
            factors = np.array(config.rope_parameters[f"{length}_factor"], dtype=np.float32)
            writer.add_tensor(f"rope_factors_{length}.weight", factors)
    return expected


def divide(entry: GgufModel, config: AutoConfig, name: str, weight: np.ndarray) -> Division:
    """The tensors of the file that have the values of one weight, and what joins them again."""
    if is_of_experts(name):
        return expert_tensors(config, name, weight, joined=entry.joined_experts)
    return latent_tensors(config, name, weight)


def add_tensor(
    writer: gguf.GGUFWriter, name: str, stored: np.ndarray, position: int, random: np.random.Generator
) -> np.ndarray:
    """Adds a tensor in the type of its position; returns its values."""
    plain = name.endswith(".bias") or "_norm" in name or "ffn_gate_inp" in name
    quantised, values = (stored, Type.F32), stored
    if not plain:
        quantised, values = quantise(stored, position, random)
    writer.add_tensor(name, quantised[0], raw_dtype=quantised[1])
    return values


def mapped_name(entry: GgufModel, name: str) -> str:
    """The name that the table of the package gguf has for a weight."""
    known = name.removeprefix("transformer.") if entry.model_type == "bloom" else name
    if known.endswith(".sinks"):
        known += ".weight"
    known = known.replace(".norms.0.", ".").replace("e_score_correction_bias", "e_score_correction.bias")
    return known.replace("block_sparse_moe.router.weight", "block_sparse_moe.router.layer.weight")


def fuse(entry: GgufModel, weights: dict[str, np.ndarray]) -> dict[str, list[str]]:
    """The weights of each tensor of the file: one, or queries, keys and values, or the norms of all heads."""
    fused: dict[str, list[str]] = {}
    for name in weights:
        if "_layernorm.norms." in name:
            first = re.sub(r"norms\.\d+", "norms.0", name)
            fused.setdefault(first, []).append(name)
        elif entry.fused and ".q_proj." in name:
            fused[name] = [name.replace("q_proj", letter) for letter in ("q_proj", "k_proj", "v_proj")]
        elif not entry.fused or (".k_proj." not in name and ".v_proj." not in name):
            fused[name] = [name]
    return fused


def saved(entry: GgufModel, model: PreTrainedModel, expected: dict[str, torch.Tensor]) -> dict[str, np.ndarray]:
    """The weights in the file that `save_pretrained` writes."""
    if any(is_of_experts(name) for name in expected):
        with tempfile.TemporaryDirectory() as folder:
            model.save_pretrained(folder)
            return load_file(Path(folder) / "model.safetensors")
    names = {
        name: name.replace("lm_head", "embed_out") if entry.model_type == "gpt_neox" else name for name in expected
    }
    return {names[name]: values.numpy() for name, values in expected.items()}


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
            loaded = AutoModelForCausalLM.from_pretrained(folder, gguf_file="model.gguf", dtype=torch.float32, **EAGER)
        except REFUSALS as error:
            return f"refused: {type(error).__name__}"
    ours, theirs = torch.tensor(logits(expected)), torch.tensor(logits(loaded.eval()))
    same = (ours - theirs).abs().max() < EQUAL * ours.abs().max()
    return "equal" if same else "other logits"


@torch.no_grad()
def logits(model: PreTrainedModel) -> list[list[float]]:
    """The logits after each of `IDS`."""
    return model(torch.tensor([IDS]), use_cache=False).logits[0].tolist()
