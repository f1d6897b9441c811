"""Hugging Face as an engine of the benchmarks in src/test/java/dev/touchstone/bench.

serve FOLDER THREADS               loads the model, then reads commands, one per line: prefill N, decode PAST N, memory
export FOLDER FILE                 writes the model as TorchScript with past keys and values, for libtorch through DJL
first-token FOLDER THREADS PROMPT  loads model and tokenizer, and generates one token after the prompt
"""

import resource
import sys
import time
from itertools import pairwise

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache, PreTrainedModel
from transformers.generation.streamers import BaseStreamer

VOCABULARY = 49152
"""At most the vocabulary of every model."""
LARGEST_DIFFERENCE = 1e-3


def prompt(count: int) -> torch.Tensor:
    """The same ids as in Prompt.java. (1, T)"""
    return torch.tensor([[i * 7919 % VOCABULARY for i in range(count)]])


class Clock(BaseStreamer):
    """Records the time of each token; the first call passes the prompt."""

    def __init__(self) -> None:
        """Record nothing yet."""
        self.times: list[float] = []

    def put(self, value: torch.Tensor) -> None:
        """Record the time; the token does not matter."""
        del value
        self.times.append(time.perf_counter())

    def end(self) -> None:
        """Called after the last token."""


def generate(model: PreTrainedModel, ids: torch.Tensor, steps: int) -> list[float]:
    """Seconds for the prompt and for each further step of generate()."""
    clock = Clock()
    model.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=steps + 1,
        min_new_tokens=steps + 1,
        do_sample=False,
        streamer=clock,
        pad_token_id=0,
    )
    return [after - before for before, after in pairwise(clock.times)]


def load(folder: str, threads: int) -> PreTrainedModel:
    """Load the model to run on this many threads."""
    torch.set_num_threads(threads)
    return AutoModelForCausalLM.from_pretrained(folder).eval()


def serve(folder: str, threads: int) -> None:
    """Run the commands on standard input and print the seconds of each."""
    start = time.perf_counter()
    model = load(folder, threads)
    answer([time.perf_counter() - start])
    for line in sys.stdin:
        match line.split():
            case ["prefill", tokens]:
                answer(generate(model, prompt(int(tokens)), 0))
            case ["decode", past, steps]:
                answer(generate(model, prompt(int(past)), int(steps))[1:])
            case ["memory"]:
                unit = 1 if sys.platform == "darwin" else 1024
                answer([resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit * 1e-6])


def answer(numbers: list[float]) -> None:
    """Print one line of numbers."""
    print(" ".join(f"{number:.6f}" for number in numbers), flush=True)


class WithPast(torch.nn.Module):
    """(ids, key and value of each layer) -> (logits of the last token, key and value of each layer)."""

    def __init__(self, model: PreTrainedModel) -> None:
        """Wrap a GPT-2."""
        super().__init__()
        self.model = model

    def forward(self, ids: torch.Tensor, *past: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """One pass over new tokens."""
        cache = DynamicCache()
        for layer in range(len(past) // 2):
            cache.update(past[2 * layer], past[2 * layer + 1], layer)
        seen, new = past[0].shape[2], ids.shape[1]
        future = torch.full((new, seen + new), torch.finfo(torch.float32).min).triu(seen + 1)[None, None]
        hidden = self.model.transformer(
            input_ids=ids,
            past_key_values=cache,
            attention_mask=future,
            position_ids=torch.arange(seen, seen + new)[None],
        ).last_hidden_state
        keys_and_values = [tensor for layer in cache.layers for tensor in (layer.keys, layer.values)]
        return (self.model.lm_head(hidden[:, -1]), *keys_and_values)


@torch.no_grad()
def export(folder: str, file: str) -> None:
    """Trace the model and check the trace at other lengths."""
    model = load(folder, 1)
    config = model.config
    past = torch.randn(1, config.n_head, 5, config.n_embd // config.n_head)
    traced = torch.jit.trace(WithPast(model), (prompt(3), *[past] * (2 * config.n_layer)), check_trace=False)
    ids = prompt(24)
    _, *past = traced(ids[:, :17], *[past[:, :, :0]] * (2 * config.n_layer))
    logits, *_ = traced(ids[:, 17:], *past)
    difference = (logits - model(ids).logits[:, -1]).abs().max().item()
    if difference > LARGEST_DIFFERENCE:
        sys.exit(f"the traced model's logits differ by {difference}")
    traced.save(file)


def first_token(folder: str, threads: int, text: str) -> None:
    """Does everything that precedes the first token; the caller measures the time of the process."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = load(folder, threads)
    ids = tokenizer(text, return_tensors="pt").input_ids
    print(ids.shape[1], "tokens,", generate(model, ids, 0), "s")


match sys.argv[1:]:
    case ["export", folder, file]:
        export(folder, file)
    case ["serve", folder, threads]:
        serve(folder, int(threads))
    case ["first-token", folder, threads, text]:
        first_token(folder, int(threads), text)
    case _:
        sys.exit(__doc__)
