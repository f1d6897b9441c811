"""What each attribute of config.json does: one is changed, or a few are, and Hugging Face runs the model again.

The models are tiny, and their weights follow from a formula of name and index, so the file needs no weights. An
attribute of one family is also set in the others, which may read it although their configuration class lacks it.
"""

import dataclasses
import json
import random
import tempfile
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy
import torch
from safetensors.torch import save_file
from torch import Tensor
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedConfig

from touchstone import falcon  # noqa: F401, corrects the model
from touchstone.config_bases import BASES, SIZES
from touchstone.config_values import ABSENT, EXTRA, values
from touchstone.eager import EAGER
from touchstone.provenance import THREADS

IDS = [3, 1, 4, 1, 5, 7, 2, 6, 5, 3, 0, 7, 1, 4]
CHANGED = 5e-5
SAME = 2e-6
"""Changes of the logits, relative to the largest. One between the two is an error: choose a value that changes more."""

COMBINATIONS = 20
"""Random combinations of changes for each base."""

Shapes = dict[str, list[int]]


def walk(bases: Iterable[str] = BASES) -> list[dict[str, object]]:
    """The bases with these names, each followed by its cases."""
    names = sorted({*EXTRA, *(name for base in BASES.values() for name in _attributes(base))})
    return for_bases(partial(_entries, names), bases)


def _entries(names: list[str], base: str) -> list[dict[str, object]]:
    with tempfile.TemporaryDirectory() as folder:
        return list(Walk(base, BASES[base], Path(folder)).entries(names))


def for_bases(entries: Callable[[str], list[dict[str, object]]], bases: Iterable[str]) -> list[dict[str, object]]:
    """The entries of the bases with these names, in a process for each core."""
    with ProcessPoolExecutor(
        mp_context=get_context("spawn"), initializer=torch.set_num_threads, initargs=(THREADS,)
    ) as pool:
        return [entry for part in pool.map(entries, bases) for entry in part]


class _ChangesTooLittle(ValueError):
    """The logits change so little that the difference could be mistaken for rounding."""


