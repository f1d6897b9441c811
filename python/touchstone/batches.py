"""Padded batches: sequences of different lengths in one batch, as Hugging Face runs them."""

import random
from pathlib import Path

import torch
from safetensors.torch import load_file, save
from torch import Tensor

from touchstone.checkpoint import Checkpoint
from touchstone.goldens import with_sorted_metadata
from touchstone.truth import float64_throughout

LENGTHS = (3, 7, 1, 5)


def write_batch(checkpoint: Checkpoint, path: Path) -> None:
    """Writes the ids, masks and logits of the same sequences padded on the right and on the left."""
    rng = random.Random(len(LENGTHS))
    vocab_size = checkpoint.single.config.vocab_size
    rows = [[rng.randrange(vocab_size) for _ in range(length)] for length in LENGTHS]
    tensors: dict[str, Tensor] = {}
    for side in ("right", "left"):
        ids, mask = _padded(rows, side, pad=checkpoint.tokenizer.eos_token_id)
        tensors |= {f"{side}.input_ids": ids, f"{side}.attention_mask": mask}
        tensors |= {f"{side}.{name}": logits for name, logits in batch_logits(checkpoint, ids, mask).items()}
    path.write_bytes(with_sorted_metadata(save(tensors, {"format": "pt"})))


def read_batch(path: Path) -> dict[str, Tensor]:
    """All tensors of the file."""
    return load_file(path)


@torch.no_grad()
def batch_logits(checkpoint: Checkpoint, ids: Tensor, mask: Tensor) -> dict[str, Tensor]:
    """`logits` and `logits#f64`, (B, T, V), 0 at padding. Positions do not count padding."""
    inputs = {"attention_mask": mask, "position_ids": (mask.cumsum(1) - 1).clamp(min=0), "use_cache": False}
    single = checkpoint.single(ids, **inputs).logits
    model = checkpoint.double
    with float64_throughout(model):
        double = model(ids, **inputs).logits
    return {"logits": single * mask[..., None], "logits#f64": double * mask[..., None]}


def _padded(rows: list[list[int]], side: str, pad: int) -> tuple[Tensor, Tensor]:
    longest = max(map(len, rows))
    ids = torch.full((len(rows), longest), pad)
    mask = torch.zeros_like(ids)
    for i, row in enumerate(rows):
        columns = slice(0, len(row)) if side == "right" else slice(longest - len(row), longest)
        ids[i, columns] = torch.tensor(row)
        mask[i, columns] = 1
    return ids, mask
