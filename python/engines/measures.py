"""What the scoreboard measures of one engine with one model."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from process import Process, Refused
from safetensors.numpy import load_file

from touchstone.verdicts import compare

CASE = "text"
NEW_TOKENS = 40
THREADS = 2


def measure(process: Process, alone: Callable[[], Process], folder: Path, work: Path) -> dict[str, Any]:
    """All figures. `alone` starts the same engine on one thread."""
    golden = load_file(folder / "goldens" / f"{CASE}.safetensors")
    ids = golden["input_ids"].tolist()
    trace = work / "trace.safetensors"
    process.ask(do="taps", ids=ids, out=str(trace))
    comparison = compare(trace, folder)
    logits = load_file(trace)["logits"]
    # Where PyTorch is exact, as in lookups, there is no ratio.
    ratios = {tap["tap"]: tap["ratio"] for tap in comparison.taps if tap["pytorch_rms_error"] > 0}
    worst = max(ratios, key=ratios.get)
    return {
        "taps": len(comparison.taps),
        "absent": len(comparison.absent),
        "geometric_mean": geometric_mean(list(ratios.values())),
        "worst": {"tap": worst, "ratio": ratios[worst]},
        "first_wrong": comparison.first_wrong,
        "clues": comparison.clues,
        "ratios": ratios,
        "logits_ratio": ratios["logits"],
        **predictions(logits, golden["logits#f64"]),
        "text": same_text(process, folder),
        "invariants": invariants(process, alone, ids, logits, work),
        "report": comparison.report,
    }


def geometric_mean(ratios: list[float]) -> float | None:
    """Of the ratios; one of 0 counts as 0.001, because the logarithm of 0 is infinite."""
    logs = [math.log(max(ratio, 1e-3)) for ratio in ratios]
    return math.exp(sum(logs) / len(logs)) if logs else None


def predictions(found: np.ndarray, truth: np.ndarray) -> dict[str, Any]:
    """The mean Kullback-Leibler divergence from float64, in nats, and the positions with the same argmax."""
    p, q = (log_softmax(logits.astype(np.float64)) for logits in (truth, found))
    same = int((found.argmax(-1) == truth.argmax(-1)).sum())
    return {
        "divergence": max(0.0, float((np.exp(p) * (p - q)).sum(-1).mean())),
        "argmax": {"same": same, "positions": len(truth)},
    }


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """The logarithms of the probabilities."""
    logits = logits - logits.max(-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(-1, keepdims=True))


def same_text(process: Process, folder: Path) -> dict[str, int]:
    """How many of the first tokens of Hugging Face's greedy continuation in float32 it generates as well."""
    records = json.loads((folder / "generation.json").read_text(encoding="utf-8"))
    record = next(one for one in records if one["name"].startswith("greedy"))
    expected = record["ids"][:NEW_TOKENS]
    found = process.ask(do="greedy", ids=record["prompt_ids"], count=len(expected))["ids"]
    same = next((i for i, (a, b) in enumerate(zip(found, expected, strict=True)) if a != b), len(expected))
    return {"same": same, "of": len(expected)}


def invariants(
    process: Process, alone: Callable[[], Process], ids: list[int], logits: np.ndarray, work: Path
) -> dict[str, Any]:
    """For each way to compute the same logits the largest difference; None if the engine does not have this way."""
    out = str(work / "logits.safetensors")

    def of(calls: list[list[int]]) -> np.ndarray:
        process.ask(do="logits", calls=calls, out=out)
        return load_file(out)["logits"]

    def row(rows: list[list[int]], index: int) -> np.ndarray:
        answer = process.ask(do="batch", rows=rows, out=out)
        if answer.get("unsupported"):
            raise Refused("unsupported")
        return load_file(out)[f"row.{index}"]

    def taps(asked: Process) -> np.ndarray:
        asked.ask(do="taps", ids=ids, out=out)
        return load_file(out)["logits"]

    vocabulary = logits.shape[-1]
    others = [[(token + 7 * i) % vocabulary for token in ids] for i in range(8)]
    others[3] = ids
    ragged = [ids[:3], ids, [*ids, *ids[:4]], ids[:1]]
    session = process.hello["session"]
    batch = process.hello["batch"]
    third = max(1, len(ids) // 3)
    chunks = [ids[:third], ids[third : 2 * third + 1], ids[2 * third + 1 :]]
    ways = {
        "repeated": lambda: (taps(process), logits),
        "batch": (lambda: (row(others, 3), row([ids], 0))) if batch else None,
        "padding": (lambda: (row(ragged, 1), row([ids], 0))) if batch else None,
        "chunks": (lambda: (of(chunks), of([ids]))) if session else None,
        "cache": (lambda: (of([[token] for token in ids]), of([ids]))) if session else None,
        "threads": lambda: (taps(alone()), logits),  # last, because it may load the model anew
    }
    return {name: None if way is None else difference(way) for name, way in ways.items()}


def difference(way: Any) -> float | None:  # noqa: ANN401
    """The largest difference of two results; None if the engine refuses."""
    try:
        one, other = way()
    except Refused:
        return None
    return float(np.abs(one.astype(np.float64) - other).max())
