"""The same work for `touchstone serve` and for llama.cpp's server: the same GGUF file, prompts and lengths.

Prints throughput, time to the first token and per token, one request at a time and 16 at a time, and how many answers
have other bytes among others than alone. Fails if Touchstone has one. Both servers have their default settings, and 16
slots, and use all cores.
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from serve_client import Client, Result, describe, excerpt
from serving import ROOT, Server

SLOTS = 16
CONTEXT = 512
START_SECONDS = 60


def requests(count: int, seed: int) -> list[dict]:
    """Greedy requests with log-probabilities."""
    chance = random.Random(seed)
    return [
        {
            "prompt": excerpt(chance, [40, 120, 400]) + str(number),  # no prompt is the beginning of another
            "max_tokens": chance.choice([16, 32, 48]),
            "temperature": 0,
            "logprobs": 2,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        for number in range(count)
    ]


@contextmanager
def llama_cpp(file: Path) -> Iterator[str]:
    """Starts llama.cpp's server, yields its address, and ends it."""
    command = [sys.executable, ROOT / "ci" / "llama_server.py", file, SLOTS, CONTEXT, os.cpu_count()]
    log = (ROOT / "target" / "llama-server.log").open("w")
    with (
        log,
        subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log) as process,
    ):
        try:
            address = next(line for line in iter(process.stdout.readline, b"") if line.startswith(b"http"))
            yield address.decode().strip()
        finally:
            process.kill()


async def run(client: Client, bodies: list[dict], at_once: int) -> tuple[list[Result], float]:
    """Send requests, a number of them at the same time."""
    limit = asyncio.Semaphore(at_once)

    async def one(body: dict) -> Result:
        async with limit:
            return await client.stream(body)

    begin = time.perf_counter()
    results = await asyncio.gather(*map(one, bodies))
    return list(results), time.perf_counter() - begin


def choices(result: Result) -> list[dict]:
    """The choices of all events."""
    return [choice for event in result.events if event != "[DONE]" for choice in json.loads(event)["choices"]]


def text(result: Result) -> str:
    """The text of an answer."""
    return "".join(choice["text"] for choice in choices(result))


@contextmanager
def touchstone(file: Path) -> Iterator[str]:
    """Starts Touchstone's server, yields its address, and ends it."""
    with Server("--log", "off", "--max-running", SLOTS, "--model", file) as server:
        yield server.address


def measure(name: str, start: Callable[[Path], AbstractContextManager[str]], file: Path, bodies: list[dict]) -> bool:
    """Measure a server, started anew each time so that no prompt is cached; returns whether all answers agree."""
    answers = []
    for at_once in (1, SLOTS):
        with start(file) as address:
            client = Client(address)
            asyncio.run(run(client, requests(4, 0), 4))  # warm-up
            results, seconds = asyncio.run(run(client, bodies, at_once))
        describe(f"{name}, {at_once} at a time", results, seconds)
        answers.append(results)
    pairs = list(zip(*answers, strict=True))
    texts = sum(text(one) != text(other) for one, other in pairs)
    probabilities = sum(choices(one) != choices(other) for one, other in pairs)
    print(f"  among others {texts} of {len(pairs)} texts differ, and {probabilities} with their log-probabilities")
    return probabilities == 0


def main() -> int:
    """Measure both servers, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="a GGUF file; default: that of ci/real-model.sh")
    parser.add_argument("--requests", type=int, default=32)
    options = parser.parse_args()
    real = ROOT / "target" / "real-models-gguf" / "SmolLM2-135M-Instruct.Q4_1.gguf"
    file = options.model or real
    if not file.is_file():
        sys.exit(f"{file} is missing; run ci/real-model.sh")
    bodies = requests(options.requests, 1)
    print(f"{file.name}, {os.cpu_count()} cores")
    measure("llama.cpp", llama_cpp, file, bodies)
    return 0 if measure("Touchstone", touchstone, file, bodies) else 1


if __name__ == "__main__":
    sys.exit(main())
