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
    "kernels": ["LogitsDigestTest"],
}

# Tests of other packages that check a package too.
FURTHER = {
    "model": ["parity.FreshModelTest", "parity.PaddedBatchTest", "generation.CachedExecutorTest"],
    "checkpoint": ["parity.FreshModelTest"],
}

Mutant = tuple[str, str]  # where, such as Bpe.merge, and what


def run(package: str) -> ElementTree.Element:
    """Every mutant of a package, and what became of it."""
    without = ",".join(f"dev.touchstone.{package}.{test}" for test in WITHOUT[package])
    tests = ",".join(f"dev.touchstone.{test}" for test in [f"{package}.*", *FURTHER.get(package, [])])
    command = [
        "mvn",
        "--quiet",
        "--batch-mode",
        "-Ppit",
        f"-Dpit.package={package}",
        f"-Dpit.tests={tests}",
        f"-DexcludedTestClasses={without}",
    ]
    goals = ["test-compile", "org.pitest:pitest-maven:mutationCoverage"]
    log = ROOT / "target" / f"pit-{package}.log"
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
    mutants = run(package)
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
