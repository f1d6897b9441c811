#!/usr/bin/env python3
"""Mutation testing: PIT makes small changes in the code, and the quick tests must fail for each.

Tests the packages that are named as arguments, or all. Prints how many mutants the tests of each package kill, and
compares the survivors with ci/survivors.txt, which gives a reason for each. Fails if a survivor is not listed, or if
the tests of a package kill fewer than 90 %. Mutants that time out are counted separately, because on a busy machine a
mutant that is only slow times out too.
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

# Slow tests that PIT does not run, because quicker tests kill as many mutants.
SLOW = {
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

# Tests in other packages that also check a package.
FURTHER = {
    "model": ["parity.FreshModelTest", "parity.PaddedBatchTest", "generation.CachedExecutorTest"],
    "checkpoint": ["parity.FreshModelTest"],
}


@dataclass(frozen=True)
class Run:
    """One run of PIT: the classes of a package to mutate, and properties for Maven."""

    classes: tuple[str, ...] = ("*",)
    settings: tuple[str, ...] = ()


# Packages that need several runs. A mutant counts as killed if any of the runs kills it.
RUNS = {
    "kernels": [
        # Without WarmUp and LoopKind: they decide when vector loops run, which changes only the speed.
        Run(
            settings=(
                "-Dpit.timeout=8000",
                "-Dpit.compiler=1",
                "-DexcludedClasses=dev.touchstone.kernels.WarmUp*,dev.touchstone.kernels.LoopKind*",
            )
        ),
        # A machine runs only the code for its own vector width; a narrower width covers some of the other code.
        Run(
            classes=("VectorTiles", "VectorStream"),
            settings=("-Dpit.timeout=8000", "-Dpit.compiler=1", "-Dpit.vectorSize=16"),
        ),
    ],
}

Mutant = tuple[str, str]  # the method, such as Bpe.merge, and the change


def mutants_of(package: str) -> list[ElementTree.Element]:
    """Every mutant of a package, with its best status in any run."""
    best: dict[tuple[str, ...], ElementTree.Element] = {}
    for number, settings in enumerate(RUNS.get(package, [Run()])):
        for mutant in run(package, number, settings):
            key = identity(mutant)
            if key not in best or rank(mutant) < rank(best[key]):
                best[key] = mutant
    return list(best.values())


def rank(mutant: ElementTree.Element) -> int:
    """A number for the status of a mutant; lower is better."""
    return {"KILLED": 0, "TIMED_OUT": 1}.get(mutant.get("status") or "", 2)


def identity(mutant: ElementTree.Element) -> tuple[str, ...]:
    """A key that is the same for the same mutant in another run."""
    tags = ["mutatedClass", "mutatedMethod", "methodDescription", "lineNumber", "mutator"]
    return (*(mutant.findtext(tag) or "" for tag in tags), *(i.text or "" for i in mutant.iterfind("indexes/index")))


def run(package: str, number: int, options: Run) -> ElementTree.Element:
    """Runs PIT once and returns its report: the mutants and their statuses."""
    classes = ",".join(f"dev.touchstone.{package}.{name}" for name in options.classes)
    excluded = ",".join(f"dev.touchstone.{package}.{test}" for test in SLOW[package])
    tests = ",".join(f"dev.touchstone.{test}" for test in [f"{package}.*", *FURTHER.get(package, [])])
    command = [
        "mvn",
        "--quiet",
        "--batch-mode",
        "-Ppit",
        f"-Dpit.package={package}",
        f"-Dpit.classes={classes}",
        f"-Dpit.tests={tests}",
        f"-DexcludedTestClasses={excluded}",
        *options.settings,
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
    """The method that was changed, and the change."""

    def text(tag: str) -> str:
        return mutant.findtext(tag) or ""

    return text("mutatedClass").rsplit(".", 1)[1] + "." + text("mutatedMethod"), text("description")


def listed() -> Counter[Mutant]:
    """The survivors listed in ci/survivors.txt, one a line: `method | change | count | reason`."""
    survivors: Counter[Mutant] = Counter()
    for line in SURVIVORS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            method, change, count, _ = (column.strip() for column in line.split("|"))
            survivors[method, change] += int(count)
    return survivors


def judge(package: str, known: Counter[Mutant]) -> bool:
    """Tests and prints one package; returns whether enough mutants are killed and all survivors are listed."""
    mutants = mutants_of(package)
    statuses = Counter(mutant.get("status") for mutant in mutants)
    timed_out = statuses["TIMED_OUT"]
    completed = len(mutants) - timed_out
    share = statuses["KILLED"] / completed
    print(f"{package}: {completed} mutants, {statuses['KILLED']} killed, {100 * share:.1f} %; {timed_out} timed out")
    survivors = Counter(name(mutant) for mutant in mutants if mutant.get("status") not in ("KILLED", "TIMED_OUT"))
    for (method, change), count in sorted((survivors - known).items()):
        lines = [m.findtext("lineNumber") or "" for m in mutants if name(m) == (method, change)]
        print(f"  not listed: {method} | {change} | {count} | lines {', '.join(lines)}")
    return share >= LEAST and not survivors - known


def main(packages: list[str]) -> int:
    """Tests all packages, also after one has failed; returns the exit code."""
    known = listed()
    verdicts = [judge(package, known) for package in packages or SLOW]
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
