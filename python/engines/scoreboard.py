"""Runs the engines of entries.py on fixtures, and writes target/scoreboard/index.html, scoreboard.json and reports.

scoreboard.py                   all engines, on two GPT-2, two Llama and SmolLM2, whose folder ci/real-model.sh writes
scoreboard.py --quick           a part of the engines, on one GPT-2 and one Llama
scoreboard.py --speeds          measures only the speeds of the engines in scoreboard.json anew
scoreboard.py --only jax        the engines whose names contain a word; those of others in scoreboard.json stay
scoreboard.py --models a,b      these models
scoreboard.py --readme          also replaces the tables in README.md

The first pass compares each engine with Hugging Face, and its results do not depend on the load of the machine. The
second, of half an hour, measures the speeds.
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
from measures import THREADS, measure
from page import page
from process import Process, Refused
from speeds import LENGTHS, measure_speeds

OUT = ROOT / "target" / "scoreboard"
NUMBERS = OUT / "scoreboard.json"
FIXTURES = ROOT / "fixtures"
QUICK = (FIXTURES / "tiny-llama", FIXTURES / "storyteller")
MODELS = (
    FIXTURES / "tiny-gpt2",
    FIXTURES / "storyteller",
    FIXTURES / "tiny-llama",
    FIXTURES / "tiny-llama3",
    ROOT / "target" / "real-models" / "SmolLM2-135M-Instruct",
)


def main() -> int:
    """Returns the exit code: 1 if an engine that was to run did not."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--quick", "--speeds", "--readme"):
        arguments.add_argument(option, action="store_true")
    for option in ("--only", "--models"):
        arguments.add_argument(option, default="")
    options = arguments.parse_args()
    folders = QUICK if options.quick else MODELS
    result: dict[str, Any] = {"environment": machine(), "models": [], "engines": []}
    if options.speeds and not NUMBERS.exists():
        raise FileNotFoundError(f"{NUMBERS.relative_to(ROOT)} does not exist; run without --speeds first")
    if (options.speeds or options.only) and NUMBERS.exists():
        result = json.loads(NUMBERS.read_text(encoding="utf-8"))
        folders = tuple(folder for folder in MODELS if folder.name in result["models"])
    if options.models:
        folders = tuple(folder for folder in MODELS if folder.name in options.models.split(","))
    missing = [folder for folder in folders if not (folder / "goldens").is_dir()]
    if missing:
        raise FileNotFoundError(f"{missing[0]} does not exist; ci/real-model.sh writes it")
    entries = [one for one in ENTRIES if options.only in one.key and (one.quick or not options.quick)]
    (OUT / "reports").mkdir(parents=True, exist_ok=True)
    log = OUT / "engines.log"
    log.write_text("")
    result["models"] = [folder.name for folder in folders]
    if not options.speeds:
        for entry in entries:  # writes what there is after each engine, because the whole run takes long
            put(result, row(entry, folders, log))
            write(result)
    add_speeds(result, entries, list(folders), log)
    write(result)
    print(f"wrote {OUT.relative_to(ROOT)}/index.html and scoreboard.json")
    if options.readme:
        write_readme(result, ROOT / "README.md")
    return 1 if any("error" in one for one in result["engines"]) else 0


def put(result: dict[str, Any], found: dict[str, Any]) -> None:
    """Adds the figures of an engine, in the order of entries.py, in place of older ones."""
    order = [entry.key for entry in ENTRIES]
    others = [one for one in result["engines"] if one["key"] != found["key"] and one["key"] in order]
    result["engines"] = sorted([*others, found], key=lambda one: order.index(one["key"]))


def add_speeds(result: dict[str, Any], entries: list[Entry], folders: list[Path], log: Path) -> None:
    """Measures the speeds of these engines, where they ran; older ones of others stay."""
    rows = {one["key"]: one for one in result["engines"]}
    ran = [entry for entry in entries if "error" not in rows.get(entry.key, {"error": ""})]
    if not any(folder.name in LENGTHS for folder in folders) or not ran:
        return
    first = ENTRIES[0]
    found = measure_speeds([first, *(entry for entry in ran if entry is not first)], folders, log)
    for key, models in found.pop("engines").items():
        if key in rows:
            rows[key]["speeds"] = models
    result["speeds"] = found


def write(result: dict[str, Any]) -> None:
    """Writes the numbers and the page."""
    NUMBERS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    (OUT / "index.html").write_text(page(result), encoding="utf-8")


def row(entry: Entry, folders: tuple[Path, ...], log: Path) -> dict[str, Any]:
    """The figures of one engine with all models."""
    found: dict[str, Any] = {"key": entry.key, "setting": entry.setting, "type": entry.type, "models": {}}
    with tempfile.TemporaryDirectory() as work, Processes(entry, log) as processes:
        for folder in folders:
            if folder.name in entry.too_slow:
                found["models"][folder.name] = {"error": "left out, because it takes more than ten minutes"}
                continue
            try:
                found["models"][folder.name] = model(processes, entry, folder, Path(work), found)
            except (Refused, OSError, ValueError, KeyError) as error:
                with log.open("a", encoding="utf-8") as errors:
                    traceback.print_exc(file=errors)
                found["models"][folder.name] = {"error": str(error)}
                print(f"{entry.key} {folder.name}: {error}", flush=True)
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


def model(processes: Processes, entry: Entry, folder: Path, work: Path, found: dict[str, Any]) -> dict[str, Any]:
    """The figures of one engine with one model; adds its name and version to `found`."""
    process = processes.on(THREADS, folder)
    found |= {"engine": process.hello["engine"], "version": process.hello["version"]}
    figures = measure(process, lambda: processes.on(1, folder), folder, work)
    report = OUT / "reports" / f"{entry.key}-{folder.name}.json"
    report.write_text(json.dumps(figures.pop("report")), encoding="utf-8")
    wrong = f"; first wrong at {figures['first_wrong']}" if figures["first_wrong"] else ""
    print(
        f"{entry.key} {folder.name}: {figures['taps']} taps, error over PyTorch's own"
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
