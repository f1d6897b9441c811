"""Runs the engines of entries.py on fixtures, and writes target/scoreboard/index.html, scoreboard.json and reports.

scoreboard.py                   all engines, on two GPT-2, two Llama and SmolLM2, whose folder ci/real-model.sh writes
scoreboard.py --quick           a part of the engines, on one GPT-2 and one Llama
scoreboard.py --only jax        the engines whose names contain a word
scoreboard.py --models a,b      these models
scoreboard.py --readme          also replaces the table in README.md
"""

import argparse
import datetime
import json
import platform
import re
import sys
import tempfile
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from entries import ENTRIES, ROOT, Entry
from markdown import write_readme
from measures import THREADS, Plan, measure
from page import page
from process import Process, Refused

OUT = ROOT / "target" / "scoreboard"
FIXTURES = ROOT / "fixtures"
REAL = ROOT / "target" / "real-models" / "SmolLM2-135M-Instruct"
QUICK = (Plan(FIXTURES / "storyteller", 64, 16), Plan(FIXTURES / "tiny-llama", 16, 8))
PLANS = (
    Plan(FIXTURES / "tiny-gpt2", 16, 8),
    Plan(FIXTURES / "storyteller", 64, 16),
    Plan(FIXTURES / "tiny-llama", 16, 8),
    Plan(FIXTURES / "tiny-llama3", 16, 8),
    Plan(REAL, 128, 8),
)


def main() -> int:
    """Returns the exit code: 1 if an engine that was to run did not."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--only", default="")
    arguments.add_argument("--models", default="")
    arguments.add_argument("--readme", action="store_true")
    options = arguments.parse_args()
    plans = QUICK if options.quick else PLANS
    if options.models:
        plans = tuple(plan for plan in PLANS if plan.folder.name in options.models.split(","))
    missing = [plan.folder for plan in plans if not (plan.folder / "goldens").is_dir()]
    if missing:
        raise FileNotFoundError(f"{missing[0]} does not exist; ci/real-model.sh writes it")
    entries = [one for one in ENTRIES if options.only in one.key and (one.quick or not options.quick)]
    (OUT / "reports").mkdir(parents=True, exist_ok=True)
    log = OUT / "engines.log"
    log.write_text("")
    rows: list[dict[str, Any]] = []
    result = {"environment": machine(), "models": [plan.folder.name for plan in plans], "engines": rows}
    for entry in entries:  # writes what there is after each engine, because the whole run takes long
        rows.append(row(entry, plans, log))
        (OUT / "scoreboard.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        (OUT / "index.html").write_text(page(result), encoding="utf-8")
    print(f"wrote {OUT.relative_to(ROOT)}/index.html and scoreboard.json")
    if options.readme:
        write_readme(result, ROOT / "README.md")
    return 1 if any("error" in one for one in rows) else 0


def row(entry: Entry, plans: tuple[Plan, ...], log: Path) -> dict[str, Any]:
    """The figures of one engine with all models."""
    found: dict[str, Any] = {"key": entry.key, "setting": entry.setting, "type": entry.type, "models": {}}
    with tempfile.TemporaryDirectory() as work, Processes(entry, log) as processes:
        for plan in plans:
            try:
                found["models"][plan.folder.name] = model(processes, entry, plan, Path(work), found)
            except (Refused, OSError, ValueError, KeyError) as error:
                with log.open("a", encoding="utf-8") as errors:
                    traceback.print_exc(file=errors)
                found["models"][plan.folder.name] = {"error": str(error)}
                print(f"{entry.key} {plan.folder.name}: {error}", flush=True)
    if all("error" in one for one in found["models"].values()):
        found["error"] = next(iter(found["models"].values()))["error"]
    return found


class Processes:
    """The processes of an engine: one, or one for each number of threads. One that has ended is started again."""

    def __init__(self, entry: Entry, log: Path) -> None:
        """Starts none yet."""
        self.entry, self.log, self.running = entry, log, {}

    def on(self, threads: int, folder: Path) -> Process:
        """The process on so many threads, with this model."""
        key = threads if self.entry.threads_at_start else THREADS
        if key not in self.running or self.running[key].child.poll() is not None:
            self.running[key] = Process(self.entry, key, self.log)
        self.running[key].load(folder, threads)
        return self.running[key]

    def __enter__(self) -> "Processes":
        """These processes."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Ends them."""
        for process in self.running.values():
            process.close()


def model(processes: Processes, entry: Entry, plan: Plan, work: Path, found: dict[str, Any]) -> dict[str, Any]:
    """The figures of one engine with one model; adds its name and version to `found`."""
    process = processes.on(THREADS, plan.folder)
    found |= {"engine": process.hello["engine"], "version": process.hello["version"]}
    figures = measure(process, lambda: processes.on(1, plan.folder), plan, work)
    report = OUT / "reports" / f"{entry.key}-{plan.folder.name}.json"
    report.write_text(json.dumps(figures.pop("report")), encoding="utf-8")
    wrong = f"; first wrong at {figures['first_wrong']}" if figures["first_wrong"] else ""
    print(
        f"{entry.key} {plan.folder.name}: {figures['taps']} taps, error over PyTorch's own"
        f" {figures['geometric_mean']:.3g}, text {figures['text']['same']} of {figures['text']['of']}{wrong}",
        flush=True,
    )
    return figures


def machine() -> dict[str, str]:
    """When and where the run was."""
    information = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    processor = re.search(r"model name\s*:\s*(.*)", information)
    flags = re.search(r"flags\s*:\s*(.*)", information)
    widest = [one for one in ("avx2", "avx512f", "amx_tile") if flags and one in flags.group(1).split()]
    return {
        "date": datetime.date.today().isoformat(),
        "processor": (processor.group(1) if processor else platform.processor()) + f" ({', '.join(widest)})",
        "threads": str(THREADS),
        "system": f"{platform.system()} {platform.machine()}",
    }


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError) as error:
        sys.exit(f"scoreboard.py: {error}")
