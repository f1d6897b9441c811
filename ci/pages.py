"""Looks at every page that Touchstone writes, in a real browser: the parity report, the bug zoo, what compare plots, a
run explained.

Each opens without an error, a message on the console or a request to any network, in light and in dark, on a phone's
screen and on a wide one, and never scrolls sideways; and each does what it is for. `mvn verify` has written two of
them. Needs Chromium and the packages of python/requirements.txt: run it by ci/python.sh.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlparse

from browser import chromium
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

TARGET = Path(__file__).resolve().parent.parent / "target"
SCREENS = {"phone": {"width": 390, "height": 844}, "wide": {"width": 1400, "height": 900}}
SCHEMES = ("light", "dark")
HOSTILE = '<script>window.ran = true</script><!--<script> & "]}</style>'
# Each way of telling positions and of joining blocks.
FAMILIES = ("exercise", "tiny-bloom", "tiny-gemma2", "tiny-gpt-neox")
LONG = ",".join(map(str, range(300, 500)))
MOST_BYTES = 10_000_000
SLOW = 1000  # milliseconds
LEAST_CONTRAST = 4.5  # WCAG 2.2, text of normal size


def contrast(page: Page) -> tuple[float, str]:
    """The text that differs least from the ground of the page or of its card, and its contrast."""
    return page.evaluate("""() => {
        const part = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
        const pixel = Object.assign(document.createElement("canvas"), {width: 1, height: 1});
        const canvas = pixel.getContext("2d", {willReadFrequently: true});
        const light = color => {
            canvas.fillStyle = color;
            canvas.fillRect(0, 0, 1, 1);
            const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
            return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
        };
        const ground = node => {
            for (; node; node = node.parentElement) {
                const color = getComputedStyle(node).backgroundColor;
                if (color !== "rgba(0, 0, 0, 0)") return color;
            }
            return "white";
        };
        let least = [21, ""];
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
            const node = texts.currentNode.parentElement;
            if (!texts.currentNode.data.trim() || !node.checkVisibility()) continue;
            const style = getComputedStyle(node);
            const ink = light(node.namespaceURI.endsWith("svg") ? style.fill : style.color);
            const paper = light(ground(node));
            const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
            if (ratio < least[0]) least = [ratio, texts.currentNode.data];
        }
        return least;
    }""")


def opens(browser: Browser, file: Path, check: Callable[[Page], None]) -> None:
    """Opens a page in every light and on every screen, and checks it there."""
    grounds = set()
    for scheme in SCHEMES:
        for screen, size in SCREENS.items():
            context = browser.new_context(viewport=size, color_scheme=scheme)
            page = context.new_page()
            trouble: list[str] = []

            def said(message: ConsoleMessage, trouble: list[str] = trouble) -> None:
                trouble.append(f"on the console: {message.text}")

            def asked(request: Request, trouble: list[str] = trouble) -> None:
                if request.url != file.as_uri() and not request.url.startswith("data:"):
                    trouble.append(f"asked for {request.url}")

            page.on("console", said)
            page.on("request", asked)
            page.on("pageerror", lambda error, trouble=trouble: trouble.append(f"error: {error}"))
            page.goto(file.as_uri())
            check(page)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= size["width"], f"{file.name} is {wide} wide on a screen of {size['width']}"
            least, text = contrast(page)
            assert least >= LEAST_CONTRAST, f"{file.name}, {scheme}: a contrast of {least:.2f} in '{text}'"
            assert not trouble, f"{file.name}, {scheme}, {screen}: {trouble}"
            grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
            context.close()
    assert len(grounds) == len(SCHEMES), f"{file.name} is the same in light and dark: {grounds}"
    print(f"ok   {file.relative_to(TARGET.parent)}")


def report(page: Page) -> None:
    """The map has a cell for every tap, and shows each, by mouse and by keyboard."""
    totals = page.evaluate("report.totals")
    assert page.locator("button.cell").count() == totals["taps"] > 0
    detail = page.locator("#detail")
    cells = page.locator(".taps").first.locator(".cell")
    cells.nth(3).click()
    expect(detail.locator("h2")).to_contain_text(name(page, 3))
    page.keyboard.press("ArrowRight")
    expect(detail.locator("h2")).to_contain_text(name(page, 4))
    expect(cells.nth(4)).to_be_focused()
    page.keyboard.press("End")
    expect(detail.locator("h2")).to_contain_text("logits")
    page.keyboard.press("Home")
    expect(detail.locator("h2")).to_contain_text(name(page, 0))
    assert page.locator(".cell[tabindex='0']").count() == 1, "the map takes one stop of the tab key, not one a tap"
    page.keyboard.press("End")
    for line in ("rms", "pytorch_rms"):
        assert page.locator(f"path[data-line={line}]").evaluate("path => path.getTotalLength()") > 100
    drawn = detail.locator("rect").evaluate_all("bars => bars.filter(bar => bar.height.baseVal.value > 0).length")
    assert drawn > 1, "the histogram is drawn"
    assert detail.locator("tr").count() > 12, "figures and the largest errors"
    assert page.locator("#environment tr").count() >= 3


def name(page: Page, index: int) -> str:
    """The name of a tap of the first row."""
    return page.evaluate(f"report.fixtures[0].cases[0].taps[{index}].name")


def wrong_report(page: Page) -> None:
    """What is wrong is said above the map, marked on it, and shown first."""
    expect(page.locator(".bad").first).to_contain_text("first wrong at h.0.ln_1")
    assert page.locator(".cell.wrong").count() == 5
    expect(page.locator("#detail h2")).to_contain_text("h.0.ln_1")
    report(page)


def zoo(page: Page) -> None:
    """Every mutant has a row, and the filter finds them."""
    planted = page.evaluate("data.planted")
    rows = page.locator("#rows tr")
    assert rows.count() == planted > 60
    page.get_by_role("searchbox").press_sequentially("softmax")
    shown = page.locator("#rows tr:visible")
    assert 0 < shown.count() < planted
    assert all("softmax" in text.lower() for text in shown.all_text_contents())
    page.get_by_role("searchbox").fill("")
    assert shown.count() == planted


def plot(page: Page) -> None:
    """A curve for each way of generating, and its figures in a table."""
    curves = page.locator("polyline")
    assert curves.count() >= 2
    assert all(length > 100 for length in curves.evaluate_all("lines => lines.map(line => line.getTotalLength())"))
    assert page.locator("tr").count() == curves.count() + 1


def explained(page: Page) -> None:
    """Every stage is there, and what is looked at can be changed by mouse and by keyboard."""
    run = page.evaluate("({tokens: run.ids.length, turns: run.turns.length, layers: run.layers.length})")
    assert page.locator("section h2").count() == page.locator("nav a").count() == len(page.evaluate("run.stages")) == 9
    assert page.locator("section .shape").count() == 9
    for link in page.locator(".proof a").evaluate_all("links => links.map(link => link.href)"):
        assert Path(unquote(urlparse(link).path)).is_file(), f"{link} leads nowhere"
    words = page.locator("#stage-1 .chip")
    assert words.count() == run["tokens"]
    words.first.click()
    expect(page.locator("#stage-1 .live")).to_contain_text("Token 0")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#stage-1 .live")).to_contain_text("Token 1")
    expect(words.nth(1)).to_be_focused()
    attention(page, run)
    steps(page, run)
    everything_is_drawn(page)


def attention(page: Page, run: dict[str, int]) -> None:
    """A pair of tokens and its weight, by mouse and by keyboard; another layer and another head have other weights."""
    stage = page.locator("#stage-4")
    canvas = stage.locator(".map canvas")
    live = stage.locator(".live").first
    expect(live).to_contain_text("looks at")
    weights = "Array.from({length: tokens}, (_, i) => weightOf(state.head, tokens - 1, i))"
    assert abs(sum(page.evaluate(weights)) - 1) < 0.05, "a row of weights adds up to 1"
    box = canvas.bounding_box()
    cell = box["width"] / run["tokens"]
    middle = run["tokens"] // 2
    canvas.hover(position={"x": (middle + 0.5) * cell, "y": box["height"] - cell / 2})
    expect(live).to_contain_text(f"looks at {page.evaluate(f'quoted(run.ids[{middle}])')} with")
    expect(live).to_contain_text("%")
    canvas.focus()
    page.keyboard.press("ArrowRight")
    expect(live).to_contain_text(f"looks at {page.evaluate(f'quoted(run.ids[{middle + 1}])')} with")
    page.keyboard.press("PageUp")
    expect(live).to_contain_text("cannot look ahead")
    before = page.evaluate("[...weights]")
    stage.locator("input[type=range]").fill(str(run["layers"] - 1))
    expect(stage.locator(".slider output")).to_contain_text(f"Layer {run['layers'] - 1} of")
    page.wait_for_function("before => weights.some((weight, i) => weight !== before[i])", arg=before)
    heads = stage.locator(".thumb")
    heads.last.click()
    expect(heads.last).to_have_attribute("aria-pressed", "true")


def steps(page: Page, run: dict[str, int]) -> None:
    """The sliders move together; each step has its candidates, its text and its memory."""
    slider = page.locator("#stage-7 input[type=range]")
    slider.focus()
    page.keyboard.press("End")
    expect(page.locator("#stage-7 .slider output")).to_contain_text(f"Step {run['turns']} of {run['turns']}")
    expect(page.locator("#stage-6 .slider output")).to_contain_text(f"Step {run['turns']} of {run['turns']}")
    assert page.locator("#stage-7 .text .later").count() == 0
    page.locator("#stage-7").get_by_role("button", name="Step: one back").click()
    expect(page.locator("#stage-9 .live").first).to_contain_text(f"After step {run['turns'] - 1}")
    assert page.locator("#stage-6 .turns .bars").count() == page.evaluate("turn().scores.length") >= 1
    where = page.locator("#stage-7 .map canvas")
    where.focus()
    page.keyboard.press("End")
    expect(page.locator("#stage-7 .live")).to_contain_text("of its attention")
    cell = page.locator(".lens button").first
    cell.click()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".lens .live")).to_contain_text(page.evaluate("run.lens.points[1]"))
    assert page.locator("#stage-8 .passes li").count() == page.evaluate("passes.length")


def everything_is_drawn(page: Page) -> None:
    """No picture is of one colour only."""
    page.wait_for_function("document.querySelectorAll('#stage-2 canvas')[0].width > 1")
    flat = page.locator("canvas").evaluate_all("""all => all.filter(canvas => {
        const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        const pixels = new Set(new Uint32Array(data.buffer));
        return pixels.size < 2;
    }).length""")
    assert flat == 0, f"{flat} pictures show nothing"


def quick(page: Page) -> None:
    """Two hundred tokens do not make it slow."""
    explained(page)
    milliseconds = page.evaluate("""async () => {
        const start = performance.now();
        look({layer: 1, head: 1, token: 100});
        await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
        return performance.now() - start;
    }""")
    assert milliseconds < SLOW, f"another layer took {milliseconds:.0f} ms"


def hostile(page: Page) -> None:
    """Text is text: a prompt that is a script is shown and not run."""
    expect(page.locator("h1")).to_contain_text(HOSTILE)
    assert page.evaluate("window.ran === undefined")
    assert page.locator("script").count() == 1
    explained(page)


def touchstone(*arguments: object, code: int = 0) -> None:
    """Runs the launcher, which must exit with this code."""
    done = subprocess.run([TARGET.parent / "touchstone", *map(str, arguments)], stdout=subprocess.DEVNULL, check=False)
    assert done.returncode == code, f"touchstone {arguments} exited with {done.returncode}"


def main() -> None:
    """Writes what is not written yet, and looks at all of it."""
    pages = TARGET / "pages"
    pages.mkdir(parents=True, exist_ok=True)
    trace, fixture = pages / "numpy.safetensors", TARGET.parent / "fixtures" / "tiny-gpt2"
    example = TARGET.parent / "python" / "examples" / "gpt2_numpy.py"
    subprocess.run([sys.executable, example, fixture, "text", trace, "--bug", "epsilon"], check=True)
    touchstone("parity", "--quiet", "--ours", trace, fixture, "--html", pages / "wrong.html", code=1)
    touchstone("compare", "--quiet", "--prompt", "Once", "--max-new-tokens", 40, "--html", pages / "compare.html")
    explain = ("explain", "--quiet", "--html")
    touchstone(*explain, pages / "explain.html", "--prompt", "What is machine learning?")
    touchstone(*explain, pages / "hostile.html", "--prompt", HOSTILE, "--max-new-tokens", 3)
    touchstone(*explain, pages / "long.html", "--prompt-ids", LONG)
    assert (pages / "long.html").stat().st_size < MOST_BYTES
    for family in FAMILIES:
        ids = ("--prompt-ids", "1,2,3,4,5,6,7", "--max-new-tokens", 4)
        model = TARGET.parent / "fixtures" / family
        touchstone(*explain, pages / f"explain-{family}.html", "--model", model, *ids)
    assert json.loads((TARGET / "parity" / "report.json").read_text())["totals"]["failed"] == 0

    with chromium() as browser:
        opens(browser, TARGET / "parity" / "index.html", report)
        opens(browser, pages / "wrong.html", wrong_report)
        opens(browser, TARGET / "zoo" / "index.html", zoo)
        opens(browser, pages / "compare.html", plot)
        opens(browser, pages / "explain.html", explained)
        opens(browser, pages / "hostile.html", hostile)
        opens(browser, pages / "long.html", quick)
        for family in FAMILIES:
            opens(browser, pages / f"explain-{family}.html", explained)


if __name__ == "__main__":
    main()
