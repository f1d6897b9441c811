"""Makes ci/explain.png, the picture of a run explained in the README. Run it by ci/python.sh after a change."""

import subprocess
from pathlib import Path

from browser import chromium

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "target" / "pages" / "explain-picture.html"
PICTURE = ROOT / "ci" / "explain.png"
MOST_BYTES = 150_000
WIDTH = 1250


def main() -> None:
    """Writes the walk-through of a question and takes a picture of its blocks."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    prompt = "What is machine learning?"
    subprocess.run([ROOT / "touchstone", "explain", "--quiet", "--prompt", prompt, "--html", PAGE], check=True)
    with chromium() as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": 1000})
        page.goto(PAGE.as_uri())
        page.locator("#stage-4 input[type=range]").fill("1")
        page.locator("#stage-4 .map canvas").focus()
        page.evaluate("document.activeElement.blur()")
        page.locator("#stage-4").screenshot(path=PICTURE)
    size = PICTURE.stat().st_size
    assert size <= MOST_BYTES, f"{PICTURE} has {size} bytes, and a clone should stay small"
    print(f"{PICTURE.relative_to(ROOT)}: {size} bytes")


if __name__ == "__main__":
    main()
