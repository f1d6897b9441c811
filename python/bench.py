"""Hugging Face as a contestant of the benchmarks, see src/test/java/dev/touchstone/bench.

serve FOLDER THREADS        loads the model, then obeys lines on standard input: `prefill N`, `decode PAST N`, `memory`
export FOLDER FILE          writes the model as TorchScript with past keys and values, for libtorch through DJL
first-token FOLDER THREADS  loads the model and makes one token after 64
"""

import resource
import sys
import time

import torch
from transformers import AutoModelForCausalLM, DynamicCache
from transformers.generation.streamers import BaseStreamer

VOCABULARY = 50257


def prompt(count):
    return torch.tensor([[i * 7919 % VOCABULARY for i in range(count)]])


class Clock(BaseStreamer):
    """Notes when each token appears; the first call brings the prompt."""

    def __init__(self):
        self.times = []

    def put(self, value):
        self.times.append(time.perf_counter())

    def end(self):
        pass


def generate(model, past, steps):
    """Seconds of the prompt and of each further step, as generate() takes them."""
    clock = Clock()
    ids = prompt(past)
    model.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=steps + 1,
        min_new_tokens=steps + 1,
        do_sample=False,
        streamer=clock,
        pad_token_id=0,
    )
    return [after - before for before, after in zip(clock.times, clock.times[1:], strict=False)]


def load(folder, threads):
    torch.set_num_threads(threads)
    return AutoModelForCausalLM.from_pretrained(folder).eval()


def serve(folder, threads):
    start = time.perf_counter()
    model = load(folder, threads)
    answer([time.perf_counter() - start])
    for line in sys.stdin:
        match line.split():
            case ["prefill", tokens]:
                answer(generate(model, int(tokens), 0))
            case ["decode", past, steps]:
                answer(generate(model, int(past), int(steps))[1:])
            case ["memory"]:
                kilobytes = 1 if sys.platform == "darwin" else 1024
                answer([resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * kilobytes * 1e-6])


def answer(numbers):
    print(" ".join(f"{number:.6f}" for number in numbers), flush=True)


class WithPast(torch.nn.Module):
    """(ids, key and value of each layer) -> (logits of the last token, key and value of each layer)."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, ids, *past):
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
        keys_and_values = [t for layer in cache.layers for t in (layer.keys, layer.values)]
        return (self.model.lm_head(hidden[:, -1]), *keys_and_values)


@torch.no_grad()
def export(folder, file):
    model = load(folder, 1)
    config = model.config
    empty = torch.zeros(1, config.n_head, 5, config.n_embd // config.n_head)
    past = tuple(torch.randn_like(empty) for _ in range(2 * config.n_layer))
    traced = torch.jit.trace(WithPast(model), (prompt(3), *past), check_trace=False)
    check(model, traced, empty[:, :, :0])
    traced.save(file)


def check(model, traced, nothing):
    """At other lengths than the traced ones, from nothing and with a past, the logits are those of the model."""
    ids = prompt(24)
    expected = model(ids).logits[:, -1]
    _, *past = traced(ids[:, :17], *[nothing] * (2 * model.config.n_layer))
    logits, *_ = traced(ids[:, 17:], *past)
    difference = (logits - expected).abs().max().item()
    if difference > 1e-3:
        sys.exit(f"the traced model's logits differ by {difference}")


def main(command, folder, last):
    if command == "export":
        export(folder, last)
    elif command == "serve":
        serve(folder, int(last))
    elif command == "first-token":
        print(generate(load(folder, int(last)), 64, 0))


main(*sys.argv[1:])
