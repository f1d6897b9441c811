"""Hugging Face transformers on PyTorch, with the settings that people use beside eager attention in float32."""

import os
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
import transformers
from protocol import Engine, Ids, Session, serve
from transformers import AutoModelForCausalLM, DynamicCache, StaticCache

from touchstone.hooks import capture

DTYPES = {"bfloat16": torch.bfloat16, "float16": torch.float16}
BATCH = 8
PADDING = 5
STATIC_LENGTH = 512


class HuggingFace(Engine):
    """One setting of transformers."""

    name = "Hugging Face"

    def __init__(self, folder: Path, setting: str, threads: int) -> None:
        """Settings: eager, sdpa, compile, bfloat16, float16, int8, autocast, static-cache, left-padding, batch-of-8."""
        torch.set_num_threads(threads)
        transformers.utils.logging.disable_progress_bar()
        self.setting = setting
        self.version = f"{version('transformers')}, PyTorch {version('torch')}"
        attention = "eager" if setting in ("eager", *DTYPES, "int8") else "sdpa"
        dtype = DTYPES.get(setting, torch.float32)
        self.model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation=attention).eval()
        if setting == "int8":
            self.model = torch.ao.quantization.quantize_dynamic(self.model, {torch.nn.Linear}, torch.qint8)
        self.vocabulary = self.model.config.vocab_size
        self.run = torch.compile(self.model, dynamic=True) if setting == "compile" else self.model

    @torch.no_grad()
    def forward(self, ids: torch.Tensor, **options: object) -> torch.Tensor:
        """(B, T) -> (B, T, V)"""
        with torch.autocast("cpu", torch.bfloat16, enabled=self.setting == "autocast"):
            return self.run(ids, **options).logits

    def taps(self, ids: Ids) -> dict[str, torch.Tensor]:
        """Hooks do not run in a compiled model, so that has its logits only."""
        if self.setting == "compile":
            return {"logits": self.logits(ids)}
        rows, row, options = [ids], 0, {"use_cache": False}
        if self.setting == "batch-of-8":
            row = 3
            rows = [ids if i == row else [(token + 7 * i) % self.vocabulary for token in ids] for i in range(BATCH)]
        skip = 0
        if self.setting == "left-padding":
            skip = PADDING
            rows = [[0] * PADDING + ids, [1] * (PADDING + len(ids))]
            options |= padding_options([PADDING, 0], PADDING + len(ids))
        if self.setting == "static-cache":
            options = {"past_key_values": self.cache(), "use_cache": True}
        with capture(self.model, row=row, skip=skip) as trace:
            self.forward(torch.tensor(rows), **options)
        # The keys and values of a static cache are longer than the prompt.
        inside = (".k", ".v", ".scores", ".probs") if self.setting == "static-cache" else ()
        return {name: tap for name, tap in trace.taps.items() if not name.endswith(inside or ("\0",))}

    def logits(self, ids: Ids) -> torch.Tensor:
        """(T) -> (T, V)"""
        return self.forward(torch.tensor([ids]), use_cache=False)[0]

    def session(self) -> Session:
        """With a cache that grows, or a static one."""
        return CachedSession(self)

    def cache(self) -> DynamicCache | StaticCache:
        """An empty cache."""
        config = self.model.config
        if self.setting == "static-cache":
            return StaticCache(config, max_cache_len=min(STATIC_LENGTH, config.max_position_embeddings))
        return DynamicCache(config=config)

    def batch(self, rows: list[Ids]) -> list[torch.Tensor]:
        """Shorter sequences are padded on the left, as for `generate`."""
        longest = max(map(len, rows))
        padding = [longest - len(row) for row in rows]
        padded = torch.tensor([[0] * pad + row for pad, row in zip(padding, rows, strict=True)])
        options = padding_options(padding, longest) if any(padding) else {}
        logits = self.forward(padded, use_cache=False, **options)
        return [one[pad:] for pad, one in zip(padding, logits, strict=True)]


class CachedSession(Session):
    """One sequence."""

    def __init__(self, engine: HuggingFace) -> None:
        """With an empty cache."""
        self.engine, self.cache, self.past = engine, engine.cache(), 0

    def append(self, ids: Ids) -> torch.Tensor:
        """(T) -> (T, V)"""
        positions = torch.arange(self.past, self.past + len(ids))
        self.past += len(ids)
        options = {"past_key_values": self.cache, "use_cache": True, "position_ids": positions[None]}
        return self.engine.forward(torch.tensor([ids]), **options)[0]


def padding_options(padding: list[int], length: int) -> dict[str, torch.Tensor]:
    """The mask and the positions of rows that are padded on the left."""
    mask = torch.tensor([[int(t >= pad) for t in range(length)] for pad in padding])
    return {"attention_mask": mask, "position_ids": (mask.cumsum(1) - 1).clamp(min=0)}


if __name__ == "__main__":
    serve(HuggingFace)
