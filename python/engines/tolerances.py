"""Measures the errors of PyTorch in other types, and writes them as limits for `parity --tolerance`.

tolerances.py              writes src/main/resources/dev/touchstone/parity/tolerances.json, and the taps of PyTorch in
                           bfloat16 and float16 to fixtures/<model>/types/<type>.safetensors

The limits are twice the largest error of a tap of two models, as those of float32 are.
"""

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from entries import ROOT
from hugging_face import HuggingFace
from safetensors.torch import save_file

from touchstone.reference import cases
from touchstone.traces import Trace
from touchstone.verdicts import compare

MODELS = ("tiny-gpt2", "tiny-llama")
SETTINGS = {"bf16": "bfloat16", "fp16": "float16", "int8": "int8"}
STORED = {"bf16": torch.bfloat16, "fp16": torch.float16}
CASE = "text"
FACTOR = 2
OUT = ROOT / "src" / "main" / "resources" / "dev" / "touchstone" / "parity" / "tolerances.json"


def main() -> None:
    """Writes the limits and the taps."""
    limits = {name: measured(name, setting) for name, setting in SETTINGS.items()}
    OUT.write_text(json.dumps(limits, indent=2) + "\n", encoding="utf-8")
    print(OUT.read_text(encoding="utf-8"))


def measured(name: str, setting: str) -> dict[str, object]:
    """The limits of one type."""
    ratios, shares = [], []
    for model in MODELS:
        folder = ROOT / "fixtures" / model
        ids = cases(folder)[CASE]
        taps = HuggingFace(folder, setting, 1).taps(ids)
        if name in STORED:
            stored = {tap: value.to(STORED[name]).contiguous().clone() for tap, value in taps.items()}
            (folder / "types").mkdir(exist_ok=True)
            save_file({"input_ids": torch.tensor(ids), **stored}, folder / "types" / f"{name}.safetensors")
        with tempfile.TemporaryDirectory() as work:
            file = Path(work) / "trace.safetensors"
            Trace(ids, taps).write(file)
            report = compare(file, folder).report
        for tap in report["fixtures"][0]["cases"][0]["taps"]:
            ratio, local = float(tap["ratio"]), float(tap["local_max"]) / float(tap["scale"])
            operations = tap["local_bound"] / (tap["scale"] * report["limits"]["bound"])
            shares.append(local / max(1, round(operations)))
            if tap["pytorch_rms"] > 0:
                ratios.append(ratio)
            else:
                shares.append(float(tap["max"]) / float(tap["scale"]))
    return {
        "ratio": float(f"{FACTOR * max(ratios):.3g}"),
        "local": float(f"{FACTOR * max(shares):.3g}"),
        "measured": f"PyTorch {torch.__version__} in {setting}, {' and '.join(MODELS)}",
    }


if __name__ == "__main__":
    main()
