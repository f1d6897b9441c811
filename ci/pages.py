"""Opens every page that Touchstone writes in a real browser: the parity report, the bug zoo, the plot of compare, a run
explained, the benchmarks; with ordinary data, and with more, less and worse of it.

Each is opened in light and in dark, on a phone's screen and on a wide one; page_rules.py has what all of them must be,
page_checks.py what each must do. `mvn verify` has written three of them. Needs Chromium and the packages of
python/requirements.txt: run it by ci/python.sh. With words, it opens only the pages with one of them in their name.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import page_checks
from browser import chromium
from page_rules import Watch, check_rules
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "target"
PAGES = TARGET / "pages"
SCREENS = {"phone": {"width": 390, "height": 844}, "wide": {"width": 1400, "height": 900}}
SCHEMES = ("light", "dark")
# Each kind of position encoding and of block.
FAMILIES = ("exercise", "tiny-bloom", "tiny-gemma2", "tiny-gpt-neox")
IDS = ",".join(map(str, range(300, 500)))
WORDS = " ".join(["Once upon a time there was a king who had three daughters"] * 15)
MOST_BYTES = 10_000_000

Check = Callable[[Page], None]


def opens(browser: Browser, file: Path, check: Check) -> None:
    """Opens a page in every light and on every screen, and checks it there."""
    grounds = set()
    for scheme in SCHEMES:
        for screen, size in SCREENS.items():
            context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
            page = context.new_page()
            watch, where = Watch(page, file), f"{file.name}, {scheme}, {screen}"
            page.goto(file.as_uri())
            check_rules(page, where)
            check(page)
            check_rules(page, f"{where}, after use")
            assert not watch.trouble, f"{where}: {watch.trouble}"
            grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
            context.close()
    assert len(grounds) == len(SCHEMES), f"{file.name} is the same in light and dark: {grounds}"
    print(f"ok   {file.relative_to(ROOT)}", flush=True)


def touchstone(name: str, *arguments: object, code: int = 0) -> Path:
    """Runs the launcher, which must write a page of this name and exit with this code."""
    file = PAGES / f"{name}.html"
    command = [ROOT / "touchstone", *map(str, arguments), "--quiet", "--html", file]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    assert done.returncode == code, f"touchstone {arguments} exited with {done.returncode}"
    assert file.stat().st_size < MOST_BYTES
    return file


def wrong() -> Path:
    """A report of a trace with a mistake in it."""
    trace, fixture = PAGES / "numpy.safetensors", ROOT / "fixtures" / "tiny-gpt2"
    example = ROOT / "python" / "examples" / "gpt2_numpy.py"
    subprocess.run([sys.executable, example, fixture, "text", trace, "--bug", "epsilon"], check=True)
    return touchstone("wrong", "parity", "--ours", trace, fixture, code=1)


def verified(page: str) -> Path:
    """A page that `mvn verify` has written."""
    assert json.loads((TARGET / "parity" / "report.json").read_text())["totals"]["failed"] == 0
    return TARGET / page / "index.html"


def explain(name: str, prompt: str, *options: object) -> tuple[Callable[[], Path], Check]:
    """A run with a prompt."""
    return lambda: touchstone(name, "explain", "--prompt", prompt, *options), page_checks.with_prompt(prompt)


def family(name: str) -> tuple[Callable[[], Path], Check]:
    """A run of a fixture."""
    options = ("--model", ROOT / "fixtures" / name, "--prompt-ids", "1,2,3,4,5,6,7", "--max-new-tokens", 4)
    return lambda: touchstone(f"explain-{name}", "explain", *options), page_checks.explained


def compare(name: str, *options: object) -> tuple[Callable[[], Path], Check]:
    """A comparison of several ways to continue a prompt."""
    return lambda: touchstone(name, "compare", *options), page_checks.plot


EVERY: dict[str, tuple[Callable[[], Path], Check]] = {
    "parity": (lambda: verified("parity"), page_checks.report),
    "zoo": (lambda: verified("zoo"), page_checks.zoo),
    "bench": (lambda: verified("bench-sample"), page_checks.bench),
    "wrong": (wrong, page_checks.wrong_report),
    "few": (lambda: touchstone("few", "parity", ROOT / "fixtures" / "exercise"), page_checks.report),
    "compare": compare("compare", "--prompt", "Once", "--max-new-tokens", 40, "--prompt-lookup"),
    "compare-words": compare("compare-words", "--prompt", WORDS, "--max-new-tokens", 3),
    "explain": explain("explain", "What is machine learning?"),
    "explain-one": explain("explain-one", "a", "--max-new-tokens", 1),
    "explain-words": explain("explain-words", WORDS),
    "explain-hostile": explain("explain-hostile", page_checks.HOSTILE, "--max-new-tokens", 3),
    "explain-long": (lambda: touchstone("explain-long", "explain", "--prompt-ids", IDS), page_checks.quick),
    **{f"explain-{name}": family(name) for name in FAMILIES},
}


def main() -> None:
    """Writes what is not written yet, and checks all of it."""
    PAGES.mkdir(parents=True, exist_ok=True)
    chosen = [name for name in EVERY if not sys.argv[1:] or any(word in name for word in sys.argv[1:])]
    assert chosen, f"no page has {sys.argv[1:]} in its name, but these: {', '.join(EVERY)}"
    with chromium() as browser:
        for name in chosen:
            write, check = EVERY[name]
            opens(browser, write(), check)


if __name__ == "__main__":
    main()
