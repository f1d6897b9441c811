"""Load on `touchstone serve`: Poisson arrivals, mixed lengths, cancels and slow readers, against each request alone.

Prints throughput, times to the first and per token, and goodput: the share of requests that meet both objectives.
Fails if a request gets other bytes than alone, if pages stay in use, or if the memory of the server grows.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from serving import Server

PARAGRAPH = (
    "There was once upon a time a poor man who had a son and a daughter. The king of the land had a great forest near"
    " his palace, and in it was game of every kind. One day he sent out a huntsman, but he did not come back. Then the"
    " fox said to the wolf, I will go to the well at night, when the moon is round and the miller sleeps by the fire. "
)
FINISHED, CANCELLED, SLOW = "finished", "cancelled", "slow"
VOLATILE = ("id", "created")
"""Fields of a response that differ in each."""
PIECE = 4096
STORM_AT_ONCE = 16
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


@dataclass
class Result:
    """The events of a response without what differs in each, and their times in seconds."""

    events: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    begin: float = 0
    end: float = 0

    def first(self) -> float:
        """Time to the first token."""
        return self.times[0] - self.begin

    def per_token(self) -> float:
        """Mean time between tokens after the first."""
        return (self.times[-1] - self.times[0]) / (len(self.times) - 1) if len(self.times) > 1 else 0


def plans(count: int, rate: float, seed: int) -> list[Plan]:
    """The requests of the run, the same for a seed."""
    chance = random.Random(seed)
    made = []
    arrival = 0.0
    for number in range(count):
        arrival += chance.expovariate(rate)
        start = chance.choice([0, 0, chance.randrange(len(PARAGRAPH) // 2)])
        length = chance.choice([12, 40, 120, 400])
        body = {
            "prompt": (PARAGRAPH * 2)[start : start + length],
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


class Client:
    """Sends requests to one server, each on a connection of its own."""

    def __init__(self, address: str) -> None:
        """Take the address, such as http://127.0.0.1:8080."""
        host, port = address.removeprefix("http://").split(":")
        self.host, self.port = host, int(port)

    async def open(self, method: str, path: str, body: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Send a request."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        return reader, writer

    async def metrics(self) -> dict[str, float]:
        """The metrics without labels."""
        reader, writer = await self.open("GET", "/metrics", b"")
        text = (await reader.read()).decode()
        writer.close()
        lines = [line for line in text.splitlines() if line.startswith("touchstone_") and "{" not in line]
        return {name: float(value) for name, value in (line.split(" ")[:2] for line in lines)}

    async def complete(self, plan: Plan, behaviour: str) -> Result:
        """One streamed completion; the connection is closed early if the client cancels."""
        result = Result(begin=time.perf_counter())
        reader, writer = await self.open("POST", "/v1/completions", json.dumps(plan.body).encode())
        status = (await reader.readline()).decode()
        if " 200 " not in status:
            raise AssertionError(f"{status.strip()}: {(await reader.read()).decode()}")
        while line := await reader.readline():
            if not line.startswith(b"data: "):
                continue
            data = line[len(b"data: ") :].strip()
            if data == b"[DONE]":
                result.events.append("[DONE]")
                break
            event = json.loads(data)
            if any(choice.get("logprobs") for choice in event["choices"]):
                result.times.append(time.perf_counter())
            result.events.append(json.dumps({key: event[key] for key in event if key not in VOLATILE}))
            if behaviour == CANCELLED and len(result.events) == plan.stop_after:
                break
            if behaviour == SLOW:
                await asyncio.sleep(0.05)
        result.end = time.perf_counter()
        writer.close()
        return result

    async def storm(self, plan: Plan, chance: random.Random) -> None:
        """Begin a request and disconnect a moment later."""
        _, writer = await self.open("POST", "/v1/completions", json.dumps(plan.body).encode())
        await asyncio.sleep(chance.random() * 0.03)
        writer.transport.abort()

    async def idle(self) -> dict[str, float]:
        """Wait until no request is left; return the metrics."""
        for _ in range(600):
            metrics = await self.metrics()
            if metrics["touchstone_requests_running"] + metrics["touchstone_requests_queued"] == 0:
                return metrics
            await asyncio.sleep(0.1)
        raise AssertionError(f"requests are still running after a minute: {metrics}")


def resident(process: int) -> float:
    """The memory of a process in MiB; 0 if the system is not Linux."""
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return 0
    return next(int(line.split()[1]) / 1024 for line in status.read_text().splitlines() if line.startswith("VmRSS"))


async def alone(client: Client, requests: list[Plan]) -> tuple[list[Result], float]:
    """Each request after the one before has ended."""
    begin = time.perf_counter()
    results = [await client.complete(plan, FINISHED) for plan in requests]
    return results, time.perf_counter() - begin


async def together(client: Client, requests: list[Plan]) -> tuple[list[Result], float]:
    """Each request at its time."""
    begin = time.perf_counter()

    async def arrive(plan: Plan) -> Result:
        await asyncio.sleep(max(0, begin + plan.arrival - time.perf_counter()))
        return await client.complete(plan, plan.behaviour)

    results = await asyncio.gather(*map(arrive, requests))
    return list(results), time.perf_counter() - begin


def percentiles(values: list[float]) -> str:
    """The percentiles 50, 90 and 99, in milliseconds."""
    ordered = sorted(values)
    return " ".join(
        f"p{p} {1000 * ordered[min(len(ordered) - 1, len(ordered) * p // 100)]:.0f} ms" for p in (50, 90, 99)
    )


def describe(name: str, results: list[Result], seconds: float, objectives: tuple[float, float]) -> None:
    """Print the times of the requests that finished at their own speed."""
    tokens = sum(len(result.times) for result in results)
    first, per_token = objectives
    good = sum(result.first() <= first and result.per_token() <= per_token for result in results)
    print(f"{name}: {len(results)} requests, {tokens} tokens in {seconds:.1f} s, {tokens / seconds:.1f} tokens/s")
    print(f"  time to first token: {percentiles([result.first() for result in results])}")
    print(f"  time per token:      {percentiles([result.per_token() for result in results])}")
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
    pages = await client.idle()
    total = sum(pages[f"touchstone_pages_{kind}"] for kind in ("used", "cached", "free"))

    expected, seconds = await alone(client, requests)
    describe("one by one", expected, seconds, objectives)
    half = resident(process)
    results, seconds = await together(client, requests)
    compare(requests, expected, results)
    normal = [result for plan, result in zip(requests, results, strict=True) if plan.behaviour == FINISHED]
    tokens = sum(len(result.times) for result in results)
    describe(f"Poisson arrivals, {options.rate:g} a second", normal, seconds, objectives)
    print(f"  with cancels and slow readers: {len(results)} requests, {tokens / seconds:.1f} tokens/s")
    print(f"  each response has the same bytes as alone, {sum(len(one.events) for one in results)} events")

    chance = random.Random(options.seed)
    limit = asyncio.Semaphore(STORM_AT_ONCE)

    async def cancel() -> None:
        async with limit:
            await client.storm(chance.choice(requests), chance)

    await asyncio.gather(*(cancel() for _ in range(options.cancels)))
    await client.idle()
    again = [plan for plan in requests if plan.behaviour == FINISHED][: options.again]
    after, _ = await alone(client, again)
    compare(again, [expected[requests.index(plan)] for plan in again], after)
    print(f"after {options.cancels} disconnects: {len(again)} requests get the same bytes")

    end = await client.idle()
    if end["touchstone_pages_used"] != 0:
        raise AssertionError(f"pages are still in use: {end}")
    if sum(end[f"touchstone_pages_{kind}"] for kind in ("used", "cached", "free")) != total:
        raise AssertionError(f"pages were lost: {end}, {total} at the beginning")
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
    parser.add_argument("--cancels", type=int, default=500, help="requests that disconnect within 30 ms")
    parser.add_argument("--again", type=int, default=20, help="requests that are repeated after that")
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
