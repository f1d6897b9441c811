"""The page of the scoreboard, made of the same parts as the other pages of Touchstone."""

import json
import re
from html import escape
from pathlib import Path
from typing import Any

from summary import conditions, name, summary

HERE = Path(__file__).resolve().parent
RESOURCES = HERE.parents[1] / "src" / "main" / "resources"
INCLUDE = re.compile(r"/\*INCLUDE (\S+)\*/|<!--INCLUDE (\S+)-->")
PLACE = re.compile(r"<!--PART (\w+)-->|/\*DATA\*/null")


def page(result: dict[str, Any]) -> str:
    """A page that needs no network, by the rules of Page.java."""
    rows = [summary(engine, result["models"]) for engine in result["engines"]]
    settings = sum(row["all_taps"] is not None for row in rows)
    parts = {
        "keywords": "",
        "title": "the scoreboard of engines",
        "description": f"scoreboard: {settings} engines and settings, {', '.join(result['models'])}",
        "table": table(rows),
        "conditions": escape(conditions(result)) if "speeds" in result else "Speeds were not measured.",
    }
    data = json.dumps(result | {"rows": rows}).replace("<", "\\u003c")
    return PLACE.sub(lambda place: parts[place.group(1)] if place.group(1) else data, resource("scoreboard.html"))


def resource(name: str) -> str:
    """A file in which the names of other files are replaced by their contents."""
    file = RESOURCES / name[1:] if name.startswith("/") else HERE / "page" / name
    text = file.read_text(encoding="utf-8").strip()
    return INCLUDE.sub(lambda found: resource(found.group(1) or found.group(2)), text)


def table(rows: list[dict[str, Any]]) -> str:
    """The errors, for readers without JavaScript."""
    lines = [
        f"<tr><td>{escape(name(row))}</td><td>{row['all_taps']:.3g}</td></tr>"
        for row in rows
        if row["all_taps"] is not None
    ]
    head = '<thead><tr><th scope="col">engine</th><th scope="col">error</th></tr></thead>'
    return f"<table>{head}<tbody>{''.join(lines)}</tbody></table>"
