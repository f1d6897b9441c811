#!/usr/bin/env python3
"""Mutation testing: PIT plants small bugs in the code, and the quick tests must notice them.

Runs package by package, all of them or those named, prints how many mutants each kills, and compares the survivors
with ci/survivors.txt, where each has a reason. Fails on one that is not listed, and below 90 % in a package. Mutants
that never end are counted apart: on a machine with other work, one that is only slow would look the same.
"""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "target" / "pit-reports" / "mutations.xml"
SURVIVORS = ROOT / "ci" / "survivors.txt"
LEAST = 0.90

# What takes long: quicker tests kill as much.
WITHOUT = {
    "tokenizer": ["FamilyTokenizersTest", "Gpt2OracleTest", "LongTextTest", "NormalizerTest"],
    "generation": ["GenerationGoldenTest", "SameTextTest", "SpeculativeSamplingTest", "CacheMemoryTest"],
    "model": ["SameBitsOnVectorsTest"],
    "checkpoint": [],
    "kernels": [
        "LogitsDigestTest",
        "VectorKernelsTest",
        "LayerNormLawsTest",
        "RotationLawsTest",
        "SoftmaxLawsTest",
    ],
}

# Tests of other packages that check a package too.
FURTHER = {
    "model": ["parity.FreshModelTest", "parity.PaddedBatchTest", "generation.CachedExecutorTest"],
    "checkpoint": ["parity.FreshModelTest"],
}


@dataclass(frozen=True)
class Run:
    """What PIT does at once: mutants of some classes of a package, and java's settings."""

    classes: tuple[str, ...] = ("*",)
    settings: tuple[str, ...] = ()


# Where all at once will not do: a mutant that any of the runs kills is killed.
RUNS = {
    "kernels": [
        # Not WarmUp and the kinds of loops: they decide when vector loops run, which changes speed and nothing else.
        Run(
            settings=(
                "-Dpit.timeout=8000",
                "-Dpit.compiler=1",
                "-DexcludedClasses=dev.touchstone.kernels.WarmUp*,dev.touchstone.kernels.LoopKind*",
            )
        ),
        # A machine runs the code for vectors of its width; with narrow ones it runs some of the rest.
        Run(
            classes=("VectorTiles", "VectorStream"),
            settings=("-Dpit.timeout=8000", "-Dpit.compiler=1", "-Dpit.vectorSize=16"),
        ),
    ],
}

Mutant = tuple[str, str]  # where, such as Bpe.merge, and what


def mutants_of(package: str) -> list[ElementTree.Element]:
    """Every mutant of a package, with the best that became of it in any run."""
    best: dict[tuple[str, ...], ElementTree.Element] = {}
    for number, todo in enumerate(RUNS.get(package, [Run()])):
        for mutant in run(package, number, todo):
            at = identity(mutant)
            if at not in best or rank(mutant) < rank(best[at]):
                best[at] = mutant
    return list(best.values())


def rank(mutant: ElementTree.Element) -> int:
    """The lower, the better for the tests."""
    return {"KILLED": 0, "TIMED_OUT": 1}.get(mutant.get("status") or "", 2)


def identity(mutant: ElementTree.Element) -> tuple[str, ...]:
    """What a mutant has in common with itself in another run."""
    tags = ["mutatedClass", "mutatedMethod", "methodDescription", "lineNumber", "mutator"]
    return (*(mutant.findtext(tag) or "" for tag in tags), *(i.text or "" for i in mutant.iterfind("indexes/index")))


def run(package: str, number: int, todo: Run) -> ElementTree.Element:
    """The mutants of one run, and what became of them."""
    classes = ",".join(f"dev.touchstone.{package}.{name}" for name in todo.classes)
    without = ",".join(f"dev.touchstone.{package}.{test}" for test in WITHOUT[package])
    tests = ",".join(f"dev.touchstone.{test}" for test in [f"{package}.*", *FURTHER.get(package, [])])
    command = [
        "mvn",
        "--quiet",
        "--batch-mode",
        "-Ppit",
        f"-Dpit.package={package}",
        f"-Dpit.classes={classes}",
        f"-Dpit.tests={tests}",
        f"-DexcludedTestClasses={without}",
        *todo.settings,
    ]
    goals = ["test-compile", "org.pitest:pitest-maven:mutationCoverage"]
    log = ROOT / "target" / f"pit-{package}-{number}.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("w", encoding="utf-8") as out:
        code = subprocess.run([*command, *goals], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out).returncode
    if code != 0:
        sys.exit(f"{package}: PIT ended with {code}; see {log}")
    return ElementTree.parse(REPORT).getroot()


def name(mutant: ElementTree.Element) -> Mutant:
    """Where it was planted, and what."""

    def text(tag: str) -> str:
        return mutant.findtext(tag) or ""

    return text("mutatedClass").rsplit(".", 1)[1] + "." + text("mutatedMethod"), text("description")


def listed() -> Counter[Mutant]:
    """The survivors that have a reason: lines `where | what | how many | reason`."""
    survivors: Counter[Mutant] = Counter()
    for line in SURVIVORS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            where, what, count, _ = (part.strip() for part in line.split("|"))
            survivors[where, what] += int(count)
    return survivors


def judge(package: str, known: Counter[Mutant]) -> bool:
    """Whether enough mutants of a package are killed, and every survivor is known; prints both."""
    mutants = mutants_of(package)
    fates = Counter(mutant.get("status") for mutant in mutants)
    endless = fates["TIMED_OUT"]
    ended = len(mutants) - endless
    share = fates["KILLED"] / ended
    print(f"{package}: {ended} mutants, {fates['KILLED']} killed, {100 * share:.1f} %; {endless} more never end")
    survivors = Counter(name(mutant) for mutant in mutants if mutant.get("status") not in ("KILLED", "TIMED_OUT"))
    for (where, what), count in sorted((survivors - known).items()):
        lines = [m.findtext("lineNumber") or "" for m in mutants if name(m) == (where, what)]
        print(f"  not listed: {where} | {what} | {count} | among lines {', '.join(lines)}")
    return share >= LEAST and not survivors - known


def main(packages: list[str]) -> int:
    """All of the packages, whatever becomes of the first."""
    known = listed()
    verdicts = [judge(package, known) for package in packages or WITHOUT]
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
