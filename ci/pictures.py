"""Takes the README's screenshots: ci/report.png, ci/overview.png and ci/explain.png.

Run it with ci/python.sh after a page changes.
"""

import subprocess
from collections.abc import Callable
from pathlib import Path

from browser import chromium
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "target" / "pages"
MOST_BYTES = 150_000
WIDTH = 1250


def screenshot(name: str, command: list[str | Path], take: Callable[[Page, Path], object]) -> None:
    """Writes ci/`name`.png: `command` writes the page, `take` opens the part to show and takes the screenshot."""
    page_file, file = PAGES / f"{name}-screenshot.html", ROOT / "ci" / f"{name}.png"
    PAGES.mkdir(parents=True, exist_ok=True)
    subprocess.run([ROOT / "touchstone", *command, "--quiet", "--html", page_file], check=True)
    with chromium() as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": 1000})
        page.goto(page_file.as_uri())
        take(page, file)
    size = file.stat().st_size
    assert size <= MOST_BYTES, f"{file} has {size} bytes, at most {MOST_BYTES} allowed to keep a clone small"
    print(f"{file.relative_to(ROOT)}: {size} bytes")


def report(page: Page, file: Path) -> None:
    """The parity map of two fixtures, and the errors of one tap."""
    page.locator("button.cell[title^='h.1.mlp.act:']").last.click()
    page.evaluate("scrollTo(0, 0)")
    start, end = page.locator("#maps").bounding_box(), page.locator("#detail svg").last.bounding_box()
    height = end["y"] + end["height"] + 8 - start["y"]
    page.screenshot(path=file, full_page=True, clip={**start, "height": height})


def overview(page: Page, file: Path) -> None:
    """The diagram of the model with the attention scores of a layer, as far down as the MLP."""
    page.get_by_label("Find a tap").fill("h.1.attn.scores")
    page.get_by_label("Find a tap").fill("")
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    start, end = page.locator("#overview").bounding_box(), page.locator("a.part[href='#h.0.ln_2']").bounding_box()
    page.screenshot(path=file, full_page=True, clip={**start, "height": end["y"] + end["height"] + 8 - start["y"]})


def explain(page: Page, file: Path) -> None:
    """One block of the model, as far down as the MLP."""
    page.locator("#stage-4 input[type=range]").fill("1")
    page.locator("#stage-4 .map canvas").focus()
    page.evaluate("document.activeElement.blur()")
    page.evaluate("scrollTo(0, 0)")
    start, end = page.locator("#stage-4").bounding_box(), page.locator("#stage-4 .pair").first.bounding_box()
    page.screenshot(path=file, full_page=True, clip={**start, "height": end["y"] + end["height"] + 16 - start["y"]})


if __name__ == "__main__":
    screenshot("report", ["parity", *(ROOT / "fixtures" / name for name in ("storyteller", "tiny-gpt2"))], report)
    screenshot("overview", ["explain", "--prompt", "What is machine learning?"], overview)
    screenshot("explain", ["explain", "--prompt", "What is machine learning?"], explain)
