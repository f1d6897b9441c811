"""The protocol between ci/scoreboard.sh and the engines that it runs, each in a process and an environment of its own.

An engine is started as `python ENGINE.py SETTING`. It answers each line of JSON on standard input with one line
of JSON on standard output:

{"do": "load", "folder", "threads"}
                                   loads the model of a fixture; {"engine", "version", "session", "batch"}, of which the
                                   last two say whether the requests `logits` and `batch` are supported
{"do": "taps", "ids", "out"}       one pass over the ids; writes a trace to the file `out`, with the fixture's names
{"do": "logits", "calls", "out"}   passes over lists of ids that continue each other, with a cache of keys and values;
                                   writes the logits after all ids, (T, V)
{"do": "batch", "rows", "out"}     one pass over sequences, which may have different lengths; writes `row.0`, ...; or
                                   {"unsupported": true} for these lengths
{"do": "greedy", "ids", "count"}   the most likely continuation: {"ids"}
{"do": "speed", "tokens", "steps", "seconds"}
                                   runs a prompt and steps after it, until the time is over: {"prefill", "decode"}
                                   with the medians of the seconds of the prompt and of a step
{"do": "memory"}                   the largest memory of the process since the model was loaded: {"bytes"}

A request that fails is answered by {"error"}. Standard error is for people.
"""

import json
import os
import sys
import time
import traceback
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from touchstone.traces import Trace, array

Ids = list[int]
PEAK = Path("/proc/self/clear_refs")


class Session:
    """One sequence whose keys and values are kept."""

    def append(self, ids: Ids) -> Any:  # noqa: ANN401
        """The logits after each of these ids, which follow those before. (T) -> (T, V)"""
        raise NotImplementedError


class Engine:
    """What an adapter implements. Arrays may be those of any framework that NumPy can read."""

    name: str
    version: str
    vocabulary: int

    def taps(self, ids: Ids) -> dict[str, Any]:
        """The tensors of one pass by the names of the fixture; at least `logits`."""
        raise NotImplementedError

    def logits(self, ids: Ids) -> Any:  # noqa: ANN401
        """The logits of one pass. (T) -> (T, V)"""
        return self.taps(ids)["logits"]

    def session(self) -> Session | None:
        """A new session, or None if this engine has no cache, or none that the adapter can reach."""
        return None

    def batch(self, rows: list[Ids]) -> list[Any] | None:
        """The logits of each sequence in one pass, without padding; None if this engine has no batches."""
        return None

    def greedy(self, ids: Ids, count: int) -> Ids:
        """The most likely token, `count` times."""
        session, found = self.session(), []
        new = list(ids)
        for _ in range(count):
            logits = session.append(new) if session is not None else self.logits([*ids, *found])
            found.append(int(array(logits)[-1].argmax()))
            new = found[-1:]
        return found

    def speed(self, tokens: int, steps: int, seconds: float) -> dict[str, float]:
        """Seconds for a prompt, and for each further token: medians of what is run in `seconds`, at least one each."""
        ids = [i * 7919 % self.vocabulary for i in range(tokens + steps)]
        prefill, decode = [], []
        end = time.perf_counter() + seconds
        while not prefill or time.perf_counter() < end:
            session = self.session()
            start = time.perf_counter()
            array(session.append(ids[:tokens]) if session is not None else self.logits(ids[:tokens]))
            prefill.append(time.perf_counter() - start)
            for i in range(tokens, tokens + steps):
                start = time.perf_counter()
                array(session.append(ids[i : i + 1]) if session is not None else self.logits(ids[: i + 1]))
                decode.append(time.perf_counter() - start)
                if time.perf_counter() > end:
                    break
        return {"prefill": median(prefill), "decode": median(decode)}


def serve(load: Any) -> None:  # noqa: ANN401
    """Runs an engine: `load` gets the folder, the setting and the number of threads."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # so that what libraries print is no answer

    def answer(value: dict[str, Any]) -> None:
        print(json.dumps(value), file=answers, flush=True)

    (setting,) = sys.argv[1:]
    engine = None
    for line in sys.stdin:
        try:
            request = json.loads(line)
            if request["do"] == "load":
                engine = load(Path(request["folder"]), setting, request["threads"])
                can = {"session": engine.session() is not None, "batch": engine.batch([[1], [1]]) is not None}
                PEAK.write_text("5")  # the largest memory is counted from here
                answer({"engine": engine.name, "version": engine.version, **can})
            else:
                answer(respond(engine, request))
        except Exception as error:
            traceback.print_exc()
            answer({"error": f"{type(error).__name__}: {error}".split("\n")[0]})


def respond(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """The answer to one request."""
    match request["do"]:
        case "taps":
            Trace(request["ids"], engine.taps(request["ids"])).write(request["out"])
            return {}
        case "logits":
            session = engine.session()
            parts = [array(session.append(ids)) for ids in request["calls"]]
            ids = [token for call in request["calls"] for token in call]
            Trace(ids, {"logits": np.concatenate(parts)}).write(request["out"])
            return {}
        case "batch":
            rows = engine.batch(request["rows"])
            if rows is None:
                return {"unsupported": True}
            Trace([0], {f"row.{i}": row for i, row in enumerate(rows)}).write(request["out"])
            return {}
        case "greedy":
            return {"ids": engine.greedy(request["ids"], request["count"])}
        case "speed":
            return engine.speed(request["tokens"], request["steps"], request["seconds"])
        case "memory":
            status = Path("/proc/self/status").read_text(encoding="utf-8")
            peak = next(line for line in status.split("\n") if line.startswith("VmHWM:"))
            return {"bytes": int(peak.split()[1]) * 1024}
    raise ValueError(f"unknown request {request['do']}")


def config_of(folder: Path) -> dict[str, Any]:
    """The model's config.json."""
    return json.loads((folder / "config.json").read_text(encoding="utf-8"))
