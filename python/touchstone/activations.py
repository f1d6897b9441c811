"""The values of the activations in `ACT2FN` at many points, in float32 and float64."""

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from transformers.activations import ACT2FN

WITH_WEIGHTS = ("prelu", "xielu")
"""Activations with weights, which are left out."""


@torch.no_grad()
def activations() -> dict[str, Tensor]:
    """The points `x`; for each activation `<name>`, computed in float32, and `<name>#f64`, computed in float64."""
    x = torch.cat([torch.linspace(-12, 12, 241), torch.linspace(-100, 100, 51), torch.tensor([0.0, 1e-6, -1e-6])])
    values = {"x": x}
    for name in ACT2FN:
        if name not in WITH_WEIGHTS:
            values[name] = ACT2FN[name](x.clone())
            values[f"{name}#f64"] = ACT2FN[name](x.double())
    return values


def write_activations(path: Path) -> None:
    """Writes the points and values as a safetensors file."""
    save_file({name: value.contiguous() for name, value in activations().items()}, path)
