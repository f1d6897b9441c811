"""Two servers behind a real HAProxy, each killed by SIGKILL once while requests run: no request is lost.

A client that sends its request again gets the bytes that it would have got at first: what arrived before the server was
killed is a beginning of the final answer, and the answer and its digest are those of a server without load. Uses the
loopback interface only, a fixed number of requests, and needs Debian's package haproxy. Run it with ci/python.sh.
"""

import http.client
import json
import random
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from serving import ROOT, Server

FOLDER = ROOT / "target" / "replicas"
REQUESTS = 240
CLIENTS = 12
KINDS = 40
TRIES = 20
SECONDS = 150
CONFIG = """
global
    maxconn 256
defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 30s
    retries 3
    option redispatch
frontend clients
    bind 127.0.0.1:{front}
    default_backend replicas
backend replicas
    balance roundrobin
    option httpchk GET /ready
    default-server check inter 200ms fall 2 rise 1
    server first 127.0.0.1:{first}
    server second 127.0.0.1:{second}
"""


@dataclass(frozen=True)
class Answer:
    """What must not depend on the server: the text, why it ended, and the digest of settings, prompt and ids."""

    text: str
    finish: str
    digest: str


class Broken(Exception):
    """The answer did not arrive whole; has the text that did."""


def free_ports(count: int) -> list[int]:
    """Ports that are free now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def request(kind: int) -> dict:
    """One of the requests: sampled, of different lengths, each with a seed."""
    chosen = random.Random(kind)
    words = chosen.choices(["the", "King", "fox", "and", "went", "forest", "daughter"], k=chosen.randint(1, 30))
    prompt, length = "Once " + " ".join(words), chosen.randint(20, 150)
    return {"prompt": prompt, "temperature": 1, "seed": kind, "max_tokens": length, "stream": True}


def send(port: int, body: dict) -> Answer:
    """Sends a request and reads the stream; raises `Broken` if it does not end well."""
    text, finish, digest = "", None, None
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", "/v1/completions", json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        if response.status in (502, 503, 504):
            raise Broken(text)
        assert response.status == 200, f"status {response.status}: {response.read()!r}"
        for line in response:
            data = line.removeprefix(b"data: ").strip()
            if data == b"[DONE]":
                assert finish and digest, f"the stream ended without a reason or a digest after {text!r}"
                return Answer(text, finish, digest)
            if not line.startswith(b"data: "):
                continue
            event = json.loads(data)
            assert "error" not in event, event
            digest = event.get("touchstone", {}).get("digest", digest)
            for choice in event["choices"]:
                text += choice["text"]
                finish = choice["finish_reason"] or finish
    except (OSError, http.client.HTTPException):
        raise Broken(text) from None
    finally:
        connection.close()
    raise Broken(text)


def insist(port: int, kind: int, expected: Answer, count: Counter) -> None:
    """Sends a request until it is answered; each answer, also a broken one, must begin as expected."""
    for _ in range(TRIES):
        try:
            answer = send(port, request(kind))
        except Broken as broken:
            partial = str(broken)
            assert expected.text.startswith(partial), (
                f"request {kind}: {partial!r} is no beginning of {expected.text!r}"
            )
            count["cut after some text" if partial else "refused or cut before any text"] += 1
            time.sleep(0.25)
        else:
            assert answer == expected, f"request {kind}: {answer}, expected {expected}"
            count["answered"] += 1
            return
    raise AssertionError(f"request {kind} was not answered in {TRIES} tries")


def kill_each(servers: dict[str, Server], count: Counter, done: threading.Event) -> None:
    """Kills one server after a third of the requests and the other after two, and starts each again."""
    for number, name in enumerate(servers, start=1):
        while count["answered"] < number * REQUESTS // 3:
            if done.wait(0.01):
                return
        port = int(servers[name].address.rpartition(":")[2])
        servers[name].kill()
        count["killed"] += 1
        servers[name] = Server("--log", "off", port=port)


def run(haproxy: str) -> Counter:
    """Runs servers, HAProxy and clients; returns what happened."""
    front, first, second = free_ports(3)
    config = FOLDER / "haproxy.cfg"
    config.write_text(CONFIG.format(front=front, first=first, second=second))
    count: Counter = Counter()
    servers: dict[str, Server] = {}
    proxy = None
    try:
        servers["first"] = Server("--log", "off", port=first)
        expected = [send(first, request(kind)) for kind in range(KINDS)]
        assert len(set(expected)) == KINDS
        servers["second"] = Server("--log", "off", port=second)
        with Path(FOLDER / "haproxy.log").open("w") as log:
            proxy = subprocess.Popen([haproxy, "-db", "-f", str(config)], stdout=log, stderr=log)
        done = threading.Event()
        with ThreadPoolExecutor(CLIENTS + 1) as pool:
            killer = pool.submit(kill_each, servers, count, done)
            kinds = [number % KINDS for number in range(REQUESTS)]
            try:
                for one in [pool.submit(insist, front, kind, expected[kind], count) for kind in kinds]:
                    one.result(timeout=SECONDS)
            finally:
                done.set()
            killer.result(timeout=SECONDS)
        for server in servers.values():
            server.stop()
    finally:
        for server in servers.values():
            server.kill()
        if proxy:
            proxy.kill()
            proxy.wait()
    return count


def main() -> None:
    """Checks that every request was answered, and that some were cut."""
    haproxy = shutil.which("haproxy", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/bin")
    if haproxy is None:
        sys.exit("found no haproxy; install one, such as Debian's package haproxy")
    FOLDER.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    count = run(haproxy)
    assert count["answered"] == REQUESTS and count["killed"] == 2, count
    assert count["cut after some text"] > 0, f"no answer was cut, so the test shows nothing: {count}"
    print(", ".join(f"{number} {what}" for what, number in count.items()), f"in {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
