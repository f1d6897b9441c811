"""Writes ci/story.svg, the README's animation of a terminal, from a recorded run with the time of each token.

With --check, compares the text of the existing animation with the current output of the same command, ignoring times
and speeds. Runs on Linux and macOS, and needs no Python packages.
"""

import re
import subprocess
import sys
from html import escape, unescape

from terminal import ROOT, Terminal

PICTURE = ROOT / "ci" / "story.svg"
COMMAND = (
    './touchstone generate --prompt "There was once a king" --temperature 0.6 --top-p 0.9 --seed 6 --max-new-tokens 110'
)
LIGHTS = ("#ff5f57", "#febc2e", "#28c840")
TIMES = re.compile(r"\d+(\.\d+)? (?=s\b|tokens/s)")
STYLE = re.compile(r"\x1b\[(\d*)m")
COLUMNS = 96
CELL, LINE, MARGIN, TITLE = 8.43, 20, 18, 34
CSS = """
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d7dae0;
  white-space: pre }
.prompt { fill: #7ee787 } .b { font-weight: bold; fill: #fff } .note { fill: #9aa1ac }
@keyframes appear { from { visibility: hidden } to { visibility: visible } }
.t { animation: appear 1ms backwards }
@media (prefers-reduced-motion: reduce) { .t { animation: none } }
"""


def record() -> list[tuple[float, str]]:
    """Runs the command in a terminal; returns what it printed, with the time in seconds."""
    subprocess.run([ROOT / "touchstone", "--version"], check=True, stdout=subprocess.DEVNULL)  # builds it if necessary
    terminal = Terminal(["bash", "-c", COMMAND])
    pieces = [(at, text.replace("\r\n", "\n")) for at, text in terminal.read()]
    if terminal.close() != 0:
        sys.exit(f"{COMMAND} failed: {pieces!r}")
    return pieces


def cells(pieces: list[tuple[float, str]]) -> list[tuple[int, int, float, str, str]]:
    """Row, column, time, style and text of each run of characters, wrapped as a terminal wraps them."""
    row, column, style = 0, 0, ""
    found: list[tuple[int, int, float, str, str]] = []
    for at, text in pieces:
        for piece in re.split(r"(\n|\x1b\[\d*m)", text):
            code = STYLE.fullmatch(piece)
            if code:
                style = "b" if code.group(1) == "1" else ""
            elif piece == "\n":
                row, column = row + 1, 0
            while piece and not code and piece != "\n":
                fits = piece[: COLUMNS - column]
                if fits:
                    found.append((row, column, at, style, fits))
                piece, column = piece[len(fits) :], column + len(fits)
                if piece:
                    row, column = row + 1, 0
    return found


def picture(pieces: list[tuple[float, str]]) -> str:
    """The terminal as an SVG: the command and its output."""
    typed = [(row, column, 0.0, "", text) for row, column, _, _, text in cells([(0.0, f"$ {COMMAND}")])]
    below = typed[-1][0] + 1
    output = [(row + below, column, at, style, text) for row, column, at, style, text in cells(pieces)]
    last = max(row for row, *_ in output)
    lines = []
    for row, column, at, style, text in typed + output:
        x, y = MARGIN + column * CELL, TITLE + MARGIN + row * LINE
        kind = " ".join(filter(None, ["t" if at else "", "note" if row == last else style]))
        attributes = (f' class="{kind}"' if kind else "") + (f' style="animation-delay:{at:.2f}s"' if at else "")
        width = f'textLength="{len(text) * CELL:.1f}"'
        lines.append(f'<text x="{x:.1f}" y="{y}" {width}{attributes} data-row="{row}">{escape(text, False)}</text>')
    width, height = round(2 * MARGIN + COLUMNS * CELL), TITLE + MARGIN + last * LINE + MARGIN
    lights = "".join(f'<circle cx="{20 + 20 * i}" cy="17" r="6" fill="{light}"/>' for i, light in enumerate(LIGHTS))
    size = f'width="{width}" height="{height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}">',
            f"<title>A terminal: {escape(COMMAND, False)}</title>",
            f"<style>{CSS}</style>",
            f'<rect {size} rx="10" fill="#16181d"/>{lights}',
            *lines,
            "</svg>\n",
        ]
    )


def text(svg: str) -> str:
    """The text of an SVG, row by row, with # for times and speeds."""
    rows: dict[str, str] = {}
    for row, content in re.findall(r'data-row="(\d+)">([^<]*)</text>', svg):
        rows[row] = rows.get(row, "") + unescape(content)
    return TIMES.sub("# ", "\n".join(rows.values()))


def main() -> int:
    """Writes the SVG or compares it; returns the exit code."""
    svg = picture(record())
    if sys.argv[1:] != ["--check"]:
        PICTURE.write_text(svg, encoding="utf-8")
        print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size} bytes")
        return 0
    shown, printed = text(PICTURE.read_text(encoding="utf-8")), text(svg)
    if shown == printed:
        print(f"ok   {PICTURE.relative_to(ROOT)} shows the current output")
        return 0
    print(f"{PICTURE.relative_to(ROOT)} shows:", shown, "the command prints:", printed, sep="\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
