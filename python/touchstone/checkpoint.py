"""Loads a model and its tokenizer from a Hugging Face folder."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase, PreTrainedTokenizerFast
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

from touchstone import exercise, falcon  # noqa: F401, register a model and correct one
from touchstone.eager import EAGER
from touchstone.taps import recording
from touchstone.truth import float64_throughout

GENERIC = ("PreTrainedTokenizerFast", "TokenizersBackend")
"""`AutoTokenizer` would replace these classes by the default tokenizer of the model type."""


@dataclass(frozen=True)
class Checkpoint:
    """A model and its tokenizer, by folder or hub id."""

    source: str | Path

    @cached_property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        """The tokenizer: a PreTrainedTokenizerFast if the folder names a class in GENERIC, else by `AutoTokenizer`."""
        config = Path(self.source) / "tokenizer_config.json"
        if config.exists() and json.loads(config.read_text(encoding="utf-8")).get("tokenizer_class") in GENERIC:
            return PreTrainedTokenizerFast.from_pretrained(self.source)
        return AutoTokenizer.from_pretrained(self.source)

    @cached_property
    def single(self) -> nn.Module:
        """The model with its weights in float32."""
        return self._model(torch.float32)

    @cached_property
    def double(self) -> nn.Module:
        """The model with the same weights in float64; must be run within `float64_throughout`."""
        model = self._model(torch.float32)
        for module in model.modules():
            if getattr(module, "rope_type", None) == "longrope":
                # The frequencies of longer sequences are computed in the first pass, which would use float64.
                length = module.config.rope_parameters["original_max_position_embeddings"] + 1
                module.long_inv_freq, _ = ROPE_INIT_FUNCTIONS["longrope"](module.config, seq_len=length)
        return model.double()

    @cached_property
    def weights(self) -> dict[str, Tensor]:
        """The parameters by name, in the type that is stored; tied parameters once."""
        return {name: parameter.detach() for name, parameter in self._model("auto").named_parameters()}

    @property
    def n_positions(self) -> int:
        """The largest number of tokens in a sequence."""
        return self.single.config.max_position_embeddings

    @property
    def has_cache(self) -> bool:
        """Whether the model has a key-value cache."""
        return getattr(self.single.config, "use_cache", False)

    @torch.no_grad()
    def taps(self, ids: list[int]) -> dict[str, Tensor]:
        """All taps of one forward pass in float32, in the order of computation."""
        with recording(self.single) as taps:
            self.single(torch.tensor([ids]), use_cache=False)
        return taps

    @torch.no_grad()
    def true_taps(self, ids: list[int]) -> dict[str, Tensor]:
        """All taps of one forward pass in float64, in the order of computation."""
        double = self.double  # loaded outside, so that buffers such as inv_freq stay float32
        with float64_throughout(double), recording(double) as taps:
            double(torch.tensor([ids]), use_cache=False)
        return taps

    def _model(self, dtype: torch.dtype | str) -> nn.Module:
        return AutoModelForCausalLM.from_pretrained(self.source, dtype=dtype, **EAGER).eval()
