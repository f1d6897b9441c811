#!/usr/bin/env python3
"""Runs every command of README.md and CONTRIBUTING.md and compares what it prints with what they say it prints.

A command stands in a block marked `console`, after `$ `; the lines up to the next command are its output. A line of
`...` stands for any lines, `...` at the end of a line for the rest of it, `+` after a number for that number or more.
Times and speeds are not compared. `mvn verify` is not run again: ci/verify.sh keeps what it printed. A block marked `sh`
has no output; its commands must be among those that .ci/run runs, or be listed here with the reason why nothing runs
them. Java must be quoted from the sources; what begins with imports is a program of its own, which ReadmeTest runs.

With --write the pages get what was printed instead, except where they have `...` or `+`.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERIFY_LOG = ROOT / "target" / "verify.log"
TIMES = re.compile(r"\d+(\.\d+)? (?=s\b|ms\b|tokens/s|tokens a second)")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SCRIPT = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
JAVA = re.compile(r"^```java\n(.*?)^```$", re.MULTILINE | re.DOTALL)
AT_LEAST = re.compile(r"(\d[\d,]*)\+")
UNRUN = {"ci/bench.sh --quick": "it measures for half an hour, and says nothing that could be wrong"}
# No model of this machine's own, so that the pages say the same everywhere.
SETTINGS = {"HF_HUB_CACHE": str(ROOT / "target" / "no-models")}
# Where jpackage puts the program on other systems.
IMAGES = {"darwin": "touchstone.app/Contents/MacOS/touchstone", "win32": "touchstone/touchstone.exe"}
FAILURE = "exit code "


def commands(readme: str) -> list[tuple[str, list[str]]]:
    """Each command and the lines that it should print."""
    found: list[tuple[str, list[str]]] = []
    for block in BLOCK.finditer(readme):
        for line in block.group(1).splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def agrees(expected: list[str], printed: list[str]) -> bool:
    """Whether this was printed, with any lines where `...` stands alone, but no failure."""
    if not expected:
        return not printed
    if expected[0] == "...":
        skipped = (i for i in range(len(printed) + 1) if not any(line.startswith(FAILURE) for line in printed[:i]))
        return any(agrees(expected[1:], printed[i:]) for i in skipped)
    return bool(printed) and agrees_line(expected[0], printed[0]) and agrees(expected[1:], printed[1:])


def agrees_line(expected: str, printed: str) -> bool:
    """Whether this is the line, times and speeds aside, with numbers that are large enough."""
    least = [number(found) for found in AT_LEAST.findall(expected)]
    start = without_times(expected.removesuffix("..."))
    text = "".join(r"(\d[\d,]*)" if i % 2 else re.escape(part) for i, part in enumerate(AT_LEAST.split(start)))
    found = re.match(text + ("" if expected.endswith("...") else "$"), without_times(printed))
    return found is not None and all(number(n) >= m for n, m in zip(found.groups(), least, strict=True))


def number(text: str) -> int:
    """A number as people write it."""
    return int(text.replace(",", ""))


def without_times(line: str) -> str:
    """The line with # for times and speeds."""
    return TIMES.sub("# ", line.rstrip())


def shown(command: str) -> list[str]:
    """What a reader sees of it."""
    return [line.rstrip() for line in output(command).splitlines()]


def output(command: str) -> str:
    """What a command prints, and its exit code where that is not 0."""
    if command == "mvn verify":
        return VERIFY_LOG.read_text(encoding="utf-8")
    command = command.replace(
        "mvn --quiet test", "mvn --quiet test -Dtouchstone.reports=target/readme"
    )  # not in CI's own
    command = command.replace("touchstone/bin/touchstone", IMAGES.get(sys.platform, "touchstone/bin/touchstone"))
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env={**os.environ, **SETTINGS},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    text = done.stdout.decode("utf-8")
    return text if done.returncode == 0 else f"{text}{FAILURE}{done.returncode}\n"


def write(page: Path) -> None:
    """Puts what each command prints now in the place of what the page says it prints."""
    text = page.read_text(encoding="utf-8")

    def renewed(block: re.Match[str]) -> str:
        lines = []
        for command, expected in commands(block.group()):
            said = "\n".join(expected)
            lines += [f"$ {command}", *(expected if "..." in said or AT_LEAST.search(said) else shown(command))]
        return "\n".join(["```console", *lines, "```"])

    page.write_text(BLOCK.sub(renewed, text), encoding="utf-8")


def check(page: Path) -> tuple[int, int]:
    """Compares; returns how many commands passed and how many failed."""
    text = page.read_text(encoding="utf-8")
    results = [check_command(command, expected) for command, expected in commands(text)]
    results += [check_script(line) for block in SCRIPT.findall(text) for line in block.splitlines()]
    results += [check_java(block) for block in JAVA.findall(text) if not block.startswith("import ")]
    return results.count(True), results.count(False)


def check_command(command: str, expected: list[str]) -> bool:
    """Runs a command."""
    printed = shown(command)
    right = agrees(expected, printed)
    tell(right, f"$ {command}")
    if not right:
        print("the page says:", *expected, "it printed:", *printed, sep="\n  ", flush=True)
    return right


def check_script(line: str) -> bool:
    """Such commands are steps of .ci/run, or have a reason not to be."""
    command = line.partition("#")[0].strip()
    steps = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    right = command in UNRUN or f"step {command}\n" in steps
    tell(right, f"{command}: {UNRUN.get(command, 'a step of .ci/run' if right else 'nothing runs it')}")
    return right


def check_java(block: str) -> bool:
    """Quoted line by line, whatever the indentation."""
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.java"))
    wanted = " ".join(block.split())
    right = any(wanted in " ".join(source.split()) for source in sources)
    tell(right, f"Java: {block.splitlines()[0]} ...")
    return right


def tell(right: bool, what: str) -> None:
    """A line for what was checked."""
    print(f"{'ok  ' if right else 'FAIL'} {what}", flush=True)


def main() -> int:
    """Checks all pages, or writes them; returns the exit code."""
    if sys.argv[1:] == ["--write"]:
        for page in PAGES:
            write(page)
        return 0
    passed, failed = (sum(counts) for counts in zip(*map(check, PAGES), strict=True))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
