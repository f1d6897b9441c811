"""Continuations by Hugging Face's `generate`: greedy, with beams, with logits processors, ended by EOS."""

from dataclasses import dataclass, field

import torch
from torch import Tensor
from transformers import GenerationConfig, LogitsProcessor, LogitsProcessorList

from touchstone.checkpoint import Checkpoint
from touchstone.tokens import decode

DEFAULTS = {
    "do_sample": False,
    "num_beams": 1,
    "length_penalty": 1.0,
    "early_stopping": False,
    "repetition_penalty": 1.0,
    "no_repeat_ngram_size": 0,
}
JITTER = 1e-4
"""Much larger than float32 errors of logits, much smaller than their differences. Such noise must change no id."""


@dataclass(frozen=True)
class Request:
    """A prompt and the settings that differ from DEFAULTS."""

    name: str
    prompt: str
    settings: dict[str, object] = field(default_factory=dict)


class _Jitter(LogitsProcessor):
    """Adds noise to the logits that depends only on the ids so far."""

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        rows = [_noise(tuple(history), scores.shape[1]) for history in input_ids.tolist()]
        return scores + torch.stack(rows)


def _noise(history: tuple[int, ...], size: int) -> Tensor:
    generator = torch.Generator().manual_seed(hash(history))
    return JITTER * (2 * torch.rand(size, generator=generator) - 1)


def requests(checkpoint: Checkpoint, prompts: list[str], length: int, brief: bool) -> list[Request]:
    """The cases of one model. End-of-text ids of some cases are taken from its greedy continuation."""
    cases = [Request(f"greedy-{i}", prompt, {"max_new_tokens": length}) for i, prompt in enumerate(prompts)]
    first = prompts[0]
    continuation = run(checkpoint, cases[0])["ids"]
    late = next((id for i, id in enumerate(continuation) if i > 3 and id not in continuation[:i]), continuation[-1])
    never = next(id for id in range(checkpoint.single.config.vocab_size) if id not in continuation)

    def case(name: str, **settings: object) -> Request:
        return Request(name, first, {"max_new_tokens": length} | settings)

    if brief:
        return [*cases, case("eos", eos_token_id=[late]), case("beams-3", num_beams=3)]
    return [
        *cases,
        case("one-token", max_new_tokens=1),
        case("eos", eos_token_id=[late]),
        case("eos-one-of-several", eos_token_id=[never, late, checkpoint.tokenizer.eos_token_id]),
        case("eos-is-the-first-token", eos_token_id=[continuation[0]]),
        case("beams-2", num_beams=2),
        case("beams-3-stopped", num_beams=3, eos_token_id=[late]),
        case("beams-3-early", num_beams=3, eos_token_id=[late], early_stopping=True),
        case("beams-3-never-early", num_beams=3, eos_token_id=[late], early_stopping="never", length_penalty=2.0),
        case("beams-4-short", num_beams=4, eos_token_id=[late], length_penalty=-1.0),
        case("beams-4-long", num_beams=4, eos_token_id=[late], length_penalty=2.0),
        case("repetition-penalty", repetition_penalty=1.3),
        case("repetition-reward", repetition_penalty=0.8),
        case("no-repeat-unigram", no_repeat_ngram_size=1),
        case("no-repeat-bigram", no_repeat_ngram_size=2),
        case("no-repeat-trigram", no_repeat_ngram_size=3),
        case("all-processors", repetition_penalty=1.2, no_repeat_ngram_size=2),
        case("beams-3-processed", num_beams=3, repetition_penalty=1.2, no_repeat_ngram_size=2),
    ]


def sliding_requests(prompt: str, length: int) -> list[Request]:
    """A case longer than the context: each step reads the most recent `n_positions` tokens; no token ends the text."""
    return [Request("past-the-context", prompt, {"max_new_tokens": length, "eos_token_id": [], "window": "slide"})]


class Margin(LogitsProcessor):
    """Records the smallest difference between the two largest logits, which takes fewer runs than adding noise."""

    smallest = torch.inf

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Returns the scores unchanged."""
        best, second = scores.topk(2).values[0].tolist()
        self.smallest = min(self.smallest, best - second)
        return scores


def records_with_margin(checkpoint: Checkpoint, cases: list[Request]) -> list[dict[str, object]]:
    """The records of greedy cases without near-ties; prints the others. Runs each case once, with the cache."""
    records = []
    for request in cases:
        margin = Margin()
        record = run(checkpoint, request, use_cache=True, noise=margin)
        if margin.smallest > 2 * JITTER:
            records.append(record)
        else:
            print(f"left out {request.name} of {request.prompt!r}: its ids depend on a near-tie", flush=True)
    return records


def robust_records(checkpoint: Checkpoint, cases: list[Request]) -> list[dict[str, object]]:
    """The records of the cases whose ids depend neither on the cache nor on small noise; prints the others."""
    records = []
    for request in cases:
        record = run(checkpoint, request)
        changes = ({"use_cache": True}, {"noise": _Jitter()})
        if all(run(checkpoint, request, **change) == record for change in changes):
            records.append(record)
        else:
            print(f"left out {request.name} of {request.prompt!r}: its ids depend on a near-tie", flush=True)
    return records


def run(
    checkpoint: Checkpoint, request: Request, use_cache: bool = False, noise: LogitsProcessor | None = None
) -> dict[str, object]:
    """Runs one case; returns its record of request, new ids, their text, and finish reason."""
    tokenizer = checkpoint.tokenizer
    prompt_ids = tokenizer(request.prompt).input_ids
    settings = DEFAULTS | {"eos_token_id": _eos_ids(checkpoint)} | request.settings
    processors = LogitsProcessorList([noise] if noise else [])
    if "window" in settings:
        ids = _slide(checkpoint, prompt_ids, settings, processors)
    else:
        ids = _generate(checkpoint, prompt_ids, settings, processors, use_cache and checkpoint.has_cache)
    return {
        "name": request.name,
        "prompt": request.prompt,
        "prompt_ids": prompt_ids,
        "settings": settings,
        "ids": ids,
        "text": decode(tokenizer, ids),
        "finish_reason": "eos" if ids[-1] in settings["eos_token_id"] else "length",
    }


def _eos_ids(checkpoint: Checkpoint) -> list[int]:
    eos = checkpoint.single.generation_config.eos_token_id
    return eos if isinstance(eos, list) else [eos]


def _generate(
    checkpoint: Checkpoint,
    prompt_ids: list[int],
    settings: dict[str, object],
    processors: LogitsProcessorList,
    use_cache: bool,
) -> list[int]:
    config = GenerationConfig(**settings, use_cache=use_cache, pad_token_id=settings["eos_token_id"][0])
    prompt = torch.tensor([prompt_ids])
    mask = torch.ones_like(prompt)
    output = checkpoint.single.generate(
        prompt, attention_mask=mask, generation_config=config, logits_processor=processors
    )
    return output[0, len(prompt_ids) :].tolist()


@torch.no_grad()
def _slide(
    checkpoint: Checkpoint, prompt_ids: list[int], settings: dict[str, object], processors: LogitsProcessorList
) -> list[int]:
    """Greedy decoding that drops the oldest tokens, which Hugging Face does not have."""
    ids = torch.tensor([prompt_ids])
    for _ in range(settings["max_new_tokens"]):
        recent = ids[:, -checkpoint.n_positions :]
        logits = processors(recent, checkpoint.single(recent, use_cache=False).logits[:, -1])
        ids = torch.cat([ids, logits.argmax(-1, keepdim=True)], dim=1)
    return ids[0, len(prompt_ids) :].tolist()
