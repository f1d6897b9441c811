"""Clients of `touchstone serve` that disconnect at random moments, while others get the bytes that they get alone.

The disconnects come at a random time, within the body of a request, between events of a stream, and on connections with
several requests at once. Fails if an answer with its log-probabilities differs by a bit, if a response has a status of
500 or above, if pages stay in use, or if the memory of the server grows.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import time
from collections import Counter

from serve_client import Client, check_pages, excerpt, resident
from serving import Server

AT_ONCE = 16
KINDS = ("after a time", "after a time", "in the body", "in a stream", "with several requests")
PROBES = 12
NEIGHBOURS = 3
"""Clients that ask for the probes again and again while others disconnect."""
HEAP = "-Xmx192m"
"""The server's heap, which a leak of 20 KB for each disconnect would fill."""
MORE_MEMORY = 64
"""How many MiB more the server may have at the end than in the middle of the run."""


def body(chance: random.Random, *, stream: bool = True) -> dict:
    """A random request."""
    return {
        "prompt": excerpt(chance, [12, 40, 120, 400]),
        "max_tokens": chance.choice([4, 16, 48, 100]),
        "temperature": chance.choice([0, 0.8, 1.2]),
        "seed": chance.randrange(1000),
        "n": chance.choice([1, 1, 1, 3]),
        "logprobs": chance.choice([None, 2]),
        "stream": stream,
    }


def probe(chance: random.Random, number: int) -> dict:
    """A request whose answer has the log-probabilities of many tokens, also of the prompt."""
    options = {"logprobs": 5, "echo": number % 3 == 0, "n": 1 + number % 2, "temperature": chance.choice([0, 1])}
    return body(chance) | options | {"max_tokens": 24, "seed": number, "stream_options": {"include_usage": True}}


class Faults:
    """Clients that disconnect."""

    def __init__(self, client: Client, seed: int) -> None:
        """Take a client."""
        self.client = client
        self.chance = random.Random(seed)
        self.kinds: Counter[str] = Counter()

    async def one(self) -> None:
        """One connection, closed in one of several ways."""
        kind = self.chance.choice(
            ["after a time", "after a time", "in the body", "in a stream", "with several requests"]
        )
        self.kinds[kind] += 1
        request = self.post(body(self.chance, stream=self.chance.random() < 0.7))
        match kind:
            case "in the body":
                cut = request.index(b"\r\n\r\n") + self.chance.randrange(4, 60)
                _, writer = await self.client.send(request[:cut])
            case "in a stream":
                reader, writer = await self.client.send(self.post(body(self.chance)))
                for _ in range(self.chance.randrange(3, 40)):
                    await reader.readline()
            case "with several requests":
                others = [self.post(body(self.chance, stream=self.chance.random() < 0.5)) for _ in range(3)]
                _, writer = await self.client.send(b"".join(others) + request)
                await asyncio.sleep(self.chance.random() * 0.06)
            case _:
                _, writer = await self.client.send(request)
                await asyncio.sleep(self.chance.random() * 0.03)
        if self.chance.random() < 0.5:
            writer.transport.abort()
        else:
            writer.close()

    def post(self, request: dict) -> bytes:
        """The bytes of a request, after which others may follow."""
        return self.client.request("POST", "/v1/completions", json.dumps(request).encode(), "keep-alive")


async def answers(client: Client, probes: list[dict]) -> list[list[str]]:
    """The events of each probe, one after the other."""
    return [(await client.stream(one)).events for one in probes]


async def check(address: str, process: int, options: argparse.Namespace) -> None:
    """The whole run against one server."""
    client = Client(address)
    chance = random.Random(options.seed)
    probes = [probe(chance, number) for number in range(PROBES)]
    alone = await answers(client, probes)
    begin = await client.idle()
    faults = Faults(client, options.seed)
    limit = asyncio.Semaphore(AT_ONCE)
    among = 0
    running = True

    async def fault() -> None:
        async with limit:
            await faults.one()

    async def neighbour(number: int) -> None:
        nonlocal among
        order = random.Random(number)
        while running:
            index = order.randrange(PROBES)
            events = (await client.stream(probes[index])).events
            if events != alone[index]:
                raise AssertionError(f"{probes[index]}: got {events}, alone {alone[index]}")
            among += 1

    start = time.perf_counter()
    neighbours = [asyncio.create_task(neighbour(number)) for number in range(NEIGHBOURS)]
    megabytes = []
    for tenth in range(10):
        share = options.disconnects // 10 + (tenth < options.disconnects % 10)
        await asyncio.gather(*(fault() for _ in range(share)))
        megabytes.append(resident(process))
        print(f"{sum(faults.kinds.values()):,} disconnects after {time.perf_counter() - start:.0f} s", flush=True)
    running = False
    await asyncio.gather(*neighbours)
    end = await client.idle()
    seconds = time.perf_counter() - start
    after = await answers(client, probes)
    if after != alone:
        raise AssertionError(f"after the disconnects: {after}, before {alone}")
    report(options.disconnects, seconds, faults.kinds, among, end)
    check_pages(begin, await client.idle())
    print(f"  memory of the server at tenths of the run, in MiB: {' '.join(f'{size:.0f}' for size in megabytes)}")
    if megabytes[-1] > megabytes[4] + MORE_MEMORY:
        raise AssertionError(f"the memory of the server grew from {megabytes[4]:.0f} to {megabytes[-1]:.0f} MiB")


def report(disconnects: int, seconds: float, kinds: Counter[str], among: int, end: dict[str, float]) -> None:
    """Print what happened; fail if a request failed."""
    texts = {name.split('"')[1]: int(value) for name, value in end.items() if name.startswith("touchstone_texts_total")}
    failed = {name: value for name, value in end.items() if 'status="5' in name and value}
    print(f"{disconnects:,} disconnects in {seconds:.0f} s: {', '.join(f'{n:,} {kind}' for kind, n in kinds.items())}")
    print(f"  {among:,} answers among them and {PROBES} after them: the bytes and log-probabilities of each alone")
    print(f"  texts: {', '.join(f'{count:,} {outcome}' for outcome, count in texts.items())}; no page in use")
    if failed or texts.get("failed"):
        raise AssertionError(f"requests failed: {failed} {texts}")


def main() -> int:
    """Start a server and run the faults."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--disconnects", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.environ["TOUCHSTONE_JAVA_OPTS"] = HEAP
    with Server("--log", "off", "--cache-memory", "64") as server:
        asyncio.run(check(server.address, server.process.pid, options))
    return 0


if __name__ == "__main__":
    sys.exit(main())
