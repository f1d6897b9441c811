"""A client of `touchstone serve` for loads and faults: it reads the events of a response, and may disconnect."""

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from pathlib import Path

PARAGRAPH = (
    "There was once upon a time a poor man who had a son and a daughter. The king of the land had a great forest near"
    " his palace, and in it was game of every kind. One day he sent out a huntsman, but he did not come back. Then the"
    " fox said to the wolf, I will go to the well at night, when the moon is round and the miller sleeps by the fire. "
)
VOLATILE = ("id", "created")
"""Fields of a response that differ in each."""


def excerpt(chance: random.Random, lengths: list[int]) -> str:
    """A part of the paragraph. Many begin where it begins, so that they have a common prefix."""
    start = chance.choice([0, 0, chance.randrange(len(PARAGRAPH) // 2)])
    return (PARAGRAPH * 2)[start : start + chance.choice(lengths)]


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


class Client:
    """Sends requests to one server, each on a connection of its own."""

    def __init__(self, address: str) -> None:
        """Take the address, such as http://127.0.0.1:8080."""
        host, port = address.removeprefix("http://").split(":")
        self.host, self.port = host, int(port)

    def request(self, method: str, path: str, body: bytes = b"", connection: str = "close") -> bytes:
        """The bytes of a request."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: {connection}\r\n\r\n"
        )
        return head.encode() + body

    async def send(self, request: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Send bytes on a new connection."""
        reader, writer = await asyncio.open_connection(self.host, self.port, limit=1 << 20)
        writer.write(request)
        await writer.drain()
        return reader, writer

    async def stream(self, body: dict, stop_after: int = 0, pause: float = 0) -> Result:
        """One streamed completion. The connection is closed after `stop_after` events if that is not 0."""
        result = Result(begin=time.perf_counter())
        request = self.request("POST", "/v1/completions", json.dumps(body).encode())
        reader, writer = await self.send(request)
        status = (await reader.readline()).decode()
        if " 200 " not in status:
            raise AssertionError(f"{status.strip()}: {(await reader.read()).decode()}")
        while line := await reader.readline():
            if not line.startswith(b"data: "):
                continue
            now = time.perf_counter()
            data = line[len(b"data: ") :].strip()
            if data == b"[DONE]":
                result.events.append("[DONE]")
                break
            event = json.loads(data)
            if any(choice.get("logprobs") for choice in event["choices"]):
                result.times.append(now)
            result.events.append(json.dumps({key: event[key] for key in event if key not in VOLATILE}))
            if stop_after and len(result.events) == stop_after:
                break
            if pause:
                await asyncio.sleep(pause)
        result.end = time.perf_counter()
        writer.close()
        return result

    async def metrics(self) -> dict[str, float]:
        """The metrics, by name and labels."""
        reader, writer = await self.send(self.request("GET", "/metrics"))
        text = (await reader.read()).decode()
        writer.close()
        lines = (line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("touchstone_"))
        return {name: float(value) for name, value in lines}

    async def idle(self) -> dict[str, float]:
        """Wait until no request is left; return the metrics."""
        for _ in range(600):
            metrics = await self.metrics()
            if metrics["touchstone_requests_running"] + metrics["touchstone_requests_queued"] == 0:
                return metrics
            await asyncio.sleep(0.1)
        raise AssertionError(f"requests are still running after a minute: {metrics}")


def percentiles(seconds: list[float]) -> str:
    """The percentiles 50, 90 and 99, in milliseconds."""
    ordered = sorted(seconds)
    return " ".join(
        f"p{p} {1000 * ordered[min(len(ordered) - 1, len(ordered) * p // 100)]:.0f} ms" for p in (50, 90, 99)
    )


def describe(name: str, results: list[Result], seconds: float) -> None:
    """Print the throughput and the times of requests."""
    tokens = sum(len(result.times) for result in results)
    print(f"{name}: {len(results)} requests, {tokens} tokens in {seconds:.1f} s, {tokens / seconds:.1f} tokens/s")
    print(f"  time to first token: {percentiles([result.first() for result in results])}")
    print(f"  time per token:      {percentiles([result.per_token() for result in results])}")


def pages(metrics: dict[str, float]) -> float:
    """The number of all pages."""
    return sum(metrics[f"touchstone_pages_{kind}"] for kind in ("used", "cached", "free"))


def check_pages(begin: dict[str, float], end: dict[str, float]) -> None:
    """Fail if pages are in use at the end, or lost."""
    if end["touchstone_pages_used"] != 0:
        raise AssertionError(f"pages are still in use: {end}")
    if pages(end) != pages(begin):
        raise AssertionError(f"pages were lost: {end}, {pages(begin)} at the beginning")


def resident(process: int) -> float:
    """The memory of a process in MiB; 0 if the system is not Linux."""
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return 0
    return next(int(line.split()[1]) / 1024 for line in status.read_text().splitlines() if line.startswith("VmRSS"))
