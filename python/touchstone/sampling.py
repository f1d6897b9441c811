"""Logits with ties, infinities and extremes, and their probabilities after Hugging Face's logits processors."""

import math
import random
import warnings

import torch
from transformers import GenerationConfig, GPT2Config, GPT2LMHeadModel

INFINITE = -math.inf
EIGHTHS = [math.log(n / 16) for n in (6, 4, 3, 2, 1)]
LOGITS: dict[str, list[float]] = {
    "one-token": [3.5],
    "one-token-of-zero": [0.0],
    "two-equal": [1.0, 1.0],
    "four-equal": [0.0, 0.0, 0.0, 0.0],
    "eight-equal-negative": [-2.5] * 8,
    "ties-at-the-edge": [2.0, 1.0, 1.0, 0.0, 1.0, 0.0, -1.0],
    "ties-at-the-top": [0.5, 3.0, -1.0, 3.0, 3.0, 0.0],
    "sixteenths": EIGHTHS,
    "sixteenths-backwards": EIGHTHS[::-1],
    "impossible-tokens": [INFINITE, 1.0, INFINITE, 0.5, -0.5, INFINITE],
    "one-possible-token": [INFINITE, INFINITE, -7.0, INFINITE],
    "far-apart": [1e4, -1e4, 9990.0, 0.0, -1e30],
    "very-close": [1.0, 1.0000001, 0.9999999, 1.0],
    "zeros-and-signs": [0.0, -0.0, 1.0, -1.0, 2.0, -2.0],
    "all-negative": [-1.5, -0.5, -3.0, -2.0, -0.25],
    "flat-with-a-peak": [0.0] * 11 + [6.0],
    "random-33": [random.Random(33 + i).gauss(0, 3) for i in range(33)],
}
CONTEXT = [0, 2, 1, 0, 2]
"""Contains a repeated token and a repeated pair. Ids outside a vocabulary are left out."""

SETTINGS: dict[str, dict[str, object]] = {
    "plain": {},
    "cold": {"temperature": 0.1},
    "hot": {"temperature": 2.5},
    "top-k-1": {"top_k": 1},
    "top-k-2": {"top_k": 2},
    "top-k-3": {"top_k": 3},
    "top-k-beyond": {"top_k": 1000},
    "top-p-0": {"top_p": 0.0},
    "top-p-quarter": {"top_p": 0.25},
    "top-p-half": {"top_p": 0.5},
    "top-p-three-quarters": {"top_p": 0.75},
    "top-p-0.9": {"top_p": 0.9},
    "top-p-1": {"top_p": 1.0},
    "min-p-0": {"min_p": 0.0},
    "min-p-0.1": {"min_p": 0.1},
    "min-p-half": {"min_p": 0.5},
    "min-p-1": {"min_p": 1.0},
    "typical-p-0.2": {"typical_p": 0.2},
    "typical-p-0.8": {"typical_p": 0.8},
    "penalty": {"repetition_penalty": 1.7},
    "reward": {"repetition_penalty": 0.6},
    "no-unigram": {"no_repeat_ngram_size": 1},
    "no-bigram": {"no_repeat_ngram_size": 2},
    "no-trigram": {"no_repeat_ngram_size": 3},
    "temperature-then-top-k-then-top-p": {"temperature": 0.7, "top_k": 4, "top_p": 0.8},
    "penalty-then-temperature-then-min-p": {"repetition_penalty": 1.3, "temperature": 1.5, "min_p": 0.2},
    "everything": {
        "repetition_penalty": 1.2,
        "no_repeat_ngram_size": 2,
        "temperature": 0.8,
        "top_k": 5,
        "top_p": 0.95,
        "min_p": 0.05,
        "typical_p": 0.9,
    },
}
NEUTRAL = {"top_k": 0}
"""Disables Hugging Face's default of 50."""


def cases() -> list[dict[str, object]]:
    """All pairs of logits and settings, except those with NaN, or where float32 and float64 keep different tokens."""
    model = GPT2LMHeadModel(GPT2Config(n_layer=1, n_head=1, n_embd=1, vocab_size=2, bos_token_id=0, eos_token_id=0))
    records = []
    for logits_name, logits in LOGITS.items():
        context = [id for id in CONTEXT if id < len(logits)]
        for settings_name, settings in SETTINGS.items():
            double = _probabilities(model, logits, context, settings, torch.float64)
            single = _probabilities(model, logits, context, settings, torch.float32)
            if double.isnan().any() or not torch.equal(double > 0, single > 0):
                continue
            records.append(
                {
                    "name": f"{logits_name}, {settings_name}",
                    "logits": [x if math.isfinite(x) else "-inf" for x in logits],
                    "input_ids": context,
                    "settings": settings,
                    "probabilities": double.tolist(),
                }
            )
    return records


def _probabilities(
    model: GPT2LMHeadModel, logits: list[float], context: list[int], settings: dict[str, object], dtype: torch.dtype
) -> torch.Tensor:
    """Probabilities after the processors that `generate` creates for the settings, computed in `dtype`."""
    config = GenerationConfig(do_sample=True, num_beams=1, **(NEUTRAL | settings))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        processors = model._get_logits_processor(config, input_ids_seq_length=len(context))
    scores = torch.tensor([logits], dtype=torch.float32).to(dtype)
    return processors(torch.tensor([context]), scores).softmax(-1)[0]
