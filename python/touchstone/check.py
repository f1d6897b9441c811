"""Recomputes the expected results of a fixture from its weights with Hugging Face, and compares them.

float64 results must agree within 1e-9. float32 results depend on the processor, so they may differ by two floors. The
floor of a tap is the RMS difference between the committed float32 and float64 tensors.
"""

import json
import math
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from touchstone import generation_config, sampling
from touchstone.activations import activations
from touchstone.batches import batch_logits, read_batch
from touchstone.checkpoint import Checkpoint
from touchstone.config_bases import BASES
from touchstone.fixtures import TOKENIZER_FILES, WALK_FILES, write_gguf
from touchstone.generation import Request, run
from touchstone.goldens import random_case, read_golden
from touchstone.images_walk import images_walk
from touchstone.near_ties import near_tied
from touchstone.tokens import tokenized
from touchstone.topk import topk_cases
from touchstone.torchscript import Script

TRUTH_TOLERANCE = 1e-9
FLOORS = 2.0

Taps = Sequence[dict[str, Tensor]]
"""The taps of one forward pass in float32 and in float64."""


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
    """Compares all expected results in one folder."""
    checkpoint = Checkpoint(folder)
    _check_tokens(checkpoint, folder / "tokens.json", report)
    _check_generation(checkpoint, folder / "generation.json", report)
    goldens = {path: read_golden(path) for path in sorted((folder / "goldens").glob("*.safetensors"))}
    report.expect(len(goldens) > 0, f"{folder}/goldens: is empty")
    floors = _floors((single, double) for _, single, double in goldens.values())
    for path, (ids, *committed) in goldens.items():
        recomputed = (checkpoint.taps(ids), checkpoint.true_taps(ids))
        _check_taps(f"{path}: from the weights", committed, recomputed, floors, report)
    if (folder / "model.pt").exists():
        _check_torchscript(checkpoint, folder, floors, report)
    if (folder / "batch.safetensors").exists():
        _check_batch(checkpoint, folder / "batch.safetensors", report)


def check_sampling(path: Path, report: Report) -> None:
    """Compares `sampling.json`."""
    old, new = json.loads(path.read_text(encoding="utf-8")), sampling.cases()
    report.expect(len(old) == len(new), f"{path}: has {len(old)} cases, expected {len(new)}")
    for before, now in zip(old, new, strict=False):
        probabilities = [torch.tensor(case.pop("probabilities"), dtype=torch.float64) for case in (before, now)]
        report.expect(before == now, f"{path}: {before['name']} has other inputs")
        _check_truth(f"{path}: {before['name']}", *probabilities, report)


def check_activations(path: Path, report: Report) -> None:
    """Compares `activations.safetensors`."""
    old, new = load_file(path), activations()
    report.expect(set(old) == set(new), f"{path}: has other activations")
    report.expect(torch.equal(old["x"], new["x"]), f"{path}: has other points")
    for name in (name for name in new if f"{name}#f64" in new):
        _check_truth(f"{path}: {name}#f64", old[f"{name}#f64"], new[f"{name}#f64"], report)
        floor = _rms(old[name], old[f"{name}#f64"])
        _check_single(f"{path}: {name}", old[name], new[name], floor, report)


def check_topk(path: Path, report: Report) -> None:
    """Compares `topk.json`."""
    report.expect(json.loads(path.read_text(encoding="utf-8")) == topk_cases(), f"{path}: other numbers are chosen")


def check_walk(path: Path, bases: list[str], report: Report) -> None:
    """Compares these bases of the file of changed configurations or of changed tensors, and what all bases are."""
    entries = json.loads(path.read_text(encoding="utf-8"))
    for entry in entries:
        if base := entry.get("base"):
            report.expect(entry["config"] == BASES.get(base), f"{path}: {base} has another configuration than BASES")
    old = _entries_of(bases, entries)
    _check_entries(path, old, WALK_FILES[path.name](bases), report)


def check_images(path: Path, report: Report) -> None:
    """Compares the file of models of text and images."""
    _check_entries(path, json.loads(path.read_text(encoding="utf-8")), images_walk(), report)


def _check_entries(path: Path, old: list[dict], new: list[dict], report: Report) -> None:
    """Compares the entries of a walk. Logits have seven digits."""
    report.expect(len(old) == len(new), f"{path}: has {len(old)} entries, expected {len(new)}")
    for before, now in zip(old, new, strict=False):
        logits = [torch.tensor(entry.pop("logits", []), dtype=torch.float64) for entry in (before, now)]
        report.expect(before == now, f"{path}: {str(before)[:200]} differs")
        same = logits[0].shape == logits[1].shape and torch.allclose(*logits, rtol=1e-6, atol=1e-6)
        report.expect(same, f"{path}: {str(before)[:200]} has other logits")


def _entries_of(bases: list[str], entries: list[dict]) -> list[dict]:
    """The entries of these bases. Each base is followed by its cases."""
    selected, base = [], None
    for entry in entries:
        base = entry.get("base", base)
        if base in bases:
            selected.append(entry)
    return selected


def check_generation_config(path: Path, report: Report) -> None:
    """Compares `generation-config.json`."""
    old, new = json.loads(path.read_text(encoding="utf-8")), generation_config.cases()
    report.expect(len(old) == len(new), f"{path}: has {len(old)} cases, expected {len(new)}")
    for before, now in zip(old, new, strict=False):
        probabilities = [torch.tensor(case.pop("probabilities", [])) for case in (before, now)]
        report.expect(before == now, f"{path}: {before['settings']} differs")
        close = torch.allclose(*probabilities, atol=1e-5)
        report.expect(close, f"{path}: {before['settings']} has other probabilities")


