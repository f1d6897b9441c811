"""The page of the scoreboard, made of the same parts as the other pages of Touchstone."""

import json
import re
from pathlib import Path
from typing import Any

from summary import summary

HERE = Path(__file__).resolve().parent
RESOURCES = HERE.parents[1] / "src" / "main" / "resources"
INCLUDE = re.compile(r"/\*INCLUDE (\S+)\*/")


def page(result: dict[str, Any]) -> str:
    """A page that needs no network. The names of resources are replaced by their contents."""

    def included(match: re.Match[str]) -> str:
        name = match.group(1)
        file = RESOURCES / name[1:] if name.startswith("/") else HERE / "page" / name
        return file.read_text(encoding="utf-8").strip()

    template = (HERE / "page" / "scoreboard.html").read_text(encoding="utf-8")
    rows = [summary(engine, result["models"]) for engine in result["engines"]]
    data = json.dumps(result | {"rows": rows}).replace("<", "\\u003c")
    return INCLUDE.sub(included, template).replace("/*DATA*/null", data)
