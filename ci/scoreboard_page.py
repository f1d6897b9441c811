"""A page of the scoreboard with invented figures, for ci/pages.py.

It has as many rows as a whole run, an engine that fails, one without speeds, and names with markup.
"""

import sys
from pathlib import Path
from typing import Any

ENGINES = Path(__file__).resolve().parent.parent / "python" / "engines"
sys.path[:0] = [str(ENGINES), str(ENGINES.parent)]

from entries import ENTRIES
from page import page

MODELS = ["tiny-gpt2", "storyteller", "tiny-llama", "SmolLM2-135M-Instruct"]
TIMED = {"storyteller": [64, 16], "SmolLM2-135M-Instruct": [128, 16]}
WAYS = ("repeated", "batch", "padding", "chunks", "cache", "threads")
FAILED = "the converter for <b>Llama</b> takes hidden_size / num_attention_heads = 5 as the head size, and that is 6"


def write(file: Path) -> Path:
    """Writes the page."""
    engines = [row(i, entry.key, entry.setting, entry.type) for i, entry in enumerate(ENTRIES)]
    failed = {MODELS[0]: {"error": FAILED}}
    engines[-1] = {"key": "absent", "setting": "<i>", "type": "int8", "error": FAILED, "models": failed}
    engines[-2].pop("speeds")
    environment = {"date": "2026-11-29", "processor": "a processor (avx2)", "threads": "2", "system": "Linux x86_64"}
    speeds = {"date": "2026-11-29", "rounds": 5, "seconds": 0.6, "processors": 2, "lengths": TIMED}
    speeds["others"] = {"median": 0.05, "most": 0.4}
    result = {"environment": environment, "models": MODELS, "engines": engines, "speeds": speeds}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page(result), encoding="utf-8")
    return file


def row(i: int, key: str, setting: str, kind: str) -> dict[str, Any]:
    """An engine; the figures grow with its number."""
    engine = key.removesuffix(f"-{setting.lower()}") if i else "an <b>engine</b>"
    models = {name: figures(i, name) for name in MODELS}
    if i == 3:
        models["tiny-llama"] = {"error": FAILED}
    timed = {name: speed(i) for name in TIMED}
    if i == 4:
        timed["SmolLM2-135M-Instruct"] = {"error": "it gave no answer within 600 s"}
    names = {"key": key, "engine": engine, "version": "5.23.0, PyTorch 2.15.0", "setting": setting, "type": kind}
    return {**names, "models": models, "speeds": timed}


def figures(i: int, model: str) -> dict[str, Any]:
    """Of one engine with one model."""
    error = 0.4 * 1.7**i
    wrong = "model.layers.10.post_attention_layernorm" if error > 2 else None
    clues = ["the result is that of LayerNorm with an epsilon of 1e-5", "a bias is missing"] if wrong else []
    return {
        "taps": 111 - i,
        "absent": i,
        "geometric_mean": error,
        "worst": {"tap": "layers.10.self_attn.scores", "ratio": 2 * error},
        "first_wrong": wrong,
        "clues": clues,
        "ratios": {"logits": error, "layers.0": error},
        "logits_ratio": error,
        "divergence": 1e-13 * 10 ** (i / 2),
        "argmax": {"same": 13 - i // 9, "positions": 13},
        "text": {"same": 40 - i, "of": 40},
        "invariants": {way: (None, 0.0, 0.0, 1e-6 * i)[(i + j) % 4] for j, way in enumerate(WAYS)},
    }


def speed(i: int) -> dict[str, float]:
    """Of one engine with one model."""
    ratio = 2.5 / (1 + i)
    return {
        "prefill": 4321.5 * ratio,
        "decode": 123.4 * ratio,
        "prefill_ratio": ratio,
        "decode_ratio": ratio,
        "memory": 2**20 * (400 + 1000 * (i % 3)),
    }
