"""Compares a trace with a fixture by `touchstone parity`."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from urllib.request import url2pathname

from touchstone.reference import cases
from touchstone.traces import Trace, trace_of

LAUNCHER = "TOUCHSTONE"
"""The environment variable with the path of the launcher, the file `touchstone` in the repository."""


SHOWN = 6
"""The number of absent taps whose names are printed."""


@dataclass(frozen=True)
class Comparison:
    """The result of `compare`. As a text it is a summary, in a notebook a table."""

    title: str
    """The fixture and its case."""
    passes: bool
    first_wrong: str | None
    """The first tap whose operation is wrong; else the first whose error is too large; None if there is none."""
    clues: list[str]
    """The probable mistakes at that tap."""
    taps: list[dict[str, Any]]
    """For each tap its name, verdict, shape, errors, and `ratio`, the RMS error over PyTorch's in float32."""
    absent: list[str]
    """The taps of the fixture that the trace does not have. They were not compared."""
    geometric_mean: float
    """The geometric mean of the ratios."""
    report: dict[str, Any]
    """The JSON report of `touchstone parity`."""

    @property
    def table(self) -> Any:  # noqa: ANN401
        """The taps as a pandas DataFrame if pandas is installed, else as a list."""
        try:
            import pandas as pd
        except ImportError:
            return self.taps
        return pd.DataFrame(self.taps).set_index("tap")

    def __str__(self) -> str:
        """A few lines: the first wrong tap, the probable mistakes, and what was compared."""
        lines = []
        if self.first_wrong is not None:
            lines += [f"{self.title}: first wrong at {self.first_wrong}", *(f"  {clue}" for clue in self.clues)]
        wrong = sum(tap["verdict"] not in ("right", "exact", "local") for tap in self.taps)
        mean = f"error over PyTorch's own: geometric mean {self.geometric_mean:.3f}"
        lines.append(f"{len(self.taps)} taps compared, {wrong} wrong; {mean}")
        if self.absent:
            names = ", ".join(self.absent[:SHOWN])
            more = f" and {len(self.absent) - SHOWN} more" if len(self.absent) > SHOWN else ""
            lines.append(f"not in the trace: {names}{more}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        table = self.table
        text = str(self).replace("&", "&amp;").replace("<", "&lt;")
        return f"<pre>{text}</pre>" + ("" if isinstance(table, list) else table.to_html())


def compare(trace: Trace | Mapping[str, Any] | str | Path, fixture: str | Path) -> Comparison:
    """Compares a trace with the case of a fixture that has the same ids.

    The trace is the one of `capture`, a mapping of arrays with `input_ids` and taps, or a safetensors file. Runs the
    launcher in the repository from which this package was installed, or the one in the environment variable TOUCHSTONE.
    """
    with tempfile.TemporaryDirectory() as folder:
        report, file = Path(folder) / "report.json", trace
        if not isinstance(trace, (str, Path)):
            file = Path(folder) / "trace.safetensors"
            trace = trace if isinstance(trace, Trace) else trace_of(trace)
            _check_ids(trace, fixture)
            trace.write(file)
        words = ("parity", "--quiet", "--partial", "--ours", str(file), "--json", str(report), str(fixture))
        done = subprocess.run([launcher(), *words], capture_output=True, encoding="utf-8", check=False)
        if not report.exists():
            raise ValueError(done.stderr.strip() or f"touchstone parity exited with {done.returncode}")
        return _comparison(json.loads(report.read_text(encoding="utf-8")))


def assert_parity(
    trace: Trace | Mapping[str, Any] | str | Path, fixture: str | Path, *, partial: bool = False
) -> Comparison:
    """Fails with the first wrong tap and the probable mistakes, for tests. Absent taps fail too, unless `partial`."""
    comparison = compare(trace, fixture)
    if not comparison.passes:
        raise AssertionError(str(comparison))
    if comparison.absent and not partial:
        raise AssertionError(f"{comparison}\nTo compare only the taps in the trace, pass partial=True.")
    return comparison


def _check_ids(trace: Trace, fixture: str | Path) -> None:
    if not (Path(fixture) / "goldens").is_dir() or not trace.input_ids:
        return  # an error of its own
    known = cases(fixture)
    if trace.input_ids not in known.values():
        lengths = ", ".join(f"{name} ({len(ids)} ids)" for name, ids in known.items())
        raise ValueError(
            f"the trace has {len(trace.input_ids)} input_ids that are not those of a case of {fixture}, which are"
            f' {lengths}; run the model on touchstone.cases(fixture)["{next(iter(known))}"]'
        )


def launcher() -> str:
    """The launcher that is in TOUCHSTONE, in the repository of this package, or on the PATH."""
    named = os.environ.get(LAUNCHER)
    if named:
        return named
    for repository in (Path(__file__).resolve().parents[2], _installed_from()):
        if repository is not None and (repository / "pom.xml").exists() and (repository / "touchstone").is_file():
            return str(repository / "touchstone")
    found = shutil.which("touchstone")
    if found is None:
        raise FileNotFoundError(f"found no touchstone; set {LAUNCHER} to the file touchstone in its repository")
    return found


def _installed_from() -> Path | None:
    """The repository that `pip install ./python` was run in."""
    try:
        record = metadata.distribution("touchstone").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return None
    url = urlparse(json.loads(record)["url"]) if record else None
    return Path(url2pathname(url.path)).parent if url is not None and url.scheme == "file" else None


def _comparison(report: dict[str, Any]) -> Comparison:
    fixture = report["fixtures"][0]
    case = fixture["cases"][0]
    return Comparison(
        title=f"{fixture['name']} {case['name']}",
        passes=case["passes"],
        first_wrong=case.get("first_divergence"),
        clues=case["clues"],
        taps=[_row(tap) for tap in case["taps"]],
        absent=case["absent"],
        geometric_mean=float(report["totals"]["geometric_mean"]),
        report=report,
    )


def _row(tap: dict[str, Any]) -> dict[str, Any]:
    numbers = {"ratio": "ratio", "rms_error": "rms", "pytorch_rms_error": "pytorch_rms", "max_error": "max"}
    row = {"tap": tap["name"], "verdict": tap["verdict"], "shape": tuple(tap["shape"])}
    return row | {title: float(tap[name]) for title, name in numbers.items()}
