"""A Hugging Face folder, opened the ways the fixtures need it."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase, PreTrainedTokenizerFast

from touchstone import exercise  # noqa: F401, Hugging Face learns of the model by this
from touchstone.taps import recording
from touchstone.truth import float64_throughout

GENERIC = ("PreTrainedTokenizerFast", "TokenizersBackend")
"""`AutoTokenizer` would replace these by the tokenizer that is usual for the type of the model."""


@dataclass(frozen=True)
class Checkpoint:
    """A model and its tokenizer by folder, or by their name on the hub."""

    source: str | Path

    @cached_property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        """The tokenizer, as `from_pretrained` makes it; a folder that names no family's class is taken at its word."""
        config = Path(self.source) / "tokenizer_config.json"
        if config.exists() and json.loads(config.read_text(encoding="utf-8")).get("tokenizer_class") in GENERIC:
            return PreTrainedTokenizerFast.from_pretrained(self.source)
        return AutoTokenizer.from_pretrained(self.source)

    @cached_property
    def single(self) -> nn.Module:
        """The model on weights widened to float32."""
        return self._model(torch.float32)

    @cached_property
    def double(self) -> nn.Module:
        """The model on the same weights widened to float64; run it within `float64_throughout`."""
        return self._model(torch.float32).double()

    @cached_property
    def weights(self) -> dict[str, Tensor]:
        """The parameters by name in the type of the files, tied ones once."""
        return {name: parameter.detach() for name, parameter in self._model("auto").named_parameters()}

    @property
    def n_positions(self) -> int:
        """The longest sequence that the model can read."""
        return self.single.config.max_position_embeddings

    @property
    def has_cache(self) -> bool:
        """Whether the model can keep keys and values."""
        return getattr(self.single.config, "use_cache", False)

    @torch.no_grad()
    def taps(self, ids: list[int]) -> dict[str, Tensor]:
        """All taps of one forward pass in the order of computation, in float32."""
        with recording(self.single) as taps:
            self.single(torch.tensor([ids]), use_cache=False)
        return taps

    @torch.no_grad()
    def true_taps(self, ids: list[int]) -> dict[str, Tensor]:
        """The same in float64."""
        double = self.double  # built outside, so that buffers which are float32 by definition, as inv_freq, are so here
        with float64_throughout(double), recording(double) as taps:
            double(torch.tensor([ids]), use_cache=False)
        return taps

    def _model(self, dtype: torch.dtype | str) -> nn.Module:
        return AutoModelForCausalLM.from_pretrained(self.source, dtype=dtype, attn_implementation="eager").eval()
