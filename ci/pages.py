"""Checks in a browser every page that Touchstone writes: the parity report, the bug zoo, the benchmark report, and the
pages of compare, explain and the scoreboard, with ordinary, large, small and hostile data.

Each page is opened in light and dark mode, at phone and desktop width; as many pages at a time as there are processors.
page_rules.py has the checks that all pages must pass, page_checks.py those of each kind. Three pages must have been
written by `mvn verify`. Needs Chromium and the packages of python/requirements.txt, so run it with ci/python.sh.
Arguments select the pages whose names contain one of them.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import page_checks
import scoreboard_page
from browser import chromium
from page_rules import Watch, check_rules
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "target"
PAGES = TARGET / "pages"
SCREENS = {"phone": {"width": 390, "height": 844}, "wide": {"width": 1400, "height": 900}}
SCHEMES = ("light", "dark")
# Where pages are not only opened but used: each scheme and each screen once.
USED = {("light", "wide"), ("dark", "phone")}
# Together they have each kind of position encoding and of block.
FAMILIES = ("exercise", "tiny-bloom", "tiny-gemma2", "tiny-gpt-neox")
IDS = ",".join(map(str, range(300, 500)))
WORDS = " ".join(["Once upon a time there was a king who had three daughters"] * 15)
MOST_BYTES = 10_000_000

Check = Callable[[Page], None]


def check_page(name: str, file: Path) -> None:
    """Opens a page in each colour scheme and screen size, and checks it. In a process of its own."""
    with chromium() as browser:
        opens(browser, file, ALL_PAGES[name][1])
    print(f"ok   {file.relative_to(ROOT)}", flush=True)


def opens(browser: Browser, file: Path, check: Check) -> None:
    """Opens a page in each colour scheme and screen size, checks it, and uses it in some of them."""
    backgrounds = set()
    for scheme in SCHEMES:
        for screen, size in SCREENS.items():
            context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
            page = context.new_page()
            watch, where = Watch(page, file.as_uri()), f"{file.name}, {scheme}, {screen}"
            page.goto(file.as_uri())
            check_rules(page, where)
            if (scheme, screen) in USED:
                check(page)
                check_rules(page, f"{where}, after use")
            assert not watch.problems, f"{where}: {watch.problems}"
            backgrounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
            context.close()
    without_script(browser, file)
    assert len(backgrounds) == len(SCHEMES), f"{file.name} has the same background in light and dark: {backgrounds}"


def without_script(browser: Browser, file: Path) -> None:
    """Without JavaScript a page shows results, or says where they are."""
    context = browser.new_context(viewport=SCREENS["phone"], java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    shown = page.locator("body").inner_text()
    assert "JavaScript" in shown or page.locator("script").count() == 0, f"{file.name} says nothing without JavaScript"
    context.close()


def index() -> Path:
    """Writes the index of all pages."""
    for folder in (PAGES, TARGET):
        subprocess.run([ROOT / "touchstone", "pages", folder], stdout=subprocess.DEVNULL, check=True)
    return TARGET / "index.html"


def touchstone(name: str, *arguments: object, code: int = 0) -> Path:
    """Runs the launcher with `--html`; returns the page it wrote. Fails if the exit code is another one."""
    file = PAGES / f"{name}.html"
    command = [ROOT / "touchstone", *map(str, arguments), "--quiet", "--html", file]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    assert done.returncode == code, f"touchstone {arguments} exited with {done.returncode}"
    assert file.stat().st_size < MOST_BYTES
    return file


def wrong() -> Path:
    """Writes the parity report of a trace that has a bug."""
    trace, fixture = PAGES / "numpy.safetensors", ROOT / "fixtures" / "tiny-gpt2"
    example = ROOT / "python" / "examples" / "gpt2_numpy.py"
    subprocess.run([sys.executable, example, fixture, "text", trace, "--bug", "epsilon"], check=True)
    return touchstone("wrong", "parity", "--ours", trace, fixture, code=1)


def verified(page: str) -> Path:
    """A page that `mvn verify` wrote."""
    assert json.loads((TARGET / "parity" / "report.json").read_text())["totals"]["failed"] == 0
    return TARGET / page / "index.html"


def explain(name: str, prompt: str, *options: object) -> tuple[Callable[[], Path], Check]:
    """How to write and check the page of `explain` for a prompt."""
    return lambda: touchstone(name, "explain", "--prompt", prompt, *options), page_checks.with_prompt(prompt)


def family(name: str) -> tuple[Callable[[], Path], Check]:
    """How to write and check the page of `explain` for a fixture."""
    options = ("--model", ROOT / "fixtures" / name, "--prompt-ids", "1,2,3,4,5,6,7", "--max-new-tokens", 4)
    return lambda: touchstone(f"explain-{name}", "explain", *options), page_checks.explained


def compare(name: str, *options: object) -> tuple[Callable[[], Path], Check]:
    """How to write and check the page of `compare`."""
    return lambda: touchstone(name, "compare", *options), page_checks.plot


ALL_PAGES: dict[str, tuple[Callable[[], Path], Check]] = {
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
    "scoreboard": (lambda: scoreboard_page.write(PAGES / "scoreboard.html"), page_checks.scoreboard),
    **{f"explain-{name}": family(name) for name in FAMILIES},
    "index": (index, page_checks.index),
}


def main() -> None:
    """Writes the pages, except those of `mvn verify`, and checks them."""
    PAGES.mkdir(parents=True, exist_ok=True)
    chosen = [name for name in ALL_PAGES if not sys.argv[1:] or any(word in name for word in sys.argv[1:])]
    assert chosen, f"no page has {sys.argv[1:]} in its name; the pages are: {', '.join(ALL_PAGES)}"
    # All pages are written first, since the index lists them.
    files = [ALL_PAGES[name][0]() for name in chosen]
    with ProcessPoolExecutor() as processes:
        list(processes.map(check_page, chosen, files))


if __name__ == "__main__":
    main()
