"""Makes ci/report.png, the picture of the parity report in the README. Run it by ci/python.sh after a change."""

import subprocess
from pathlib import Path

from browser import chromium

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "target" / "pages" / "picture.html"
PICTURE = ROOT / "ci" / "report.png"
MOST_BYTES = 150_000
WIDTH = 1250


def main() -> None:
    """Writes the report of two fixtures and takes a picture of its upper part."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    fixtures = [ROOT / "fixtures" / name for name in ("storyteller", "tiny-gpt2")]
    subprocess.run([ROOT / "touchstone", "parity", "--quiet", *fixtures, "--html", PAGE], check=True)
    with chromium() as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": 1000})
        page.goto(PAGE.as_uri())
        page.locator("button.cell[title^='h.1.mlp.act:']").last.click()
        end = page.locator("#detail svg").last.bounding_box()
        height = end["y"] + end["height"] + 2
        page.screenshot(path=PICTURE, full_page=True, clip={"x": 0, "y": 0, "width": WIDTH, "height": height})
    size = PICTURE.stat().st_size
    assert size <= MOST_BYTES, f"{PICTURE} has {size} bytes, and a clone should stay small"
    print(f"{PICTURE.relative_to(ROOT)}: {size} bytes")


if __name__ == "__main__":
    main()
