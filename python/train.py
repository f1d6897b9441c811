"""Trains the GPT-2 models storyteller and storyteller-draft: `python python/train.py --model storyteller`.

Writes the weights in float16, the tokenizer and the record of the training into `fixtures/<model>/`. Run
`regenerate.py` afterwards to write the goldens.
"""

import argparse
import math
import time
from dataclasses import asdict, replace
from pathlib import Path

import torch
from transformers import GPT2LMHeadModel, GPT2TokenizerFast

from touchstone.bpe import save_tokenizer, train_bpe
from touchstone.fixtures import write_json
from touchstone.stories import read_stories, split
from touchstone.training import Recipe, build, encode, train, validation_loss

FIXTURES = Path(__file__).parent.parent / "fixtures"
VOCABULARY = 2000
RECIPES = {
    "storyteller": Recipe(n_embd=168, n_layer=4, n_head=3, epochs=20, dropout=0.12),
    "storyteller-draft": Recipe(n_embd=64, n_layer=2, n_head=2, epochs=20, dropout=0.0, adam_rate=4e-3, muon_rate=8e-3),
}


def tokenizer_for(model: str, n_positions: int) -> GPT2TokenizerFast:
    """The tokenizer of both models: trained for storyteller, and read from its folder for storyteller-draft."""
    if model == "storyteller":
        return train_bpe([story.text for story in read_stories()], VOCABULARY, n_positions)
    return GPT2TokenizerFast.from_pretrained(FIXTURES / "storyteller")


def rounded(model: GPT2LMHeadModel, recipe: Recipe, tokenizer: GPT2TokenizerFast) -> GPT2LMHeadModel:
    """The same weights rounded to float16, in an ordinary GPT2LMHeadModel."""
    plain = build(replace(recipe), tokenizer)
    fresh = GPT2LMHeadModel(plain.config)
    fresh.load_state_dict(model.state_dict())
    fresh.config.embd_pdrop = fresh.config.resid_pdrop = recipe.dropout
    return fresh.half()


def main() -> None:
    """Trains one model and writes its folder."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--model", choices=RECIPES, default="storyteller")
    arguments.add_argument("--epochs", type=int, help="default: the number in the recipe")
    arguments.add_argument("--out", type=Path, help="default: fixtures/<model>")
    arguments.add_argument("--threads", type=int, default=1, help="default: 1, which is faster on a busy machine")
    options = arguments.parse_args()
    torch.set_num_threads(options.threads)
    recipe = RECIPES[options.model]
    if options.epochs:
        recipe = replace(recipe, epochs=options.epochs)
    out = options.out or FIXTURES / options.model

    training, validation = split(read_stories())
    tokenizer = tokenizer_for(options.model, recipe.n_positions)
    model = build(recipe, tokenizer)
    started = time.monotonic()
    history = train(model, tokenizer, training, validation, recipe)
    seconds = round(time.monotonic() - started)

    final = rounded(model, recipe, tokenizer)
    out.mkdir(parents=True, exist_ok=True)
    final.save_pretrained(out)
    save_tokenizer(tokenizer, out)
    held_out = encode([story.text for story in validation], tokenizer)
    loss = validation_loss(final.float(), held_out, recipe.n_positions)
    record = {
        "command": f"python python/train.py --model {options.model}",
        "recipe": asdict(recipe),
        "parameters": sum(p.numel() for p in final.parameters()),
        "training_tokens": len(encode([story.text for story in training], tokenizer)),
        "validation_tokens": len(held_out),
        "validation_loss": round(loss, 4),
        "validation_perplexity": round(math.exp(loss), 2),
        "seconds": seconds,
        "threads": torch.get_num_threads(),
        "epochs": history,
    }
    write_json(out / "provenance.json", {"training": record})
    print(f"{options.model}: validation loss {loss:.4f} per token, perplexity {math.exp(loss):.2f}, {seconds} s")


if __name__ == "__main__":
    main()
