#!/usr/bin/env python3
"""Runs every command of README.md and compares what it prints with what the README says it prints.

A command stands in a block marked `console`, after `$ `; the lines up to the next command are its output. A line of
`...` stands for any lines, and `...` at the end of a line for the rest of it. Times and speeds are not compared, nor is
the line that Java adds about its incubator module. `mvn verify` is not run again: ci/verify.sh keeps what it printed.
`python3` is the Python that runs this. It needs NumPy, so let ci/python.sh run this. With --write the README gets what
was printed instead, except where it has `...`.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERIFY_LOG = ROOT / "target" / "verify.log"
TIMES = re.compile(r"\d+(\.\d+)? (?=s\b|ms\b|tokens/s|tokens a second)")
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOISE = "WARNING: Using incubator modules: jdk.incubator.vector"


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


def pattern(expected: list[str]) -> re.Pattern[str]:
    return re.compile("".join("(?:.*\n)*?" if line == "..." else pattern_of_line(line) for line in expected))


def pattern_of_line(line: str) -> str:
    start = line.removesuffix("...")
    return re.escape(without_times(start)) + (".*\n" if start != line else "\n")


def without_times(line: str) -> str:
    return TIMES.sub("# ", line.rstrip())


def shown(command: str) -> list[str]:
    """What a reader sees of it."""
    return [line.rstrip() for line in output(command).splitlines() if line != NOISE]


def output(command: str) -> str:
    if command == "mvn verify":
        return VERIFY_LOG.read_text(encoding="utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    text = done.stdout.decode("utf-8")
    return text if done.returncode == 0 else f"{text}exit code {done.returncode}\n"


def write(readme: Path) -> int:
    """Puts what each command prints now in the place of what the README says it prints."""
    text = readme.read_text(encoding="utf-8")

    def renewed(block: re.Match[str]) -> str:
        lines = []
        for command, expected in commands(block.group()):
            lines += [f"$ {command}", *(expected if "..." in "".join(expected) else shown(command))]
        return "\n".join(["```console", *lines, "```"])

    readme.write_text(BLOCK.sub(renewed, text), encoding="utf-8")
    return 0


def check(readme: Path) -> int:
    """Compares; returns the exit code."""
    found = commands(readme.read_text(encoding="utf-8"))
    failed = 0
    for command, expected in found:
        printed = shown(command)
        right = pattern(expected).fullmatch("".join(without_times(line) + "\n" for line in printed))
        print(f"{'ok  ' if right else 'FAIL'} $ {command}", flush=True)
        if not right:
            failed += 1
            print("the README says:", *expected, "it printed:", *printed, sep="\n  ", flush=True)
    print(f"{len(found) - failed} passed, {failed} failed")
    return 1 if failed or not found else 0


if __name__ == "__main__":
    sys.exit((write if sys.argv[1:] == ["--write"] else check)(ROOT / "README.md"))
