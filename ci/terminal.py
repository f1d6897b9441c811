"""Runs a program in a pseudo-terminal, for ci/story.py and ci/shells.py. Needs Linux or macOS."""

import os
import pty
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT = 60  # seconds
INHERITED = ("PATH", "JAVA_HOME", "LANG", "LC_ALL")


class Terminal:
    """A program in a terminal. It runs in the project's folder, and inherits only a few environment variables."""

    def __init__(self, command: list[str], **environment: str) -> None:
        """Starts the program."""
        self.begin = time.monotonic()
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            inherited = {name: value for name, value in os.environ.items() if name in INHERITED}
            os.execvpe(command[0], command, {**inherited, "TERM": "xterm-256color", "PS1": "> ", **environment})

    def type(self, keys: str) -> None:
        """Sends keys; a newline is the return key."""
        os.write(self.file, keys.encode())

    def read(self, until: Callable[[str], bool] = lambda seen: False) -> list[tuple[float, str]]:
        """The output until `until` is true of it or the program ends, in pieces with their times in seconds."""
        end = time.monotonic() + TIMEOUT
        pieces: list[tuple[float, str]] = []
        rest = b""
        while not until("".join(text for _, text in pieces)):
            if time.monotonic() > end:
                sys.exit(f"waited {TIMEOUT} s at a terminal that shows: {pieces!r}")
            if not select.select([self.file], [], [], 0.2)[0]:
                continue
            try:
                read = os.read(self.file, 4096)
            except OSError:  # Linux raises this when the program has ended
                read = b""
            if not read:
                break
            rest += read
            try:
                pieces.append((time.monotonic() - self.begin, rest.decode()))
                rest = b""
            except UnicodeDecodeError:
                pass  # the other bytes of a character have not arrived yet
        return pieces

    def close(self) -> int:
        """Closes the terminal, which ends the program; returns the exit code."""
        os.close(self.file)
        end = time.monotonic() + 5
        ended, status = os.waitpid(self.pid, os.WNOHANG)
        while ended == 0 and time.monotonic() < end:
            time.sleep(0.02)
            ended, status = os.waitpid(self.pid, os.WNOHANG)
        if ended == 0:
            os.kill(self.pid, signal.SIGKILL)
            _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)
