"""The second pass of the scoreboard: speed and memory, for which the engines take turns in short rounds.

A few engines run at a time, and Touchstone with them. In each round each of them runs for a part of a second. The ratio
to Touchstone is that of the same round, so that what else the machine does affects both alike.
"""

import contextlib
import datetime
import os
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Any

from entries import Entry
from measures import THREADS
from process import Process, Refused

GROUP = 4
"""The engines that run at a time, beside Touchstone. Each keeps a model in memory."""
ROUNDS = 5
SECONDS = 0.6
"""The time of an engine in a round. A slow engine runs at least one prompt and one step."""
SLOW = 5.0
"""An engine whose prompt and step take longer takes part in one round only."""
WARM = 3.0
"""The time before the rounds, in which compilers of code become ready."""
LENGTHS = {"storyteller": (64, 16), "SmolLM2-135M-Instruct": (128, 16)}
"""The models, and the tokens of the prompt and after it."""


@dataclass
class Runner:
    """An engine that takes turns; a context that ends its process."""

    entry: Entry
    log: Path
    process: Process | None = None
    turns: dict[str, list[tuple[dict[str, float], dict[str, float]]]] = field(default_factory=dict)
    """For each model the seconds of each round, and those of Touchstone in the same round."""
    memory: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def load(self, folder: Path) -> None:
        """Loads a model and warms up."""
        if self.process is None or self.process.child.poll() is not None:
            self.process = Process(self.entry, THREADS, self.log)
        self.process.load(folder, THREADS)
        self.turn(folder.name, WARM)

    def turn(self, model: str, seconds: float = SECONDS) -> dict[str, float]:
        """Runs for so many seconds; returns the seconds of a prompt and of a further token."""
        tokens, steps = LENGTHS[model]
        return self.process.ask(do="speed", tokens=tokens, steps=steps, seconds=seconds)

    def goes_on(self, model: str) -> bool:
        """Whether it takes part in another round: it works, and is not too slow."""
        turns = self.turns.get(model)
        return model not in self.failed and not (turns and sum(turns[-1][0].values()) > SLOW)

    def figures(self, model: str) -> dict[str, Any]:
        """Medians of all rounds: tokens a second, and ratios to Touchstone; and the memory in bytes."""
        if model in self.failed:
            return {"error": self.failed[model]}
        tokens, _ = LENGTHS[model]
        turns = self.turns[model]
        return {
            "prefill": tokens / median(own["prefill"] for own, _ in turns),
            "decode": 1 / median(own["decode"] for own, _ in turns),
            "prefill_ratio": median(first["prefill"] / own["prefill"] for own, first in turns),
            "decode_ratio": median(first["decode"] / own["decode"] for own, first in turns),
            "memory": self.memory[model],
        }

    def __enter__(self) -> "Runner":
        """This engine, not yet started."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Ends the process."""
        if self.process is not None:
            self.process.close()


def measure_speeds(entries: list[Entry], folders: list[Path], log: Path) -> dict[str, Any]:
    """When, the use of the processors by other programs, and the figures of each engine and model.

    The first entry is Touchstone. Only models of LENGTHS are run.
    """
    folders = [folder for folder in folders if folder.name in LENGTHS]
    others: list[float] = []
    engines = {}
    with Runner(entries[0], log) as touchstone:
        for start in range(1, max(2, len(entries)), GROUP):  # also with Touchstone alone
            with contextlib.ExitStack() as stack:
                runners = [stack.enter_context(Runner(entry, log)) for entry in entries[start : start + GROUP]]
                for folder in folders:
                    others += take_turns(touchstone, runners, folder)
                for runner in runners:
                    engines[runner.entry.key] = {folder.name: runner.figures(folder.name) for folder in folders}
                    print(line(runner.entry.key, engines[runner.entry.key]), flush=True)
        engines = {entries[0].key: {folder.name: touchstone.figures(folder.name) for folder in folders}} | engines
    print(line(entries[0].key, engines[entries[0].key]), flush=True)
    return {
        "date": datetime.date.today().isoformat(),
        "rounds": ROUNDS,
        "seconds": SECONDS,
        "processors": os.cpu_count(),
        "others": {"median": median(others), "most": max(others)},
        "lengths": {folder.name: LENGTHS[folder.name] for folder in folders},
        "engines": engines,
    }


def take_turns(touchstone: Runner, runners: list[Runner], folder: Path) -> list[float]:
    """All rounds with one model; returns for each the processors that other programs used."""
    model, others = folder.name, []
    touchstone.load(folder)
    for runner in runners:
        if model in runner.entry.too_slow:
            runner.failed[model] = "left out, because it is too slow"
            continue
        with failures(runner, model):
            runner.load(folder)
    for _ in range(ROUNDS):
        running = [one.process.child.pid for one in (touchstone, *runners) if one.process is not None]
        use = Use(running)
        first = touchstone.turn(model)
        touchstone.turns.setdefault(model, []).append((first, first))
        for runner in runners:
            if runner.goes_on(model):
                with failures(runner, model):
                    runner.turns.setdefault(model, []).append((runner.turn(model), first))
        others.append(use.of_others())
    for runner in (touchstone, *runners):
        if model not in runner.failed:
            with failures(runner, model):
                runner.memory.setdefault(model, runner.process.ask(do="memory")["bytes"])
    return others


@contextlib.contextmanager
def failures(runner: Runner, model: str) -> Any:  # noqa: ANN401
    """An engine that fails is left out of the rounds with this model; the reason is kept."""
    try:
        yield
    except (Refused, OSError) as error:
        with runner.log.open("a", encoding="utf-8") as log:
            traceback.print_exc(file=log)
        runner.failed[model] = str(error)


class Use:
    """The use of the processors since this object was created, in processors."""

    def __init__(self, processes: list[int]) -> None:
        """Of this machine, without this process and these."""
        self.processes = [os.getpid(), *processes]
        self.start = self.seconds()

    def of_others(self) -> float:
        """The processors that other programs used on average."""
        wall, busy, own = (now - before for now, before in zip(self.seconds(), self.start, strict=True))
        return max(0.0, (busy - own) / wall)

    def seconds(self) -> tuple[float, float, float]:
        """The time of the clock, that of all programs, and that of these processes."""
        tick = os.sysconf("SC_CLK_TCK")
        user, nice, system, idle, waiting, *more = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:9])
        total = user + nice + system + sum(more)
        own = 0
        for process in self.processes:
            with contextlib.suppress(FileNotFoundError):
                words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
                own += int(words[11]) + int(words[12])
        return (total + idle + waiting) / os.cpu_count() / tick, total / tick, own / tick


def line(key: str, models: dict[str, dict[str, Any]]) -> str:
    """One line about an engine."""
    texts = (
        f"{model}: {one['error']}"
        if "error" in one
        else f"{model}: prefill {one['prefill']:.0f} ({one['prefill_ratio']:.2f}), decode {one['decode']:.1f}"
        f" ({one['decode_ratio']:.2f})"
        for model, one in models.items()
    )
    return f"{key} tokens/s (ratio to Touchstone): {'; '.join(texts)}"