class Walk:
    """The walk from one configuration."""

    def __init__(self, name: str, base: dict[str, object], folder: Path, shapes: Shapes | None = None) -> None:
        """Runs the base; `folder` is for models, `shapes` for tensors that are not all of the language model."""
        self.name = name
        self.base = base
        self.folder = folder
        self.shapes = shapes or _shapes(base)
        if self.shapes is None:
            raise ValueError(f"{name} is no configuration of a model")
        self.logits = self._outcome(base, self.shapes)["logits"]

    def entries(self, names: list[str]) -> Iterator[dict[str, object]]:
        """The base, then a case for each change and for each set of weights that suits it."""
        own = dict.fromkeys(EXTRA, ABSENT) | _attributes(self.base)
        yield self.entry()
        usable: list[tuple[str, object]] = []
        for name in names if ", " not in self.name else sorted(own):
            for value in values(name, self.base, own.get(name, ABSENT), name in own):
                cases = list(self._cases(name, value))
                yield from cases
                if name in own and not {"error", "missing", "unexpected"} & set(cases[-1]):
                    usable.append((name, value))
        yield from self._combined(usable)

    def entry(self) -> dict[str, object]:
        """The base itself."""
        return {
            "base": self.name,
            "config": self.base,
            "shapes": self.shapes,
            "ids": IDS,
            "logits": _numbers(self.logits),
        }

    def with_shapes(self, shapes: Shapes) -> dict[str, object]:
        """A case with the configuration of the base and other tensors."""
        return {"changes": {}} | self._delta(shapes) | self._compared(self._outcome(self.base, shapes))

    def with_changes(self, changes: dict[str, object]) -> dict[str, object]:
        """A case with other attributes and the tensors of the base."""
        config, change = self._changed(changes)
        return change | self._compared(self._outcome(config, self.shapes))

    def _cases(self, name: str, value: object) -> Iterator[dict[str, object]]:
        config, change = self._changed({name: value})
        outcome = self._outcome(config, self.shapes)
        yield change | self._compared(outcome)
        if set(outcome) & {"error", "missing", "unexpected"} and (shapes := _shapes(config)) not in (None, self.shapes):
            yield change | self._delta(shapes) | self._compared(self._outcome(config, shapes))

    def _combined(self, usable: list[tuple[str, object]]) -> Iterator[dict[str, object]]:
        """Random combinations of usable changes, but not those that are refused or hardly change the logits."""
        draw = random.Random(zlib.crc32(self.name.encode()))
        for _ in range(COMBINATIONS):
            config, change = self._changed(dict(draw.sample(usable, draw.choice((2, 3, 4)))))
            shapes = _shapes(config) or self.shapes
            try:
                compared = self._compared(self._outcome(config, shapes))
            except _ChangesTooLittle:
                continue
            if "error" not in compared:
                yield change | (self._delta(shapes) if shapes != self.shapes else {}) | compared

    def _changed(self, changes: dict[str, object]) -> tuple[dict[str, object], dict[str, object]]:
        """The configuration with these changes, and how an entry describes them."""
        given = {name: value for name, value in changes.items() if value is not ABSENT}
        config = {name: value for name, value in self.base.items() if name not in changes} | given
        left_out = [name for name, value in changes.items() if value is ABSENT]
        return config, {"changes": given} | ({"left_out": left_out} if left_out else {})

    def _delta(self, shapes: Shapes) -> dict[str, object]:
        removed = dict.fromkeys(self.shapes.keys() - shapes.keys())
        return {"shapes": {name: shape for name, shape in shapes.items() if self.shapes.get(name) != shape} | removed}

    def _compared(self, outcome: dict[str, object]) -> dict[str, object]:
        logits = outcome.pop("logits", None)
        if logits is None:
            return outcome
        if logits.shape == self.logits.shape:
            change = ((logits - self.logits).abs().max() / self.logits.abs().max()).item()
            if change <= SAME:
                return outcome
            if change < CHANGED:
                raise _ChangesTooLittle(f"{self.name}: the logits change by {change:.1e} only")
        return outcome | {"logits": _numbers(logits)}

    def _outcome(self, config: dict[str, object], shapes: Shapes) -> dict[str, object]:
        """The logits of the last token, or why there are none: an exception, missing weights, NaN."""
        folder = self.folder / str(zlib.crc32(json.dumps(shapes, sort_keys=True).encode()))
        if not folder.exists():
            folder.mkdir(parents=True)
            tensors = {name: torch.from_numpy(weight(name, shape)) for name, shape in shapes.items()}
            save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
        (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model, info = AutoModelForCausalLM.from_pretrained(
                    folder, dtype=torch.float32, output_loading_info=True, **EAGER
                )
                if info["missing_keys"] or info["mismatched_keys"]:
                    return {"missing": True}
                unexpected = {"unexpected": True} if info["unexpected_keys"] else {}
                logits = _logits(model.eval())
        except Exception as error:
            return {"error": type(error).__name__}
        return unexpected | ({"logits": logits} if logits.isfinite().all() else {"error": "NaN"})


@torch.no_grad()
def _logits(model: torch.nn.Module) -> Tensor:
    return model(torch.tensor([IDS]), use_cache=False, return_dict=True).logits[0, -1]


def _numbers(logits: Tensor) -> list[float]:
    return [float(f"{x:.7g}") for x in logits.tolist()]


def _config(config: dict[str, object]) -> PreTrainedConfig:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.json").write_text(json.dumps(config), encoding="utf-8")
        return AutoConfig.from_pretrained(folder)


def _shapes(config: dict[str, object]) -> Shapes | None:
    """The shapes of the tensors of the model, shared ones once; None if the configuration makes no model."""
    if any(isinstance(size := config.get(name), int) and not 0 < size < 100 for name in SIZES):
        return None
    try:
        model = AutoModelForCausalLM.from_config(_config(config), **EAGER)
    except Exception:
        return None
    buffers = {name: buffer for name, buffer in model.named_buffers() if name in model.state_dict()}
    return {name: list(tensor.shape) for name, tensor in (dict(model.named_parameters()) | buffers).items()}


def _attributes(base: dict[str, object]) -> dict[str, object]:
    """The attributes of the family's configuration class, with their values for this base."""
    config = _config(base)
    names = {field.name for field in dataclasses.fields(config)} | set(config.attribute_map) | set(config.to_dict())
    return {name: getattr(config, name, ABSENT) for name in names if name not in ("model_type", "transformers_version")}


def weight(name: str, shape: list[int]) -> numpy.ndarray:
    """Pseudorandom numbers from -0.5 to 0.5, computed in float64 and rounded to float32; gains of norms are 1 more."""
    mask = numpy.uint64(0xFFFFFFFF)
    x = numpy.arange(numpy.prod(shape), dtype=numpy.uint64) * numpy.uint64(0x9E3779B1)
    x = (x + numpy.uint64(zlib.crc32(name.encode()))) & mask
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B), (16, 1)):
        x = ((x ^ (x >> numpy.uint64(shift))) * numpy.uint64(factor)) & mask
    gain = 1.0 if len(shape) == 1 and name.endswith(".weight") else 0.0
    return (x / 2**32 - 0.5 + gain).astype(numpy.float32).reshape(shape)
