"""Load on `touchstone serve`: Poisson arrivals, mixed lengths, cancels and slow readers, against each request alone.

Prints throughput, times to the first and per token, and goodput: the share of requests that meet both objectives.
Fails if a request gets other bytes than alone, if pages stay in use, or if the memory of the server grows.
"""

import argparse
import asyncio
import random
import sys
import time
from dataclasses import dataclass

from serve_client import Client, Result, check_pages, describe, excerpt, resident
from serving import Server

FINISHED, CANCELLED, SLOW = "finished", "cancelled", "slow"
WARMUP = 3
MORE_MEMORY = 128
"""How many MiB more the server may have at the end than before the load: Java's heap need not shrink."""


@dataclass
class Plan:
    """A request, when it arrives, and what its client does."""

    arrival: float
    body: dict
    behaviour: str
    stop_after: int


def plans(count: int, rate: float, seed: int) -> list[Plan]:
    """The requests of the run, the same for a seed."""
    chance = random.Random(seed)
    made = []
    arrival = 0.0
    for number in range(count):
        arrival += chance.expovariate(rate)
        body = {
            "prompt": excerpt(chance, [12, 40, 120, 400]),
            "max_tokens": chance.choice([4, 16, 16, 48]),
            "temperature": chance.choice([0, 0.8, 1.2]),
            "top_p": 0.95,
            "seed": number,
            "logprobs": 2,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        behaviour = chance.choices([FINISHED, CANCELLED, SLOW], [8, 1, 1])[0]
        made.append(Plan(arrival, body, behaviour, chance.randrange(1, 10)))
    return made


async def send(client: Client, plan: Plan, behaviour: str) -> Result:
    """Send a request and read its answer as its client does."""
    stop_after = plan.stop_after if behaviour == CANCELLED else 0
    return await client.stream(plan.body, stop_after, 0.05 if behaviour == SLOW else 0)


async def alone(client: Client, requests: list[Plan]) -> tuple[list[Result], float]:
    """Each request after the one before has ended."""
    begin = time.perf_counter()
    results = [await send(client, plan, FINISHED) for plan in requests]
    return results, time.perf_counter() - begin


async def together(client: Client, requests: list[Plan]) -> tuple[list[Result], float]:
    """Each request at its time."""
    begin = time.perf_counter()

    async def arrive(plan: Plan) -> Result:
        await asyncio.sleep(max(0, begin + plan.arrival - time.perf_counter()))
        return await send(client, plan, plan.behaviour)

    results = await asyncio.gather(*map(arrive, requests))
    return list(results), time.perf_counter() - begin


def goodput(results: list[Result], first: float, per_token: float) -> None:
    """Print the share of requests that meet both objectives, in seconds."""
    good = sum(result.first() <= first and result.per_token() <= per_token for result in results)
    print(f"  goodput, {1000 * first:.0f} ms and {1000 * per_token:.0f} ms: {100 * good / len(results):.0f} %")


def compare(requests: list[Plan], expected: list[Result], results: list[Result]) -> None:
    """Fail unless each response has the same bytes as alone, or the first of them if it was cancelled."""
    for number, (plan, one, other) in enumerate(zip(requests, expected, results, strict=True)):
        cut = plan.stop_after if plan.behaviour == CANCELLED else len(one.events)
        if other.events[:cut] != one.events[:cut] or (plan.behaviour != CANCELLED and len(other.events) != cut):
            raise AssertionError(f"request {number}, {plan.body}: got {other.events}, alone {one.events}")
        if one.events[-1] != "[DONE]":
            raise AssertionError(f"request {number} ended without [DONE]: {one.events}")


async def check(address: str, process: int, options: argparse.Namespace) -> None:
    """The whole run against one server."""
    client = Client(address)
    requests = plans(options.requests, options.rate, options.seed)
    objectives = (options.first / 1000, options.per_token / 1000)
    await alone(client, requests[:WARMUP])
    begin = await client.idle()

    expected, seconds = await alone(client, requests)
    describe("one by one", expected, seconds)
    goodput(expected, *objectives)
    half = resident(process)
    results, seconds = await together(client, requests)
    compare(requests, expected, results)
    normal = [result for plan, result in zip(requests, results, strict=True) if plan.behaviour == FINISHED]
    tokens = sum(len(result.times) for result in results)
    describe(f"Poisson arrivals, {options.rate:g} a second", normal, seconds)
    goodput(normal, *objectives)
    print(f"  with cancels and slow readers: {len(results)} requests, {tokens / seconds:.1f} tokens/s")
    print(f"  each response has the same bytes as alone, {sum(len(one.events) for one in results)} events")

    end = await client.idle()
    check_pages(begin, end)
    now = resident(process)
    print(f"memory of the server: {half:.0f} MiB before the load, {now:.0f} MiB at the end; no page in use")
    if now > half + MORE_MEMORY:
        raise AssertionError(f"the memory of the server grew from {half:.0f} to {now:.0f} MiB")
    for name in ("steps", "computed_tokens", "prefix_hit_tokens", "preemptions"):
        print(f"  {name}: {end[f'touchstone_{name}_total']:,.0f}")


def main() -> int:
    """Start a server and run the load."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", help="folder or id; default: the embedded model")
    parser.add_argument("--requests", type=int, default=120)
    parser.add_argument("--rate", type=float, default=60, help="mean arrivals a second")
    parser.add_argument("--first", type=float, default=1000, help="objective: ms to the first token")
    parser.add_argument("--per-token", type=float, default=200, help="objective: mean ms per token")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    model = ["--model", options.model] if options.model else []
    with Server("--log", "off", "--cache-memory", "64", *model) as server:
        asyncio.run(check(server.address, server.process.pid, options))
    return 0


if __name__ == "__main__":
    sys.exit(main())
