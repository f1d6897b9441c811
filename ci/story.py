"""Makes ci/story.svg, the picture of a terminal in the README: a real run, each token appearing when it did.

With --check it compares instead: the picture must show what the same command prints now, times and speeds aside.
Needs a terminal of its own, so Linux or macOS; no package.
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
@keyframes told { from { visibility: hidden } to { visibility: visible } }
.t { animation: told 1ms backwards }
@media (prefers-reduced-motion: reduce) { .t { animation: none } }
"""


def record() -> list[tuple[float, str]]:
    """Runs the command in a terminal: what it printed, and after how many seconds."""
    subprocess.run([ROOT / "touchstone", "--version"], check=True, stdout=subprocess.DEVNULL)  # builds it if need be
    terminal = Terminal(["bash", "-c", COMMAND])
    pieces = [(at, text.replace("\r\n", "\n")) for at, text in terminal.read()]
    if terminal.close() != 0:
        sys.exit(f"{COMMAND} failed: {pieces!r}")
    return pieces


def cells(pieces: list[tuple[float, str]]) -> list[tuple[int, int, float, str, str]]:
    """Where a terminal puts them: row, column, second, style and text of each run of characters."""
    row, column, style = 0, 0, ""
    found: list[tuple[int, int, float, str, str]] = []
    for at, text in pieces:
        for part in re.split(r"(\n|\x1b\[\d*m)", text):
            code = STYLE.fullmatch(part)
            if code:
                style = "b" if code.group(1) == "1" else ""
            elif part == "\n":
                row, column = row + 1, 0
            while part and not code and part != "\n":
                fits = part[: COLUMNS - column]
                if fits:
                    found.append((row, column, at, style, fits))
                part, column = part[len(fits) :], column + len(fits)
                if part:
                    row, column = row + 1, 0
    return found


def picture(pieces: list[tuple[float, str]]) -> str:
    """The terminal as an SVG: the command, and below it what it printed."""
    typed = [(row, column, 0.0, "", text) for row, column, _, _, text in cells([(0.0, f"$ {COMMAND}")])]
    below = typed[-1][0] + 1
    told = [(row + below, column, at, style, text) for row, column, at, style, text in cells(pieces)]
    last = max(row for row, *_ in told)
    lines = []
    for row, column, at, style, text in typed + told:
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
    """What stands in a picture, row by row, times and speeds aside."""
    rows: dict[str, str] = {}
    for row, part in re.findall(r'data-row="(\d+)">([^<]*)</text>', svg):
        rows[row] = rows.get(row, "") + unescape(part)
    return TIMES.sub("# ", "\n".join(rows.values()))


def main() -> int:
    """Writes the picture, or compares it."""
    made = picture(record())
    if sys.argv[1:] != ["--check"]:
        PICTURE.write_text(made, encoding="utf-8")
        print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size} bytes")
        return 0
    shown, printed = text(PICTURE.read_text(encoding="utf-8")), text(made)
    if shown == printed:
        print(f"ok   {PICTURE.relative_to(ROOT)} shows what is printed")
        return 0
    print(f"{PICTURE.relative_to(ROOT)} shows", shown, "but this is printed:", printed, sep="\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
