"""Runs `touchstone serve` on this machine, for checks with real clients."""

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
STOP_SECONDS = 60


class Server:
    """A server that is ready for requests."""

    def __init__(self, *options: object, port: int = 0) -> None:
        """Starts it; port 0 is any free one."""
        self.command = [str(ROOT / "touchstone"), "serve", "--port", str(port), *map(str, options)]
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
        )
        self.lines: list[str] = []
        found: Queue[str] = Queue()

        def read() -> None:
            for line in self.process.stdout or ():
                self.lines.append(line)
                if address := ADDRESS.search(line):
                    found.put(address.group())

        self.reader = threading.Thread(target=read, daemon=True)
        self.reader.start()
        try:
            self.address = found.get(timeout=START_SECONDS)
        except Empty:
            self.kill()
            raise AssertionError(f"{self.command} printed no address in {START_SECONDS} s: {self.output()}") from None

    def stop(self) -> None:
        """Ends it by SIGTERM, and fails if that does not end it well."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        finally:
            self.kill()
        assert code in (0, 128 + signal.SIGTERM), f"{self.command} exited with {code}: {self.output()}"

    def kill(self) -> None:
        """Ends it at once, by SIGKILL, if it is running."""
        self.process.kill()
        self.process.wait()
        self.reader.join(10)

    def __enter__(self) -> "Server":
        """Returns itself."""
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        """Ends it, and prints what it printed if there was an error."""
        if kind is None:
            self.stop()
        else:
            print(self.output())
            self.kill()

    def output(self) -> str:
        """The last lines that it printed."""
        return "".join(self.lines[-20:])


@contextmanager
def serving(*options: object) -> Iterator[str]:
    """Starts a server on a free port, yields its address, and ends it afterwards."""
    with Server(*options) as server:
        yield server.address


def smollm2() -> Path | None:
    """The folder of SmolLM2-135M-Instruct, if ci/real-model.sh has written it."""
    folder = Path(os.environ.get("REAL_MODELS", ROOT / "target" / "real-models")) / "SmolLM2-135M-Instruct"
    return folder if (folder / "model.safetensors").is_file() else None
