"""The golden tensors: each tap of a model on a few inputs, in float32 and in float64."""

import json
import random
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from touchstone.checkpoint import Checkpoint


@dataclass(frozen=True)
class Case:
    """One input: the name of its file, the ids, and the text if it was one."""

    name: str
    ids: list[int]
    text: str | None = None


def text_case(checkpoint: Checkpoint, text: str) -> Case:
    """The case of a text."""
    return Case("text", checkpoint.tokenizer(text).input_ids, text)


def random_case(checkpoint: Checkpoint, name: str, length: int) -> Case:
    """A case of random ids, which also use rows of the embedding that texts rarely use."""
    rng = random.Random(length)
    vocab_size = checkpoint.single.config.vocab_size
    return Case(name, [rng.randrange(vocab_size) for _ in range(length)])


def write_golden(checkpoint: Checkpoint, case: Case, folder: Path) -> None:
    """Writes `<case>.safetensors`: `input_ids`, `<tap>`, `<tap>#f64`; the order of the taps is in the metadata."""
    taps = checkpoint.taps(case.ids)
    tensors = {"input_ids": torch.tensor(case.ids)}
    tensors |= {name: tap.contiguous().clone() for name, tap in taps.items()}
    tensors |= {f"{name}#f64": tap.contiguous().clone() for name, tap in checkpoint.true_taps(case.ids).items()}
    metadata = {"taps": json.dumps(list(taps))}
    if case.text is not None:
        metadata["text"] = case.text
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{case.name}.safetensors").write_bytes(with_sorted_metadata(save(tensors, metadata)))


def with_sorted_metadata(file: bytes) -> bytes:
    """Sorts the metadata of a safetensors file, because the library writes it in a random order."""
    length = int.from_bytes(file[:8], "little")
    header = json.loads(file[8 : 8 + length])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + file[8 + length :]


def read_golden(path: Path) -> tuple[list[int], dict[str, Tensor], dict[str, Tensor]]:
    """(ids, float32 taps, float64 taps), the taps in the order of computation."""
    with safe_open(path, "pt") as file:
        names = json.loads(file.metadata()["taps"])
        single = {name: file.get_tensor(name) for name in names}
        double = {name: file.get_tensor(f"{name}#f64") for name in names}
        return file.get_tensor("input_ids").tolist(), single, double
