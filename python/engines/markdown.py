"""The tables in the README."""

import re
from pathlib import Path
from typing import Any

from summary import conditions, name, summary

MARKS = ("<!-- written by ci/scoreboard.sh -->", "<!-- end -->")
HEADS = ("engine", "taps", "error", "logits", "KL", "argmax", "text", "logits change with")
SPEEDS = (
    "Tokens a second of prefill and decode, with the ratio to Touchstone in parentheses (2.00 is twice as fast), and"
    " the largest memory of the process with the last model. Where an adapter has no cache, decode computes the whole"
    " sequence for each token."
)
WAYS = {
    "repeated": "repetition",
    "threads": "threads",
    "batch": "batch",
    "padding": "lengths",
    "chunks": "chunks",
    "cache": "cache",
}


def write_readme(result: dict[str, Any], readme: Path) -> None:
    """Replaces what is between the marks."""
    text = readme.read_text(encoding="utf-8")
    between = re.compile(f"(?<={re.escape(MARKS[0])}\n).*?(?={re.escape(MARKS[1])})", re.DOTALL)
    if not between.search(text):
        raise ValueError(f"{readme} does not have the line {MARKS[0]}")
    readme.write_text(between.sub(lambda _: tables(result), text), encoding="utf-8")


def tables(result: dict[str, Any]) -> str:
    """The machine and the versions, and a line of each table for each engine that ran."""
    environment, models = result["environment"], result["models"]
    rows = [summary(engine, models) for engine in result["engines"]]
    ran = [row for row in rows if row["all_taps"] is not None]
    versions = dict.fromkeys(f"{row['engine']} {row['version']}" for row in ran)
    lines = [
        f"{environment['date']}, {environment['threads']} threads of an {environment['processor']}; models"
        f" {', '.join(models)}; {'; '.join(versions)}.",
        "",
        *table(HEADS, [accuracy(row) for row in ran]),
    ]
    if "speeds" in result:
        timed = list(result["speeds"]["lengths"])
        heads = ["engine", *(f"{what}, {model}" for model in timed for what in ("prefill", "decode")), "MiB"]
        lines += [
            "",
            f"{SPEEDS} {conditions(result)}",
            "",
            *table(heads, [speed(row, timed) for row in ran if row["speeds"]]),
        ]
    failed = [f"{name(row)} with {one}" for row in rows for one in row["failed"]]
    if failed:
        lines += ["", f"Not run: {'; '.join(failed)}."]
    return "\n".join(lines) + "\n"


def table(heads: tuple[str, ...] | list[str], rows: list[list[str]]) -> list[str]:
    """The lines of a table."""
    return [
        "| " + " | ".join(heads) + " |",
        "|" + "---|" * len(heads),
        *("| " + " | ".join(row) + " |" for row in rows),
    ]


def accuracy(row: dict[str, Any]) -> list[str]:
    """The cells of the first table."""
    last, figures = row["last"], ["–"] * 3
    if last is not None:
        argmax, text = last["argmax"], last["text"]
        figures = [
            f"{last['divergence']:.0e}",
            f"{argmax['same']}/{argmax['positions']}",
            f"{text['same']}/{text['of']}",
        ]
    return [name(row), str(row["taps"]), ratio(row["all_taps"]), ratio(row["logits"]), *figures, changes(row["ways"])]


def changes(ways: dict[str, float | None]) -> str:
    """The ways to compute the logits that change them, with the largest differences, and how many ways there are."""
    known = {way: difference for way, difference in ways.items() if difference is not None}
    changed = ", ".join(f"{WAYS[way]} {difference:.0e}" for way, difference in known.items() if difference > 0)
    return f"{changed or 'nothing'} (of {len(known)})"


def speed(row: dict[str, Any], models: list[str]) -> list[str]:
    """The cells of the second table; the memory is that of the last model."""
    cells = [name(row)]
    for model in models:
        one = row["speeds"].get(model, {"error": ""})
        for what in ("prefill", "decode"):
            cells.append("–" if "error" in one else f"{rate(one[what])} ({one[f'{what}_ratio']:.2f})")
    last = row["speeds"].get(models[-1], {})
    return [*cells, f"{last['memory'] / 2**20:,.0f}" if "memory" in last else "–"]


def rate(value: float) -> str:
    """Tokens a second, with three digits or more."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def ratio(value: float) -> str:
    """With two decimals, or as a whole number if it is large."""
    return f"{value:.2f}" if value < 100 else f"{value:,.0f}"
