"""The model as TorchScript with every tap as an output, which the Java tests run through DJL on any prompt."""

import io
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from touchstone.taps import recording
from touchstone.truth import float64_throughout


class Twin(nn.Module):
    """Computes all taps in float32 and then all taps in float64. (1, T) -> ((T, C), ...)

    The weights are stored once, as buffers in the type of the checkpoint, and are converted in the forward pass. So
    both passes use the same numbers, and the file is not larger than the checkpoint.
    """

    def __init__(self, model: nn.Module, weights: dict[str, Tensor]) -> None:
        """Uses only the code of `model`; `weights` are its parameters by name."""
        super().__init__()
        self.code = (model,)  # in a tuple, because parameters of an attribute would be saved too
        self.names = list(weights)
        for i, weight in enumerate(weights.values()):
            self.register_buffer(f"weight_{i}", weight)

    def forward(self, ids: Tensor) -> tuple[Tensor, ...]:
        """Runs the model in float32 and in float64."""
        single = self.taps(ids, torch.float32)
        with float64_throughout(self.code[0]):
            double = self.taps(ids, torch.float64)
        return (*single.values(), *double.values())

    def taps(self, ids: Tensor, dtype: torch.dtype) -> dict[str, Tensor]:
        """The taps of one forward pass with the weights converted to `dtype`."""
        weights = {name: self.get_buffer(f"weight_{i}").to(dtype) for i, name in enumerate(self.names)}
        model = self.code[0]
        with recording(model) as taps, _weights_replaced(model, weights):
            model(ids, use_cache=False)
        return taps


def write_torchscript(model: nn.Module, weights: dict[str, Tensor], path: Path) -> None:
    """Traces the model with a few tokens; the trace is valid for any number of tokens."""
    ids = torch.arange(9)[None]
    # Computes sinusoidal tables now. In the trace, their type would be the default type of the process that runs it.
    with float64_throughout(model):
        pass
    with warnings.catch_warnings(), torch.no_grad():
        # Ignores warnings of deprecation and of constants in the trace, which do not include the number of tokens.
        warnings.simplefilter("ignore")
        with _frequencies_copied(model):
            traced = torch.jit.trace(Twin(model, weights).eval(), ids, check_trace=False)
        saved = io.BytesIO()
        torch.jit.save(traced, saved)
    _without_paths(saved, path)


class Script:
    """A file that `write_torchscript` wrote."""

    def __init__(self, path: Path) -> None:
        """Reads the file."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.module = torch.jit.load(path)

    def taps(self, ids: list[int], names: list[str]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """Runs it; returns (float32 taps, float64 taps) by name."""
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            outputs = self.module(torch.tensor([ids]))
        single, double = outputs[: len(names)], outputs[len(names) :]
        return dict(zip(names, single, strict=True)), dict(zip(names, double, strict=True))


def _without_paths(saved: io.BytesIO, path: Path) -> None:
    """Copies the archive without the source positions of operations, which contain paths of this machine."""
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(path, "w") as target:
        for entry in source.infolist():
            if not entry.filename.endswith((".debug_pkl", "serialization_id")):
                name = f"model/{entry.filename.split('/', 1)[1]}"
                target.writestr(zipfile.ZipInfo(name), source.read(entry), entry.compress_type)


@contextmanager
def _frequencies_copied(model: nn.Module) -> Iterator[None]:
    """A context in which each pass of a rotary module changes a copy of its frequencies.

    LongRoPE chooses them by the length of the sequence, and writes them over those of the last pass. In a trace these
    are a constant, which is stored once with all others of the same value: later passes would read the wrong ones.
    """
    with ExitStack() as changes:
        for module in model.modules():
            for name, buffer in module.named_buffers(recurse=False):
                if name.endswith("inv_freq"):
                    hook = module.register_forward_pre_hook(_replaces(name, buffer))
                    changes.callback(setattr, module, name, buffer)
                    changes.callback(hook.remove)
        yield


def _replaces(name: str, buffer: Tensor) -> Callable[[nn.Module, Any], None]:
    """Replaces a buffer of a module by a copy of what it was at first."""
    return lambda module, _: setattr(module, name, buffer.clone())


@contextmanager
def _weights_replaced(model: nn.Module, weights: dict[str, Tensor]) -> Iterator[None]:
    """A context in which the model computes with these tensors, also where weights are tied.

    Replaces `torch.func.functional_call`, which cannot be traced. An instance attribute hides the parameter of the same
    name, which `nn.Module` stores in a dict of parameters.
    """
    new = {id(parameter): weights[name] for name, parameter in model.named_parameters()}
    hidden = []
    for module in model.modules():
        for name, parameter in module.named_parameters(recurse=False):
            vars(module)[name] = new[id(parameter)]
            hidden.append((module, name))
    try:
        yield
    finally:
        for module, name in hidden:
            del vars(module)[name]
