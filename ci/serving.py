"""Runs `touchstone serve` on a free port of this machine, for checks with real clients."""

import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
START_SECONDS = 120


class Server(str):
    """The address of a server, such as http://127.0.0.1:8080."""

    process: int
    """The id of its process."""


@contextmanager
def serving(*options: object) -> Iterator[Server]:
    """Starts a server and yields its address; ends it afterwards, and fails if it does not end well."""
    command = [str(ROOT / "touchstone"), "serve", "--port", "0", *map(str, options)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8")
    lines: list[str] = []
    found: Queue[str] = Queue()

    def read() -> None:
        for line in process.stdout or ():
            lines.append(line)
            if address := ADDRESS.search(line):
                found.put(address.group())

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        try:
            address = found.get(timeout=START_SECONDS)
        except Empty:
            raise AssertionError(f"{command} printed no address in {START_SECONDS} s: {''.join(lines)}") from None
        server = Server(address)
        server.process = process.pid
        yield server
    except BaseException:
        print("".join(lines[-20:]))
        raise
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(60)
        finally:
            process.kill()
            reader.join(10)
    assert code in (0, 128 + signal.SIGTERM), f"{command} exited with {code}: {''.join(lines[-20:])}"


def smollm2() -> Path | None:
    """The folder of SmolLM2-135M-Instruct, if ci/real-model.sh has written it."""
    folder = Path(os.environ.get("REAL_MODELS", ROOT / "target" / "real-models")) / "SmolLM2-135M-Instruct"
    return folder if (folder / "model.safetensors").is_file() else None
