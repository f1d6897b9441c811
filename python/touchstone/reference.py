"""Fixtures: writes one for a model, and reads the inputs of one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedModel

CHECKPOINT = ("*.json", "*.txt", "*.model", "*.safetensors")


def fixture(model: str | Path | PreTrainedModel, prompts: Iterable[str | list[int]], out: str | Path) -> Path:
    """Writes the folder `out`: the model, and every tap of each prompt in float32 and in float64.

    `model` is a Hugging Face model, the folder of one, or an id on the hub. A prompt is a text, or a list of ids, which
    needs no tokenizer. The cases are named `prompt-0`, `prompt-1` and so on. Returns the folder.
    """
    from touchstone.checkpoint import Checkpoint
    from touchstone.goldens import Case, write_golden

    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    _save(model, out)
    checkpoint = Checkpoint(out)
    shutil.rmtree(out / "goldens", ignore_errors=True)
    for number, prompt in enumerate(prompts):
        if isinstance(prompt, str):
            case = Case(f"prompt-{number}", checkpoint.tokenizer(prompt).input_ids, prompt)
        else:
            case = Case(f"prompt-{number}", list(prompt))
        if not case.ids:
            raise ValueError(f"prompt {number} has no tokens")
        write_golden(checkpoint, case, out / "goldens")
    if not (out / "goldens").exists():
        raise ValueError("a fixture needs at least one prompt")
    versions = {package: metadata.version(package) for package in ("torch", "transformers", "numpy")}
    record = {"command": "touchstone.fixture", "versions": versions}
    (out / "provenance.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return out


def cases(folder: str | Path) -> Mapping[str, list[int]]:
    """The token ids of each case of a fixture, by its name."""
    from safetensors import safe_open

    files = sorted((Path(folder) / "goldens").glob("*.safetensors"))
    if not files:
        raise FileNotFoundError(f"{folder} is not a fixture: it has no goldens/*.safetensors")
    found = {}
    for file in files:
        with safe_open(file, "numpy") as tensors:
            found[file.stem] = tensors.get_tensor("input_ids").tolist()
    return found


def _save(model: str | Path | PreTrainedModel, out: Path) -> None:
    if hasattr(model, "save_pretrained"):
        model.save_pretrained(out)
        return
    folder = Path(model)
    if not folder.is_dir():
        from huggingface_hub import snapshot_download

        folder = Path(snapshot_download(str(model), allow_patterns=list(CHECKPOINT)))
    for file in (file for pattern in CHECKPOINT for file in folder.glob(pattern)):
        if file.resolve() != (out / file.name).resolve():
            shutil.copyfile(file, out / file.name)
