"""Trains the exercise model on its toy language, which takes a minute: `python python/train_exercise.py`.

Writes the weights in float16, the tokenizer and the record of the training into `fixtures/exercise/`.
"""

import math
import random
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from touchstone.exercise import ExerciseConfig, ExerciseLM
from touchstone.fixtures import write_json
from touchstone.grammar import text, tokenizer

OUT = Path(__file__).parent.parent / "fixtures" / "exercise"
SEED, STEPS, BATCH, LEARNING_RATE = 1, 1500, 32, 3e-3


def main() -> None:
    """Trains and writes the folder."""
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    config = ExerciseConfig()
    words = tokenizer(config.n_positions)
    config.eos_token_id = words.eos_token_id
    model = ExerciseLM(config)
    rng = random.Random(SEED)

    def batch() -> Tensor:
        """Windows of random texts, each one token longer than the context. (B, T + 1)"""
        texts = " ".join(text(rng) for _ in range(3 * BATCH))
        ids = torch.tensor(words(texts, verbose=False).input_ids)
        return ids.unfold(0, config.n_positions + 1, config.n_positions + 1)[:BATCH]

    def loss_of(rows: Tensor) -> Tensor:
        return functional.cross_entropy(model(rows[:, :-1]).logits.flatten(0, 1), rows[:, 1:].flatten())

    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=STEPS)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss_of(batch()).backward()
        optimizer.step()
        schedule.step()

    model = model.half().float()
    with torch.no_grad():
        loss = sum(loss_of(batch()).item() for _ in range(20)) / 20
    OUT.mkdir(parents=True, exist_ok=True)
    model.half().save_pretrained(OUT)
    words.save_pretrained(OUT)
    record = {
        "command": "python python/train_exercise.py",
        "parameters": sum(p.numel() for p in model.parameters()),
        "seed": SEED,
        "steps": STEPS,
        "batch": BATCH,
        "learning_rate": LEARNING_RATE,
        "validation_loss": round(loss, 4),
        "validation_perplexity": round(math.exp(loss), 2),
    }
    write_json(OUT / "provenance.json", {"training": record})
    print(f"exercise: validation loss {loss:.4f} per token, perplexity {math.exp(loss):.2f}")


if __name__ == "__main__":
    main()
