"""Recomputes a fixture from its own weights and compares: are its expectations what Hugging Face says, here and now?

float64 must agree to 1e-9. float32 depends on the processor, so two results may be as far apart as two floors, where
the floor of a tap is how far the committed float32 is from the committed float64.
"""

import json
import math
import warnings
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from touchstone import sampling
from touchstone.batches import batch_logits, read_batch
from touchstone.checkpoint import Checkpoint
from touchstone.generation import Request, answer
from touchstone.goldens import read_golden
from touchstone.tokens import tokenized

TRUTH_TOLERANCE = 1e-9
FLOORS = 2.0


@dataclass
class Report:
    """How many comparisons were made, and a line for each that failed."""

    comparisons: int = 0
    differences: list[str] = field(default_factory=list)

    def expect(self, holds: bool, difference: str) -> None:
        """Counts one comparison."""
        self.comparisons += 1
        if not holds:
            self.differences.append(difference)


def check_fixture(folder: Path, report: Report) -> None:
    """Compares all files of one folder that are expectations."""
    checkpoint = Checkpoint(folder)
    _check_tokens(checkpoint, folder / "tokens.json", report)
    _check_generation(checkpoint, folder / "generation.json", report)
    _check_goldens(checkpoint, folder, report)
    if (folder / "batch.safetensors").exists():
        _check_batch(checkpoint, folder / "batch.safetensors", report)


def check_sampling(path: Path, report: Report) -> None:
    """Compares the file that belongs to no model."""
    old, new = json.loads(path.read_text(encoding="utf-8")), sampling.cases()
    report.expect(len(old) == len(new), f"{path}: has {len(old)} cases, expected {len(new)}")
    for before, now in zip(old, new, strict=False):
        probabilities = [torch.tensor(case.pop("probabilities"), dtype=torch.float64) for case in (before, now)]
        report.expect(before == now, f"{path}: {before['name']} asks something else")
        _check_truth(f"{path}: {before['name']}", *probabilities, report)


def _check_tokens(checkpoint: Checkpoint, path: Path, report: Report) -> None:
    entries = json.loads(path.read_text(encoding="utf-8"))
    report.expect(len(entries) > 0, f"{path}: is empty")
    for entry in entries:
        report.expect(tokenized(checkpoint.tokenizer, entry["text"]) == entry, f"{path}: {entry['text']!r} differs")


def _check_generation(checkpoint: Checkpoint, path: Path, report: Report) -> None:
    entries = json.loads(path.read_text(encoding="utf-8"))
    report.expect(len(entries) > 0, f"{path}: is empty")
    for entry in entries:
        request = Request(entry["name"], entry["prompt"], entry["settings"])
        report.expect(answer(checkpoint, request, use_cache=True) == entry, f"{path}: {entry['name']} differs")


def _check_goldens(checkpoint: Checkpoint, folder: Path, report: Report) -> None:
    goldens = {path: read_golden(path) for path in sorted((folder / "goldens").glob("*.safetensors"))}
    report.expect(len(goldens) > 0, f"{folder}/goldens: is empty")
    floors = _floors((single, double) for _, single, double in goldens.values())
    oracle = _load_oracle(folder / "model.pt")
    for path, (ids, single, double) in goldens.items():
        again = {"from the weights": (checkpoint.taps(ids), checkpoint.true_taps(ids))}
        if oracle:
            outputs = oracle(torch.tensor([ids]))
            names = list(single)
            again["from model.pt"] = (
                dict(zip(names, outputs[: len(names)], strict=True)),
                dict(zip(names, outputs[len(names) :], strict=True)),
            )
        for origin, (single_again, double_again) in again.items():
            report.expect(list(single_again) == list(single), f"{path}: {origin} come other taps")
            for name in single:
                _check_truth(f"{path}: {name}#f64 {origin}", double[name], double_again[name], report)
                _check_single(f"{path}: {name} {origin}", single[name], single_again[name], floors[name], report)


def _check_batch(checkpoint: Checkpoint, path: Path, report: Report) -> None:
    batch = read_batch(path)
    for side in ("right", "left"):
        single, double = batch[f"{side}.logits"], batch[f"{side}.logits#f64"]
        again = batch_logits(checkpoint, batch[f"{side}.input_ids"], batch[f"{side}.attention_mask"])
        _check_truth(f"{path}: {side}.logits#f64", double, again["logits#f64"], report)
        _check_single(f"{path}: {side}.logits", single, again["logits"], _rms(single, double), report)


def _check_truth(name: str, old: Tensor, new: Tensor, report: Report) -> None:
    largest = _finite(old).abs().max().item()
    error = _largest_difference(old, new) / (largest or 1.0)
    report.expect(error <= TRUTH_TOLERANCE, f"{name}: differs by {error:.1e} of its maximum, allowed {TRUTH_TOLERANCE}")


def _check_single(name: str, old: Tensor, new: Tensor, floor: float, report: Report) -> None:
    distance = _rms(old, new)
    report.expect(distance <= FLOORS * floor, f"{name}: differs by {distance:.1e}, the floor is {floor:.1e}")


def _floors(pairs: Iterable[tuple[dict[str, Tensor], dict[str, Tensor]]]) -> dict[str, float]:
    """Per tap the largest floor among the cases: that of a few numbers may be small by luck."""
    floors: dict[str, float] = defaultdict(float)
    for single, double in pairs:
        for name in single:
            floors[name] = max(floors[name], _rms(single[name], double[name]))
    return floors


def _rms(a: Tensor, b: Tensor) -> float:
    """Root of the mean squared difference; infinite where shapes, infinities or NaN differ."""
    if not _comparable(a, b):
        return math.inf
    return (_finite(a) - _finite(b)).square().mean().sqrt().item()


def _largest_difference(a: Tensor, b: Tensor) -> float:
    return (_finite(a) - _finite(b)).abs().max().item() if _comparable(a, b) else math.inf


def _comparable(a: Tensor, b: Tensor) -> bool:
    """Same shape, infinities (masked scores) at the same places, no NaN."""
    return a.shape == b.shape and torch.equal(a.isinf(), b.isinf()) and not a.isnan().any() and not b.isnan().any()


def _finite(x: Tensor) -> Tensor:
    return x[~x.isinf()].double()


def _load_oracle(path: Path) -> torch.jit.ScriptModule | None:
    if not path.exists():
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return torch.jit.load(path)
