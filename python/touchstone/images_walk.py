"""What `AutoModelForCausalLM` makes of the folders of models of text and images."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForImageTextToText

from touchstone.config_bases import BASES
from touchstone.config_walk import Shapes, Walk

_VISION = {"num_hidden_layers": 1, "hidden_size": 8, "num_attention_heads": 2, "intermediate_size": 6, "image_size": 28}

IMAGE_BASES: dict[str, dict[str, object]] = {
    "llama4": {
        "model_type": "llama4",
        "text_config": BASES["llama4_text"],
        "vision_config": _VISION
        | {"patch_size": 14, "vision_output_dim": 6, "projector_input_dim": 6, "projector_output_dim": 6}
        | {"intermediate_size": 32, "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0}},
    },
    "gemma3": {
        "model_type": "gemma3",
        "text_config": BASES["gemma3_text"],
        "vision_config": _VISION | {"model_type": "siglip_vision_model", "patch_size": 14},
        "mm_tokens_per_image": 4,
    },
}
"""Tiny models, whose images are never read."""

NAMES = (
    (r"^language_model\.", ""),
    (r"^language_model\.model\.", "language_model."),
    (r"^language_model\.model\.", "model.language_model."),
    (r"^language_model\.", "model.language_model."),
    (r"^language_model\.", "language_model.language_model."),
    (r"^language_model\.model\.", "language_model.model.model."),
    (r"^(vision_model|vision_tower|multi_modal_projector)\.", r"model.\1."),
    (r"^", "model."),
)
"""Other names of the tensors."""


def images_walk() -> list[dict[str, object]]:
    """The bases, each followed by its cases."""
    entries: list[dict[str, object]] = []
    for name, base in IMAGE_BASES.items():
        with tempfile.TemporaryDirectory() as folder:
            walk = Walk(name, base, Path(folder), _saved(base))
            entries += [walk.entry(), walk.with_changes({})]
            entries += [walk.with_changes(changes) for changes in _changes(base)]
            entries += [walk.with_shapes(shapes) for shapes in _variants(walk.shapes)]
    return entries


def _saved(base: dict[str, object]) -> Shapes:
    """The shapes of the tensors of the whole model, as `save_pretrained` writes them."""
    with tempfile.TemporaryDirectory() as folder:
        config = AutoConfig.for_model(**base)
        torch.manual_seed(0)
        AutoModelForImageTextToText.from_config(config).save_pretrained(folder)
        return {name: list(tensor.shape) for name, tensor in load_file(Path(folder) / "model.safetensors").items()}


def _changes(base: dict[str, object]) -> Iterator[dict[str, object]]:
    text: dict[str, object] = base["text_config"]
    for name, value in (
        ("tie_word_embeddings", True),
        ("tie_word_embeddings", False),
        ("rms_norm_eps", 0.5),
        ("num_hidden_layers", 1),
        ("quantization_config", {"quant_method": "gptq", "bits": 4}),
        ("image_token_index", 5),
        ("hidden_size", 24),
        ("head_dim", 6),
        ("model_type", "llama"),
    ):
        if name != "model_type":
            yield {name: value}
        yield {"text_config": text | {name: value}}
    yield {"text_config": {name: value for name, value in text.items() if name != "model_type"}}
    yield {"vision_config": base["vision_config"] | {"hidden_size": 6}}
    yield {"architectures": ["Other"]}


def _variants(shapes: Shapes) -> Iterator[Shapes]:
    for pattern, other in NAMES:
        changed = {re.sub(pattern, other, name): shape for name, shape in shapes.items()}
        if changed != shapes:
            yield changed
    text = {name: shape for name, shape in shapes.items() if name.startswith("language_model.")}
    yield text
    yield {name: shape for name, shape in shapes.items() if name not in text}
    first = next(iter(text))
    yield {name: shape for name, shape in shapes.items() if name != first}
    yield shapes | {first.removeprefix("language_model."): shapes[first]}
    yield shapes | {"language_model.model.layers.0.unknown.weight": [3]}
    embedding = shapes["language_model.model.embed_tokens.weight"]
    for head in ("lm_head.weight", "language_model.lm_head.weight"):
        yield {name: shape for name, shape in shapes.items() if "lm_head" not in name} | {head: embedding}
    yield {name: shape for name, shape in shapes.items() if "lm_head" not in name}
