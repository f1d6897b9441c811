"""The tiny GPT-2 models, with random weights from a seed.

The sizes are chosen so that bugs change the result: dimensions are not multiples of 8, numbers of heads are not powers
of two, biases, gains and epsilons are not the defaults, and weights are large enough for GELU, softmax and masks to
matter.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from transformers import GPT2Config, GPT2LMHeadModel

from touchstone.bpe import save_tokenizer, train_bpe
from touchstone.stories import read_stories

SPREAD = 0.2
EXTRA_TEXT = "\n".join(["##", "## ##", "####", "a  b   c    d", "ééé, ñandú"] * 200)
"""Adds merges that ports often get wrong: some start with `#`, some join spaces or the bytes of one letter."""


@dataclass(frozen=True)
class TinyModel:
    """A seed, the settings that differ from GPT-2's, and the function that saves the model."""

    seed: int
    config: dict[str, object]
    save: Callable[[GPT2LMHeadModel, Path], None]

    def write(self, folder: Path) -> None:
        """Writes the checkpoint: config, weights, tokenizer, generation_config."""
        vocab_size, n_positions = self.config["vocab_size"], self.config["n_positions"]
        texts = [story.text for story in read_stories()[self.seed :: 25]]
        tokenizer = train_bpe([*texts, EXTRA_TEXT], vocab_size, n_positions)
        end = tokenizer.eos_token_id
        config = GPT2Config(**self.config, bos_token_id=end, eos_token_id=end)
        model = GPT2LMHeadModel(config)
        _randomize(model, self.seed)
        folder.mkdir(parents=True, exist_ok=True)
        self.save(model, folder)
        save_tokenizer(tokenizer, folder)


def _randomize(model: GPT2LMHeadModel, seed: int) -> None:
    """Replaces weights by noise, around 1 for gains. Omitting a bias of 0 or a gain of 1 would change nothing."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        noise = SPREAD * torch.randn(parameter.shape, generator=generator)
        is_gain = ".ln_" in name and name.endswith("weight")
        parameter.data = noise + 1 if is_gain else noise


def _like_the_hub(model: GPT2LMHeadModel, folder: Path) -> None:
    """Saves in the layout of the hub's `gpt2`: no prefix `transformer.`, no head, causal masks among the weights."""
    model.save_pretrained(folder)
    weights: dict[str, Tensor] = {key: value.detach() for key, value in model.transformer.state_dict().items()}
    T = model.config.n_positions
    for i in range(model.config.n_layer):
        weights[f"h.{i}.attn.bias"] = torch.ones(T, T).tril()[None, None]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})


def _in_two_shards(model: GPT2LMHeadModel, folder: Path) -> None:
    """Saves in the layout of a large model: prefix, head, bfloat16, two shards and their index."""
    model = model.to(torch.bfloat16)
    size = sum(p.numel() * p.element_size() for p in model.parameters())
    model.save_pretrained(folder, max_shard_size=size * 2 // 3)


TINY_MODELS = {
    "tiny-gpt2": TinyModel(
        seed=1,
        config={
            "vocab_size": 283,
            "n_positions": 40,
            "n_embd": 36,
            "n_layer": 2,
            "n_head": 3,
            "layer_norm_epsilon": 1e-3,
        },
        save=_like_the_hub,
    ),
    "tiny-gpt2-variant": TinyModel(
        seed=2,
        config={
            "vocab_size": 277,
            "n_positions": 33,
            "n_embd": 35,
            "n_layer": 3,
            "n_head": 5,
            "n_inner": 51,
            "layer_norm_epsilon": 3e-2,
            "activation_function": "gelu",
            "scale_attn_by_inverse_layer_idx": True,
            "tie_word_embeddings": False,
        },
        save=_in_two_shards,
    ),
}
