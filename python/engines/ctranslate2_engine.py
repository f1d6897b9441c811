"""CTranslate2: logits only, in float32 and with weights in int8."""

import json
import os
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import ctranslate2
import numpy as np
from exported import kept
from protocol import Engine, Ids, config_of, serve


class CTranslate2(Engine):
    """One setting of CTranslate2."""

    name = "CTranslate2"

    def __init__(self, folder: Path, setting: str, threads: int) -> None:
        """Settings: float32, int8."""
        self.version = ctranslate2.__version__
        self.vocabulary = config_of(folder)["vocab_size"]
        check(config_of(folder))
        converted = kept(folder, f"ctranslate2-{self.version}", lambda out: convert(folder, out))
        self.generator = ctranslate2.Generator(
            str(converted), device="cpu", compute_type=setting, inter_threads=1, intra_threads=threads
        )

    def taps(self, ids: Ids) -> dict[str, np.ndarray]:
        """The logits."""
        return {"logits": self.batch([ids])[0]}

    def batch(self, rows: list[Ids]) -> list[np.ndarray]:
        """Its batches are padded on the right."""
        padded = [row + [0] * (max(map(len, rows)) - len(row)) for row in rows]
        view = ctranslate2.StorageView.from_array(np.asarray(padded, dtype=np.int32))
        lengths = ctranslate2.StorageView.from_array(np.asarray([len(row) for row in rows], dtype=np.int32))
        logits = np.asarray(self.generator.forward_batch(view, lengths))
        return [one[: len(row)] for one, row in zip(logits, rows, strict=True)]


def check(config: dict[str, Any]) -> None:
    """Refuses models of Llama with another head size than that of its converter."""
    if config["model_type"] != "llama":
        return
    heads, hidden = config["num_attention_heads"], config["hidden_size"]
    size = config.get("head_dim") or hidden // heads
    if size * heads != hidden:
        raise ValueError(
            f"the converter for Llama takes hidden_size / num_attention_heads = {hidden // heads} as the head size, and"
            f" that of this model is {size}"
        )


def convert(folder: Path, out: Path) -> None:
    """Writes the model in CTranslate2's format."""
    from ctranslate2.converters import TransformersConverter

    TransformersConverter(str(folder)).convert(str(out))
    name_special_tokens(out / "config.json")


def name_special_tokens(file: Path) -> None:
    """Replaces null: CTranslate2 expects a text for special tokens that a model does not have."""
    settings = json.loads(file.read_text(encoding="utf-8"))
    named = {name: "" if value is None and name.endswith("_token") else value for name, value in settings.items()}
    file.write_text(json.dumps(named), encoding="utf-8")


if __name__ == "__main__":
    serve(CTranslate2)
