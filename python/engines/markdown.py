"""The table in the README."""

import re
from pathlib import Path
from typing import Any

from summary import WAYS, summary

MARKS = ("<!-- written by ci/scoreboard.sh -->", "<!-- end -->")
HEADS = ("engine", "setting", "taps", "error", "logits", "KL", "argmax", "text", *WAYS, "prefill", "decode", "memory")


def write_readme(result: dict[str, Any], readme: Path) -> None:
    """Replaces what is between the marks."""
    text = readme.read_text(encoding="utf-8")
    between = re.compile(f"(?<={re.escape(MARKS[0])}\n).*?(?={re.escape(MARKS[1])})", re.DOTALL)
    if not between.search(text):
        raise ValueError(f"{readme} does not have the line {MARKS[0]}")
    readme.write_text(between.sub(lambda _: table(result), text), encoding="utf-8")


def table(result: dict[str, Any]) -> str:
    """The machine, and one line for each engine that ran."""
    environment, models = result["environment"], result["models"]
    lines = [
        f"{environment['date']}, {environment['threads']} threads of an {environment['processor']}; models"
        f" {', '.join(models)}.",
        "",
        "| " + " | ".join(HEADS) + " |",
        "|" + "---|" * len(HEADS),
    ]
    rows = [summary(engine, models) for engine in result["engines"]]
    lines += ["| " + " | ".join(cells(row)) + " |" for row in rows if row["all_taps"] is not None]
    failed = [f"{row['engine']} {row['setting']} ({one})" for row in rows for one in row["failed"]]
    if failed:
        lines += ["", f"Not run: {'; '.join(failed)}."]
    return "\n".join(lines) + "\n"


def cells(row: dict[str, Any]) -> list[str]:
    """The cells of one line."""
    last = row["last"]
    figures = ["–"] * 3
    speed = ["–"] * 3
    if last is not None:
        argmax, text = last["argmax"], last["text"]
        figures = [
            f"{last['divergence']:.1e}",
            f"{argmax['same']}/{argmax['positions']}",
            f"{text['same']}/{text['of']}",
        ]
    if last is not None and last["speed"] is not None:
        one = last["speed"]
        speed = [
            *(
                "–" if number is None else f"{number:.{digits}f}"
                for number, digits in ((one["prefill"], 0), (one["decode"], 1))
            ),
            f"{one['memory'] / 2**20:.0f}",
        ]
    return [
        f"{row['engine']} {row['version']}",
        row["setting"],
        str(row["taps"]),
        ratio(row["all_taps"]),
        ratio(row["logits"]),
        *figures,
        *(way(row["ways"][name]) for name in WAYS),
        *speed,
    ]


def ratio(value: float) -> str:
    """With two decimals, or as a whole number if it is large."""
    return f"{value:.2f}" if value < 100 else f"{value:,.0f}"


def way(difference: float | None) -> str:
    """Whether the logits are equal, or else the largest difference."""
    return "–" if difference is None else "yes" if difference == 0 else f"{difference:.0e}"
