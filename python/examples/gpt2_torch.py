"""GPT-2 written anew in PyTorch, with names of its own, as an example of a model to compare with Hugging Face's."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

PARTS = {
    "tokens": "wte",
    "positions": "wpe",
    "blocks": "h",
    "norm1": "ln_1",
    "attention": "attn",
    "qkv": "c_attn",
    "out": "c_proj",
    "norm2": "ln_2",
    "up": "c_fc",
    "down": "c_proj",
    "norm": "ln_f",
}
"""The parts of the names of its modules, and those in Hugging Face's GPT-2."""


def renamed(path: str) -> str:
    """The name of a module or weight in Hugging Face's GPT-2, which is also that of its tap."""
    return ".".join(PARTS.get(part, part) for part in path.split("."))


class Attention(nn.Module):
    """Causal attention with several heads."""

    def __init__(self, channels: int, heads: int) -> None:
        """The projections."""
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(channels, 3 * channels), nn.Linear(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, C) -> (B, T, C)"""
        q, k, v = (y.unflatten(-1, (self.heads, -1)).transpose(1, 2) for y in self.qkv(x).chunk(3, -1))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        future = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1)
        probs = scores.masked_fill(future, -torch.inf).softmax(-1)
        return self.out((probs @ v).transpose(1, 2).flatten(2))


class Mlp(nn.Module):
    """The feed-forward layer."""

    def __init__(self, channels: int) -> None:
        """The projections and the activation."""
        super().__init__()
        self.up, self.act, self.down = (
            nn.Linear(channels, 4 * channels),
            nn.GELU(approximate="tanh"),
            nn.Linear(4 * channels, channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, C) -> (B, T, C)"""
        return self.down(self.act(self.up(x)))


class Block(nn.Module):
    """One transformer block."""

    def __init__(self, channels: int, heads: int, epsilon: float) -> None:
        """The sublayers and their norms."""
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(channels, epsilon), Attention(channels, heads)
        self.norm2, self.mlp = nn.LayerNorm(channels, epsilon), Mlp(channels)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, C) -> (B, T, C)"""
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class GPT2(nn.Module):
    """The model."""

    def __init__(self, config: dict, epsilon: float) -> None:
        """With the sizes in `config.json`."""
        super().__init__()
        channels = config["n_embd"]
        self.tokens = nn.Embedding(config["vocab_size"], channels)
        self.positions = nn.Embedding(config["n_positions"], channels)
        self.blocks = nn.ModuleList(Block(channels, config["n_head"], epsilon) for _ in range(config["n_layer"]))
        self.norm = nn.LayerNorm(channels, epsilon)

    def forward(self, ids: Tensor) -> Tensor:
        """(B, T) -> (B, T, V)"""
        x = self.tokens(ids) + self.positions(torch.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.tokens.weight.T

    @classmethod
    def load(cls, folder: str | Path, epsilon: float | None = None) -> "GPT2":
        """Reads the folder of a GPT-2. `epsilon` replaces the one in `config.json`."""
        config = json.loads((Path(folder) / "config.json").read_text())
        model = cls(config, config["layer_norm_epsilon"] if epsilon is None else epsilon)
        stored = load_file(Path(folder) / "model.safetensors")
        for path, parameter in model.named_parameters():
            weight = stored[renamed(path)]
            is_linear = weight.dim() == 2 and "blocks" in path
            parameter.data = weight.T if is_linear else weight
        return model.eval()
