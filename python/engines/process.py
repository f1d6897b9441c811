"""An engine in a process of its own, which answers requests of protocol.py."""

import contextlib
import json
import os
import select
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from entries import Entry, command

SECONDS = 600
"""The longest time for one answer."""


class Refused(Exception):
    """The engine cannot do what was asked, or is not installed. The message is one line."""


class Process:
    """Starts an engine; a context that ends it."""

    def __init__(self, entry: Entry, threads: int, log: Path) -> None:
        """With one thread it may use one processor only, for engines that have no such setting."""
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "THREADS")
        variables = {**os.environ, **dict.fromkeys(names, str(threads)), "HF_HUB_OFFLINE": "1"}
        one = min(os.sched_getaffinity(0))
        try:
            words = [*command(entry), entry.setting]
        except subprocess.CalledProcessError as error:
            raise Refused(f"its packages cannot be installed: {entry.requirements}") from error
        with log.open("a", encoding="utf-8") as errors:
            self.child = subprocess.Popen(
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=variables,
                preexec_fn=(lambda: os.sched_setaffinity(0, {one})) if threads == 1 else None,
            )
        self.rest, self.hello = b"", {}

    def load(self, folder: Path, threads: int) -> None:
        """Loads a model. `hello` has the engine's name and version, and what it supports."""
        self.hello = self.ask(do="load", folder=str(folder), threads=threads)

    def ask(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401
        """Sends a request and returns the answer."""
        try:
            self.child.stdin.write(json.dumps(request).encode() + b"\n")
            self.child.stdin.flush()
        except BrokenPipeError as error:
            raise Refused(f"its process ended with exit code {self.child.wait()}") from error
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        deadline = time.monotonic() + SECONDS
        while b"\n" not in self.rest:
            ready, _, _ = select.select([self.child.stdout], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise Refused(f"it gave no answer within {SECONDS} s")
            piece = os.read(self.child.stdout.fileno(), 1 << 16)
            if not piece:
                raise Refused(f"its process ended with exit code {self.child.wait()}")
            self.rest += piece
        line, self.rest = self.rest.split(b"\n", 1)
        answer = json.loads(line)
        if "error" in answer:
            raise Refused(answer["error"])
        return answer

    def close(self) -> None:
        """Ends the process."""
        with contextlib.suppress(BrokenPipeError):
            self.child.stdin.close()
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.child.stdout.close()

    def __enter__(self) -> "Process":
        """The process."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Ends it."""
        self.close()
