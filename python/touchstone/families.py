"""The tiny models of the other families: random weights from a seed, in shapes that hide nothing.

One entry a family. Sizes are hostile: no multiples of 8, a number of heads that is no power of two, key-value heads neither
one nor as many, an epsilon that is not the default, sequences longer than a window. They are small besides: a folder has the
weights, goldens of every tap and the TorchScript, and all families together should stay a quick download.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel, PreTrainedTokenizerFast

from touchstone.grammar import END, UNKNOWN, VOCABULARY

SPREAD = 0.2
WORDS = (*VOCABULARY, "once", "upon", "time", "there", "was", "in", "of", "said", "queen", "forest", "to", "#", "is")
POSITIONS = 48


@dataclass(frozen=True)
class TinyFamily:
    """A seed, and the settings that differ from the defaults of the family's configuration class."""

    seed: int
    model_type: str
    config: dict[str, object]

    def write(self, folder: Path) -> None:
        """Writes the checkpoint: config, weights in bfloat16, tokenizer, generation_config."""
        tokenizer = words()
        ends = {"bos_token_id": None, "pad_token_id": None, "eos_token_id": tokenizer.eos_token_id}
        sizes = {"vocab_size": len(WORDS), "max_position_embeddings": POSITIONS}
        config = AutoConfig.for_model(self.model_type, **(sizes | ends | self.config))
        model = AutoModelForCausalLM.from_config(config, attn_implementation="eager")
        randomize(model, self.seed)
        folder.mkdir(parents=True, exist_ok=True)
        model.to(torch.bfloat16).save_pretrained(folder)
        tokenizer.save_pretrained(folder)


def randomize(model: PreTrainedModel, seed: int) -> None:
    """Hugging Face starts biases at 0 and gains at 1, where a dropped one would not be noticed."""
    generator = torch.Generator().manual_seed(seed)
    for parameter in dict(model.named_parameters()).values():
        noise = SPREAD * torch.randn(parameter.shape, generator=generator)
        parameter.data = noise + parameter.data.flatten()[0] if _is_gain(parameter) else noise


def _is_gain(parameter: torch.Tensor) -> bool:
    """A vector that starts as all ones; Gemma's gains start at zero, from where they are told."""
    return parameter.dim() == 1 and bool((parameter == 1).all())


def words() -> PreTrainedTokenizerFast:
    """A token a word, as the exercise model has it, with a few words more."""
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.add_special_tokens([UNKNOWN, END])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token=UNKNOWN, eos_token=END, model_max_length=POSITIONS
    )


TINY_FAMILIES = {
    "tiny-llama": TinyFamily(
        seed=11,
        model_type="llama",
        config={
            "hidden_size": 30,
            "num_hidden_layers": 2,
            "num_attention_heads": 6,
            "num_key_value_heads": 2,
            "head_dim": 6,
            "intermediate_size": 37,
            "rms_norm_eps": 3e-3,
            "rope_parameters": {"rope_type": "default", "rope_theta": 50.0},
        },
    ),
}
