"""Goldens in which PyTorch's float32 chooses other experts than its float64.

The model is `tiny-mixtral` with other routers: the weights of expert 5 are those of expert 2, but that of channel 7 is
larger by the factor 1 + 2^-22. The logits of both differ by less than rounding changes them.
"""

import random
from itertools import count
from pathlib import Path

import torch

from touchstone.checkpoint import Checkpoint
from touchstone.experts import is_router
from touchstone.goldens import Case, write_golden

MODEL = "tiny-mixtral"
TOKENS = 12
CHANNEL, FACTOR = 7, 1 + 2.0**-22


def write_near_ties(fixtures: Path) -> None:
    """Writes `near-ties.safetensors`: random ids for which float32 and float64 differ in both layers."""
    checkpoint = near_tied(fixtures)
    vocab_size = checkpoint.single.config.vocab_size
    for seed in count():
        rng = random.Random(seed)
        case = Case("near-ties", [rng.randrange(vocab_size) for _ in range(TOKENS)])
        if _differ_usefully(checkpoint, case.ids):
            write_golden(checkpoint, case, fixtures)
            return


def near_tied(fixtures: Path) -> Checkpoint:
    """The model with the changed routers, in both types."""
    checkpoint = Checkpoint(fixtures / MODEL)
    for model in (checkpoint.single, checkpoint.double):
        for router in (module for module in model.modules() if is_router(module)):
            with torch.no_grad():
                router.weight[5] = router.weight[2]
                router.weight[5, CHANNEL] = router.weight[2, CHANNEL].float() * FACTOR  # rounded to float32 in both
    return checkpoint


def _differ_usefully(checkpoint: Checkpoint, ids: list[int]) -> bool:
    """Whether only later tokens differ in the first layer, and one before it in the second."""
    single, double = checkpoint.taps(ids), checkpoint.true_taps(ids)
    tokens = [
        (single[tap] != double[tap]).any(dim=-1).nonzero().flatten().tolist()
        for tap in (f"layers.{layer}.mlp.gate.chosen" for layer in range(2))
    ]
    return bool(tokens[0]) and 5 <= tokens[0][0] < TOKENS - 1 and bool(tokens[1]) and tokens[1][0] < tokens[0][0]
