"""A terminal with a program in it, for ci/story.py and ci/shells.py. Needs Linux or macOS."""

import os
import pty
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60  # seconds
KEPT = ("PATH", "JAVA_HOME", "LANG", "LC_ALL")


class Terminal:
    """Starts the program in the project's folder, with nothing of this machine's own settings."""

    def __init__(self, command: list[str], **environment: str) -> None:
        """Gives it a terminal of its own, as a terminal's window does."""
        self.begin = time.monotonic()
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            kept = {name: value for name, value in os.environ.items() if name in KEPT}
            os.execvpe(command[0], command, {**kept, "TERM": "xterm-256color", "PS1": "> ", **environment})

    def type(self, keys: str) -> None:
        """Types; a line end is the return key."""
        os.write(self.file, keys.encode())

    def read(self, until: Callable[[str], bool] = lambda seen: False) -> list[tuple[float, str]]:
        """What appears until it is enough or the program ends, in pieces of whole characters, each with its second."""
        end = time.monotonic() + PATIENCE
        pieces: list[tuple[float, str]] = []
        rest = b""
        while not until("".join(text for _, text in pieces)):
            if time.monotonic() > end:
                sys.exit(f"waited {PATIENCE} s at a terminal that shows: {pieces!r}")
            if not select.select([self.file], [], [], 0.2)[0]:
                continue
            try:
                read = os.read(self.file, 4096)
            except OSError:  # how Linux says that the program has gone
                read = b""
            if not read:
                break
            rest += read
            try:
                pieces.append((time.monotonic() - self.begin, rest.decode()))
                rest = b""
            except UnicodeDecodeError:
                pass  # the rest of the character is on its way
        return pieces

    def close(self) -> int:
        """Takes the terminal away, which ends what is in it; returns the exit code."""
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