def check_gguf(fixtures: Path, report: Report) -> None:
    """Writes the GGUF files anew into a temporary folder, and compares all of them; the logits have seven digits."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "storyteller").symlink_to(fixtures.resolve() / "storyteller")
        write_gguf(folder)
        names = sorted(path.name for path in fixtures.glob("gguf-*") if path.name != "gguf-llama-cpp.json")
        report.expect(names == sorted(path.name for path in folder.glob("gguf-*")), f"{fixtures}/gguf-*: other files")
        for name in names:
            if name.endswith(".safetensors"):
                check_golden(fixtures / name, folder / name, report)
                continue
            before, now = (fixtures / name).read_bytes(), (folder / name).read_bytes()
            if b'"logits"' in before:
                old, new = json.loads(before), json.loads(now)
                logits = [torch.tensor(record.pop("logits")) for record in (old, new)]
                report.expect(torch.allclose(*logits, rtol=1e-4, atol=1e-5), f"{fixtures}/{name} has other logits")
                before, now = json.dumps(old), json.dumps(new)
            report.expect(before == now, f"{fixtures}/{name} differs")


def check_golden(old: Path, new: Path, report: Report) -> None:
    """Compares two golden files."""
    (ids, *committed), (now, *recomputed) = read_golden(old), read_golden(new)
    report.expect(ids == now, f"{old}: has other ids")
    _check_taps(str(old), committed, recomputed, _floors([committed]), report)


def check_near_ties(fixtures: Path, report: Report) -> None:
    """Compares the float64 taps of `near-ties.safetensors`. Which experts float32 chooses depends on the processor."""
    path = fixtures / "near-ties.safetensors"
    ids, single, double = read_golden(path)
    recomputed = near_tied(fixtures).true_taps(ids)
    report.expect(list(recomputed) == list(double), f"{path}: has other taps")
    for tap in double:
        _check_truth(f"{path}: {tap}#f64", double[tap], recomputed[tap], report)
    chosen = [tap for tap in single if tap.endswith(".chosen")]
    differs = all((single[tap] != double[tap]).any() for tap in chosen)
    report.expect(differs, f"{path}: float32 chooses the same experts as float64")


def check_chats(path: Path, report: Report) -> None:
    """Compares one of the files of tokenizers and chat templates, entry by entry."""
    old, new = json.loads(path.read_text(encoding="utf-8")), TOKENIZER_FILES[path.name]()
    report.expect(len(old) == len(new), f"{path}: has {len(old)} entries, expected {len(new)}")
    for index, (before, now) in enumerate(zip(old, new, strict=False)):
        report.expect(before == now, f"{path}: entry {index} differs: {str(now)[:200]}")


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
        report.expect(run(checkpoint, request, use_cache=True) == entry, f"{path}: {entry['name']} differs")


def _check_torchscript(checkpoint: Checkpoint, folder: Path, floors: dict[str, float], report: Report) -> None:
    """Compares the TorchScript with the model at lengths other than that of its tracing, some of them after others."""
    script = Script(folder / "model.pt")
    for length in (1, checkpoint.n_positions, 2, checkpoint.n_positions - 1):
        ids = random_case(checkpoint, "", length).ids
        expected = (checkpoint.taps(ids), checkpoint.true_taps(ids))
        actual = script.taps(ids, list(expected[0]))
        larger = {tap: max(floor, floors[tap]) for tap, floor in _floors([expected]).items()}
        _check_taps(f"{folder}/model.pt: {length} tokens", expected, actual, larger, report)


def _check_taps(name: str, expected: Taps, actual: Taps, floors: dict[str, float], report: Report) -> None:
    report.expect(list(actual[0]) == list(expected[0]), f"{name}: has other taps")
    for tap in expected[0]:
        _check_truth(f"{name}: {tap}#f64", expected[1][tap], actual[1][tap], report)
        _check_single(f"{name}: {tap}", expected[0][tap], actual[0][tap], floors[tap], report)


def _check_batch(checkpoint: Checkpoint, path: Path, report: Report) -> None:
    batch = read_batch(path)
    for side in ("right", "left"):
        single, double = batch[f"{side}.logits"], batch[f"{side}.logits#f64"]
        recomputed = batch_logits(checkpoint, batch[f"{side}.input_ids"], batch[f"{side}.attention_mask"])
        _check_truth(f"{path}: {side}.logits#f64", double, recomputed["logits#f64"], report)
        _check_single(f"{path}: {side}.logits", single, recomputed["logits"], _rms(single, double), report)


def _check_truth(name: str, old: Tensor, new: Tensor, report: Report) -> None:
    largest = _finite(old).abs().max().item()
    error = _largest_difference(old, new) / (largest or 1.0)
    report.expect(error <= TRUTH_TOLERANCE, f"{name}: differs by {error:.1e} of its maximum, allowed {TRUTH_TOLERANCE}")


def _check_single(name: str, old: Tensor, new: Tensor, floor: float, report: Report) -> None:
    distance = _rms(old, new)
    report.expect(distance <= FLOORS * floor, f"{name}: differs by {distance:.1e}, the floor is {floor:.1e}")


def _floors(pairs: Iterable[Taps]) -> dict[str, float]:
    """The largest floor of each tap among the cases, because the floor of a few numbers may be small by chance."""
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
