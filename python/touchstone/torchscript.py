"""The model as TorchScript, every tap an output: what DJL runs in the JVM as a live oracle, on any prompt."""

import io
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor, nn

from touchstone.taps import recording
from touchstone.truth import float64_throughout


class Twin(nn.Module):
    """Ids in, all taps in float32 and then all again in float64 out: (1, T) -> ((T, C), ...)

    Its buffers are the weights in the type of the checkpoint, each once, and are widened in the forward pass: both
    precisions run on the same numbers, and the file is no larger than the checkpoint.
    """

    def __init__(self, model: nn.Module, weights: dict[str, Tensor]) -> None:
        """`model` lends its code only, `weights` are its parameters by name."""
        super().__init__()
        self.code = (model,)  # in a tuple, or its own parameters would be saved too
        self.names = list(weights)
        for i, weight in enumerate(weights.values()):
            self.register_buffer(f"weight_{i}", weight)

    def forward(self, ids: Tensor) -> tuple[Tensor, ...]:
        """Runs the model twice."""
        single = self.taps(ids, torch.float32)
        with float64_throughout(self.code[0]):
            double = self.taps(ids, torch.float64)
        return (*single.values(), *double.values())

    def taps(self, ids: Tensor, dtype: torch.dtype) -> dict[str, Tensor]:
        """One forward pass on the weights widened to `dtype`."""
        weights = {name: self.get_buffer(f"weight_{i}").to(dtype) for i, name in enumerate(self.names)}
        model = self.code[0]
        with recording(model) as taps, _weights_replaced(model, weights):
            model(ids, use_cache=False)
        return taps


def write_torchscript(model: nn.Module, weights: dict[str, Tensor], path: Path) -> None:
    """Traces on a few tokens; the result is valid for any number of them."""
    ids = torch.arange(9)[None]
    with float64_throughout(model):
        pass  # makes its tables of sines here: traced, they would be of the type that is the default where it runs
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter(
            "ignore"
        )  # of deprecation, and of values that the trace fixes: lengths are not among them
        traced = torch.jit.trace(Twin(model, weights).eval(), ids, check_trace=False)
        saved = io.BytesIO()
        torch.jit.save(traced, saved)
    _without_traces_of_this_machine(saved, path)


def run_torchscript(folder: Path, ids: list[int], names: list[str]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """(float32 taps, float64 taps) of the file, which are as many as `names` says."""
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        outputs = torch.jit.load(folder / "model.pt")(torch.tensor([ids]))
    single, double = outputs[: len(names)], outputs[len(names) :]
    return dict(zip(names, single, strict=True)), dict(zip(names, double, strict=True))


def _without_traces_of_this_machine(saved: io.BytesIO, path: Path) -> None:
    """Copies the archive without the source line of every operation, which has this machine's paths in it."""
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(path, "w") as target:
        for entry in source.infolist():
            if not entry.filename.endswith((".debug_pkl", "serialization_id")):
                name = f"model/{entry.filename.split('/', 1)[1]}"
                target.writestr(zipfile.ZipInfo(name), source.read(entry), entry.compress_type)


@contextmanager
def _weights_replaced(model: nn.Module, weights: dict[str, Tensor]) -> Iterator[None]:
    """Within, the model computes with these tensors, tied weights included.

    It is `torch.func.functional_call`, which refuses to be traced: an attribute of the object hides the parameter of
    the same name, which `nn.Module` keeps elsewhere.
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
