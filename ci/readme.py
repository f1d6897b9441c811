#!/usr/bin/env python3
"""Runs every command in README.md and CONTRIBUTING.md and compares its output with the output shown there.

In a block marked `console`, a line that starts with `$ ` is a command, and the lines up to the next command are its
output. A line `...` matches any number of lines, `...` at the end of a line matches the rest of the line, and `+` after
a number matches that number and larger ones. Times and speeds are not compared. `mvn verify` is not run again: its
output is read from the file that ci/verify.sh saved. A block marked `sh` has no output; each of its commands must be a
step of .ci/run or be listed in NOT_RUN with a reason. A block of Java must be quoted from the sources, unless it starts
with an import: such a block is a program, which ReadmeTest runs. A block of Python must be quoted from python/examples,
except for the client of the server, which ci/clients.sh runs.

With --write the output is replaced in both files, except where it has `...` or `+`.
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
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
JAVA = re.compile(r"^```java\n(.*?)^```$", re.MULTILINE | re.DOTALL)
AT_LEAST = re.compile(r"(\d[\d,]*)\+")
NOT_RUN = {
    "ci/scoreboard.sh": "takes an hour",
    "ci/scoreboard.sh --speeds": "needs the results of the run that takes an hour",
    "ci/bench.sh --quick": "takes half an hour, and the page shows no output of it",
    "ci/regenerate.sh --check": "takes half an hour; .ci/run has it with --part, which recomputes a part of the walks",
    "ci/regenerate.sh --gguf": "writes fixtures; ci/regenerate.sh --check computes them again and compares",
}
# An empty cache, so that the output does not depend on the models on this machine.
SETTINGS = {"HF_HUB_CACHE": str(ROOT / "target" / "no-models")}
# The path of the program that jpackage builds on other systems.
IMAGES = {"darwin": "touchstone.app/Contents/MacOS/touchstone", "win32": "touchstone/touchstone.exe"}
FAILURE = "exit code "


def commands(readme: str) -> list[tuple[str, list[str]]]:
    """Each command and the lines that it must print."""
    found: list[tuple[str, list[str]]] = []
    for block in BLOCK.finditer(readme):
        for line in block.group(1).splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def agrees(expected: list[str], printed: list[str]) -> bool:
    """Whether the printed lines match the expected ones; `...` does not match a line with an exit code."""
    if not expected:
        return not printed
    if expected[0] == "...":
        skipped = (i for i in range(len(printed) + 1) if not any(line.startswith(FAILURE) for line in printed[:i]))
        return any(agrees(expected[1:], printed[i:]) for i in skipped)
    return bool(printed) and agrees_line(expected[0], printed[0]) and agrees(expected[1:], printed[1:])


def agrees_line(expected: str, printed: str) -> bool:
    """Whether a printed line matches, ignoring times and speeds; a number before `+` is a minimum."""
    least = [number(found) for found in AT_LEAST.findall(expected)]
    start = without_times(expected.removesuffix("..."))
    pieces = AT_LEAST.split(start)
    pattern = "".join(r"(\d[\d,]*)" if i % 2 else re.escape(piece) for i, piece in enumerate(pieces))
    found = re.match(pattern + ("" if expected.endswith("...") else "$"), without_times(printed))
    return found is not None and all(number(n) >= m for n, m in zip(found.groups(), least, strict=True))


def number(text: str) -> int:
    """The value of a number with commas."""
    return int(text.replace(",", ""))


def without_times(line: str) -> str:
    """The line with # for times and speeds."""
    return TIMES.sub("# ", line.rstrip())


def shown(command: str) -> list[str]:
    """The lines that a command prints, without white space at their ends."""
    return [line.rstrip() for line in output(command).splitlines()]


def output(command: str) -> str:
    """The output of a command; a line with the exit code follows if it is not 0."""
    if command == "mvn verify":
        return VERIFY_LOG.read_text(encoding="utf-8")
    # Keeps the reports that `mvn verify` wrote.
    command = command.replace("mvn --quiet test", "mvn --quiet test -Dtouchstone.reports=target/readme")
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
    """Replaces the output of each command in a page by its current output."""
    old = page.read_text(encoding="utf-8")

    def renewed(block: re.Match[str]) -> str:
        lines = []
        for command, expected in commands(block.group()):
            text = "\n".join(expected)
            lines += [f"$ {command}", *(expected if "..." in text or AT_LEAST.search(text) else shown(command))]
        return "\n".join(["```console", *lines, "```"])

    page.write_text(BLOCK.sub(renewed, old), encoding="utf-8")


def check(page: Path) -> tuple[int, int]:
    """Checks all blocks of a page; returns how many checks passed and failed."""
    text = page.read_text(encoding="utf-8")
    results = [check_command(command, expected) for command, expected in commands(text)]
    results += [check_script(line) for block in SCRIPT.findall(text) for line in block.splitlines()]
    results += [check_java(block) for block in JAVA.findall(text) if not block.startswith("import ")]
    results += [check_python(block) for block in PYTHON.findall(text) if not block.startswith("from openai ")]
    return results.count(True), results.count(False)


def check_command(command: str, expected: list[str]) -> bool:
    """Runs a command and compares its output."""
    printed = shown(command)
    right = agrees(expected, printed)
    print_result(right, f"$ {command}")
    if not right:
        print("expected:", *expected, "printed:", *printed, sep="\n  ", flush=True)
    return right


def check_script(line: str) -> bool:
    """Checks that a command is a step of .ci/run or is listed in NOT_RUN."""
    command = line.partition("#")[0].strip()
    steps = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    right = command in NOT_RUN or re.search(rf"step {re.escape(command)}( ;;)?\n", steps) is not None
    reason = NOT_RUN.get(command, "a step of .ci/run" if right else "not a step of .ci/run")
    print_result(right, f"{command}: {reason}")
    return right


def check_java(block: str) -> bool:
    """Checks that a block of Java is quoted from the sources; white space may differ."""
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.java"))
    quoted = " ".join(block.split())
    right = any(quoted in " ".join(source.split()) for source in sources)
    print_result(right, f"Java: {block.splitlines()[0]} ...")
    return right


def check_python(block: str) -> bool:
    """Checks that a block of Python is quoted from an example."""
    quoted = any(block in path.read_text(encoding="utf-8") for path in (ROOT / "python" / "examples").glob("*.py"))
    print_result(quoted, f"Python: {block.splitlines()[0]} ...")
    return quoted


def print_result(right: bool, what: str) -> None:
    """Prints one line for a check."""
    print(f"{'ok  ' if right else 'FAIL'} {what}", flush=True)


def main() -> int:
    """Checks or writes all pages; returns the exit code."""
    if sys.argv[1:] == ["--write"]:
        for page in PAGES:
            write(page)
        return 0
    passed, failed = (sum(counts) for counts in zip(*map(check, PAGES), strict=True))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
