"""Checks of each kind of page: its content, and its use by mouse and keyboard."""

import csv
import io
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

from playwright.sync_api import Locator, Page, expect

HOSTILE = '<script>window.ran = true</script><!--<script> & "]}</style>'
SLOW = 1000  # milliseconds


def labelled_facts(page: Page) -> None:
    """Every number below the title has a label."""
    facts = page.locator("#top .facts > div")
    assert facts.count() >= 3
    for fact in facts.all():
        assert fact.locator("dt").inner_text() and fact.locator("dd").inner_text()


def sorted_by_keyboard(page: Page, table: Locator, title: str) -> None:
    """Enter on the header of a column sorts by it, and again in reverse order. On a phone a menu does the same."""
    head = table.locator("thead th", has_text=re.compile(f"^{re.escape(title)}$"))
    column = head.evaluate("head => head.cellIndex")
    value = f"row => row.cells[{column}].textContent"
    button, orders = head.get_by_role("button"), set()
    for _ in range(2):
        if button.is_visible():
            button.focus()
            page.keyboard.press("Enter")
            orders.add(head.get_attribute("aria-sort"))
        else:
            choice = table.locator("xpath=..").get_by_label("Sort by")
            order = "ascending" if "descending" in orders else "descending"
            choice.select_option(label=f"{title}, {order}")
            orders.add(head.get_attribute("aria-sort"))
        cells = table.locator("tbody tr:not(.group)").evaluate_all(f"rows => rows.map({value})")
        numbers = [float(cell.replace(",", "").replace("∞", "inf")) for cell in cells if cell not in ("", "–")]
        assert numbers == sorted(numbers, reverse=head.get_attribute("aria-sort") == "descending"), numbers
    assert orders == {"ascending", "descending"}


def report(page: Page) -> None:
    """The map has a cell for every tap and shows the selected one; the table sorts by ratio."""
    totals, limits = page.evaluate("report.totals"), page.evaluate("report.limits")
    labelled_facts(page)
    expect(page.locator("#limits")).to_contain_text(f"above {limits['ratio']:g}")
    expect(page.locator("#limits")).to_contain_text("exempt")
    if totals["exempt"]:
        expect(page.locator("#limits")).to_contain_text(f"{totals['exempt']:,} tap")
        expect(page.locator("#limits")).to_contain_text(f"{totals['by_bound']:,} tap")
    taps_table(page, totals)
    assert page.locator("button.cell").count() == totals["taps"] > 0
    detail = page.locator("#detail")
    cells = page.locator(".taps").first.locator(".cell")
    cells.nth(3).click()
    expect(detail.locator("h3")).to_contain_text(name(page, 3))
    page.keyboard.press("ArrowRight")
    expect(detail.locator("h3")).to_contain_text(name(page, 4))
    expect(cells.nth(4)).to_be_focused()
    page.keyboard.press("End")
    expect(detail.locator("h3")).to_contain_text("logits")
    page.keyboard.press("Home")
    expect(detail.locator("h3")).to_contain_text(name(page, 0))
    assert page.locator(".cell[tabindex='0']").count() == 1, "the map is a single tab stop"
    page.keyboard.press("End")
    for curve in ("engine", "PyTorch float32"):
        line = page.locator(f"path[data-curve='{curve}']")
        assert line.evaluate("path => path.getTotalLength()") > 100
    curves_are_distinguishable(page)
    bars = detail.locator("rect").evaluate_all("bars => bars.filter(bar => bar.height.baseVal.value > 0).length")
    assert bars > 1, "the histogram has bars"
    assert detail.locator("tr").count() > 12, "the errors of the tap and the elements with the largest errors"
    assert page.locator("#environment tr").count() >= 3
    report_tools(page)


def taps_table(page: Page, totals: dict[str, int]) -> None:
    """The table is sorted by ratio in descending order at first, and can be filtered by kind and text."""
    table = page.locator("#table table")
    kind = page.get_by_label("Show", exact=True)
    first = kind.input_value()
    rows = table.locator("tbody tr")
    kind.select_option("limited")
    taps = "report.fixtures.flatMap(f => f.cases).flatMap(c => c.taps)"
    ratio = f"{taps}.filter(t => !t.exempt && t.verdict !== 'exact').map(t => number(t.ratio))"
    if page.evaluate(f"({ratio}).length"):
        expect(rows.first).to_contain_text(page.evaluate(f"show(Math.max(...{ratio}))"))
    kind.select_option("exempt")
    found = page.locator("#table output")
    expect(found).to_contain_text(f"{totals['exempt']:,} row" if totals["exempt"] else "0 rows")
    kind.select_option("all")
    expect(found).to_contain_text(f"{totals['taps']:,} row")
    sorted_by_keyboard(page, table, "ratio")
    page.get_by_role("searchbox").fill("logits")
    assert all("logits" in text for text in rows.all_text_contents())
    rows.first.get_by_role("link").click()
    expect(page.locator("#detail h3")).to_contain_text("logits")
    page.get_by_role("searchbox").fill("")
    kind.select_option(first)


def curves_are_distinguishable(page: Page) -> None:
    """Curves differ by dashes as well as by colour, and each has a label at its end or in a legend."""
    for chart in page.locator("svg[role=img]:has(.curve)").all():
        curves = chart.locator(".curve")
        dashes = curves.evaluate_all("lines => lines.map(line => line.getAttribute('stroke-dasharray'))")
        assert len(set(dashes)) == min(5, len(dashes)), f"curves have the dashes {dashes}"
        names = curves.evaluate_all("lines => lines.map(line => line.dataset.curve)")
        labels = chart.evaluate("svg => svg.parentNode.textContent")
        assert all(name in labels for name in names)


def downloads(page: Page, name: str) -> str:
    """Presses the download button of this name; returns the text of the file."""
    with page.expect_download() as download:
        page.get_by_role("button", name=name).first.click()
    return Path(download.value.path()).read_text()


def report_tools(page: Page) -> None:
    """A tap has an address, the figures can be downloaded, and another report can be shown beside this one."""
    logits = "report.fixtures.at(-1).cases.at(-1)"
    fixture, case = page.evaluate(f"[report.fixtures.at(-1).name, {logits}.name]")
    page.evaluate(f"location.hash = '#{fixture}/{case}/logits'")
    expect(page.locator("#detail h3")).to_contain_text(f"logits in {fixture}, {case}")
    page.evaluate("location.hash = '#logits'")
    expect(page.locator("#detail h3")).to_contain_text("logits")
    page.evaluate("name => { location.hash = `#${name}` }", fixture)
    expect(page.locator("#detail h3")).to_contain_text(f" in {fixture}, ")
    whole = downloads(page, "Download the report (JSON)")
    assert json.loads(whole) == page.evaluate("report")
    page.get_by_label("Show", exact=True).select_option("all")
    rows = list(csv.DictReader(io.StringIO(downloads(page, "Download CSV"))))
    assert len(rows) == page.evaluate("cells.length")
    assert {row["tap"] for row in rows} == set(page.evaluate("cells.map(cell => cell.tap.name)"))
    other = json.loads(whole)
    tap = other["fixtures"][0]["cases"][0]["taps"][3]
    tap["ratio"], tap["verdict"] = 5, "wrong"
    beside = page.locator("#beside")
    picker = beside.get_by_label("Report")
    picker.set_input_files({"name": "old.json", "mimeType": "application/json", "buffer": json.dumps(other).encode()})
    expect(beside.locator(".live")).to_contain_text("1 changed")
    expect(beside.locator("tbody tr")).to_have_count(1)
    expect(beside.locator("tbody tr")).to_contain_text(tap["name"])
    picker.set_input_files({"name": "it.html", "mimeType": "text/html", "buffer": page.content().encode()})
    expect(beside.locator(".live")).to_contain_text("0 changed")
    picker.set_input_files({"name": "no.json", "mimeType": "application/json", "buffer": b"{}"})
    expect(beside.locator(".live")).to_contain_text("no.json cannot be read")


def name(page: Page, index: int) -> str:
    """The name of a tap in the first row of the map."""
    return page.evaluate(f"report.fixtures[0].cases[0].taps[{index}].name")


def wrong_report(page: Page) -> None:
    """The first wrong tap is named above the map and selected at first; wrong taps are marked on the map."""
    expect(page.locator("#failures")).to_contain_text("first wrong at h.0.ln_1")
    assert page.locator(".cell.wrong").count() == 5
    expect(page.locator("#detail h3")).to_contain_text("h.0.ln_1")
    report(page)


def zoo(page: Page) -> None:
    """Every bug has a row with a unique id; rows can be grouped, sorted and filtered."""
    planted = page.evaluate("data.planted")
    labelled_facts(page)
    page.get_by_role("button", name="Show all").click()
    table = page.locator("#table table")
    rows = table.locator("tbody tr:not(.group)")
    assert rows.count() == planted > 60
    ids = rows.evaluate_all("rows => rows.map(row => row.id)")
    assert len(set(ids)) == planted
    assert table.locator(".group").first.inner_text().startswith("Weights (")
    assert page.get_by_text("The error ratio is").is_visible(), "the column of ratios is explained"
    assert table.evaluate("table => table.getBoundingClientRect().right <= innerWidth"), "no column is cut"
    page.get_by_label("Group by").select_option("none")
    assert table.locator(".group").count() == 0
    sorted_by_keyboard(page, table, "error ratio")
    page.evaluate("location.hash = `#${data.mutants.at(-1).key}`")
    expect(page.locator("tr.target")).to_have_count(1)
    assert len(list(csv.reader(io.StringIO(downloads(page, "Download CSV"))))) == planted + 1
    page.get_by_role("searchbox").press_sequentially("softmax")
    assert 0 < rows.count() < planted
    assert all("softmax" in text.lower() for text in rows.all_text_contents())
    page.get_by_role("searchbox").fill("")
    missed = page.evaluate("judged.filter(bug => bug.gates.text).length")
    page.get_by_label("Missed by").select_option("text")
    assert rows.count() == missed > 0
    page.get_by_label("Missed by").select_option("")
    assert rows.count() == planted


def index(page: Page) -> None:
    """Every link leads to a page."""
    links = page.locator("main a")
    assert links.count() >= 1
    here = Path(page.evaluate("decodeURIComponent(location.pathname)")).parent
    for link in links.all():
        file, _, part = link.get_attribute("href").partition("#")
        assert (here / unquote(file)).is_file()
        assert not part or link.inner_text() == unquote(part)
        assert link.inner_text()


def scoreboard(page: Page) -> None:
    """Every engine that ran has a row in each table; tables sort, and the last one filters; failures have reasons."""
    ran = page.evaluate("ran.length")
    models = page.evaluate("report.models.length")
    table = {name: page.locator(f"#{name} table") for name in ("accuracy", "ways", "speed", "models")}
    rows = {name: one.locator("tbody tr") for name, one in table.items()}
    assert rows["accuracy"].count() == rows["ways"].count() == ran > 20
    assert rows["speed"].count() == ran - 1, "all with speeds"
    page.locator("#models").get_by_role("button", name="Show all").click()
    assert rows["models"].count() == ran * models + 1
    for name, title in (("accuracy", "error"), ("accuracy", "KL divergence"), ("models", "error")):
        sorted_by_keyboard(page, table[name], title)
    expect(page.locator("#speed-title ~ p").nth(1)).to_contain_text("other programs used 0.05 of 2 processors")
    expect(rows["speed"].first).to_contain_text(re.compile(r"[\d,.]+ \(\d+\.\d\d\)"))
    page.get_by_label("Model", exact=True).select_option("tiny-llama")
    assert rows["models"].count() == ran
    page.get_by_role("searchbox").press_sequentially("jax")
    assert 0 < rows["models"].count() < ran
    page.get_by_role("searchbox").fill("")
    expect(table["models"]).to_contain_text("the converter for <b>Llama</b> takes")
    page.get_by_label("Model", exact=True).select_option("")
    assert page.locator("#main b, #main i").count() == 0, "names are texts"


def plot(page: Page) -> None:
    """The page shows the prompt, a curve for each run, ticks at round numbers, and a table."""
    labelled_facts(page)
    expect(page.locator(".words")).to_contain_text(page.evaluate("comparison.prompt"))
    curves = page.locator(".curve[data-curve]")
    runs = page.evaluate("runs.length")
    assert page.locator("svg[role=img] .curve").count() == runs >= 2
    assert all(length > 100 for length in curves.evaluate_all("lines => lines.map(line => line.getTotalLength())"))
    curves_are_distinguishable(page)
    assert page.locator("svg[role=img] .tick").count() >= 6
    for ticks in (page.evaluate("highest"), page.evaluate("ticks(most, 5)")):
        step = ticks[1] - ticks[0]
        assert f"{step:e}"[0] in "125" and set(f"{step:.6e}".partition("e")[0][1:]) <= {".", "0"}, f"ticks at {ticks}"
    assert page.locator("tbody tr").count() == runs


def bench(page: Page) -> None:
    """The report has all sections, and its curves are distinguishable."""
    labelled_facts(page)
    report = page.evaluate("report")
    assert page.locator("section h2").count() == 7
    assert page.locator("tbody tr", has_text="met").count() == len(report["targets"])
    for title, rates in report["models"].items():
        group = page.locator(".figure", has=page.get_by_role("heading", name=title, exact=True))
        assert group.locator(".bars li").count() == len(rates)
        assert group.locator(".bars .chosen").count() == sum(name.startswith("Touchstone") for name in rates)
    assert page.locator("svg[role=img] .curve").count() == len(report["curve"]) + 2, "the engines and two lower bounds"
    curves_are_distinguishable(page)


def explained(page: Page) -> None:
    """The page has every stage; token, layer, head and step can be selected by mouse and keyboard."""
    run = page.evaluate("({tokens: run.ids.length, steps: run.steps.length, layers: run.layers.length})")
    labelled_facts(page)
    assert len(page.evaluate("run.stages")) == 9
    assert page.locator("section h2").count() == page.locator("nav a").count() == 9 + 2
    assert page.locator("section .shape").count() == 9
    for number, stage in enumerate(page.evaluate("run.stages.map(stage => stage.title)"), start=1):
        expect(page.get_by_role("heading", name=f"{number} {stage}", exact=True)).to_be_visible()
        expect(page.get_by_role("navigation").get_by_role("link", name=f"{number} {stage}", exact=True)).to_be_visible()
    expect(page.locator(".words .made")).to_have_text(page.evaluate("run.generation.text"), use_inner_text=False)
    sources(page)
    words = page.locator("#stage-1 .chip")
    assert words.count() == run["tokens"]
    words.first.click()
    expect(page.locator("#stage-1 .live")).to_contain_text("Token 0")
    if run["tokens"] > 1:
        page.keyboard.press("ArrowRight")
        expect(page.locator("#stage-1 .live")).to_contain_text("Token 1")
        expect(words.nth(1)).to_be_focused()
        attention(page, run)
        canvases_are_painted(page)
    steps(page, run)
    overview(page)
    what_if(page)
    beside(page)


def sources(page: Page) -> None:
    """Every source file that a stage names opens in a dialog by keyboard, also if the page is outside the checkout."""
    dialog = page.locator("#source")
    for button in page.locator(".check .source").all():
        button.focus()
        page.keyboard.press("Enter")
        expect(dialog).to_be_visible()
        expect(dialog.locator("h2")).to_have_text(button.get_attribute("title") or "")
        assert dialog.locator("pre").inner_text().startswith("package dev.touchstone.")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
    assert page.locator(".check .source").count() == page.evaluate("run.stages.flatMap(stage => stage.sources).length")


def attention(page: Page, run: dict[str, int]) -> None:
    """Mouse and keyboard select a pair of tokens and show its weight; another layer or head shows other weights."""
    stage = page.locator("#stage-4")
    canvas = stage.locator(".map canvas")
    live = stage.locator(".live").first
    expect(live).to_contain_text("attends to")
    weights = "Array.from({length: tokens}, (_, i) => weightOf(state.head, tokens - 1, i))"
    assert abs(sum(page.evaluate(weights)) - 1) < 0.05, "a row of attention weights must add up to 1"
    box = canvas.bounding_box()
    cell = box["width"] / run["tokens"]
    middle = run["tokens"] // 2
    canvas.hover(position={"x": (middle + 0.5) * cell, "y": box["height"] - cell / 2})
    expect(live).to_contain_text(f"attends to {page.evaluate(f'quoted(run.ids[{middle}])')} with weight")
    expect(live).to_contain_text("%")
    canvas.focus()
    page.keyboard.press("ArrowRight" if middle + 1 < run["tokens"] else "ArrowLeft")
    expect(live).to_contain_text("with weight")
    page.keyboard.press("End")
    page.keyboard.press("PageUp")
    expect(live).to_contain_text("is masked")
    before = page.evaluate("[...weights]")
    slider = stage.get_by_label("Layer", exact=True)
    slider.fill(str(run["layers"] - 1))
    expect(stage.locator(".slider output").first).to_contain_text(f"Layer {run['layers'] - 1} (0 to")
    page.wait_for_function("before => weights.some((weight, i) => weight !== before[i])", arg=before)
    heads = stage.locator(".thumbs .thumb")
    heads.last.click()
    expect(heads.last).to_have_attribute("aria-pressed", "true")
    all_heads(page, run)


def all_heads(page: Page, run: dict[str, int]) -> None:
    """Every head has a picture; one is selected by mouse and keyboard. The lines show the selected token's keys."""
    grid = page.locator(".all-heads")
    heads = page.evaluate("run.shape.heads")
    cells = grid.locator(".thumb")
    assert cells.count() == run["layers"] * heads
    cells.first.click()
    assert page.evaluate("[state.layer, state.head]") == [0, 0]
    expect(grid.locator("[aria-pressed=true]")).to_have_attribute("aria-label", "layer 0, head 0")
    if run["layers"] > 1:
        page.keyboard.press("ArrowDown")
        expect(grid.locator("[aria-pressed=true]")).to_have_attribute("aria-label", "layer 1, head 0")
        expect(grid.locator("[aria-pressed=true]")).to_be_focused()
    expect(page.locator("#stage-4 .live", has_text="Mean weight on")).to_contain_text("the previous token")
    line = page.locator("#stage-4 .live", has_text="attends most to")
    expect(line).to_contain_text(f"in layer {page.evaluate('state.layer')}, head 0")
    page.get_by_label("Heads", exact=True).select_option("all")
    expect(line).to_contain_text("mean of the heads")
    page.get_by_label("Heads", exact=True).select_option("one")
    page.evaluate("select({token: 0})")
    expect(line).to_contain_text(f"(token 0) attends most to {page.evaluate('quoted(run.ids[0])')} 100.0 %")
    page.evaluate("select({token: tokens - 1})")


def overview(page: Page) -> None:
    """The diagram, the buttons and the search select a part; its tap is the page's address; the numbers download."""
    part, diagram = page.locator("#part"), page.locator(".diagram")
    parts = page.evaluate("parts.map(part => tapOf(part))")
    assert diagram.locator("a.part").count() == len(parts)
    assert diagram.locator("a.layer").count() == page.evaluate("run.layers.length")
    part.get_by_role("button", name="Next part").click()
    expect(diagram.locator("a.part[aria-current]")).to_have_count(1)
    diagram.locator("a.part").first.click()
    expect(part).to_contain_text("part 1 of")
    for at, tap in enumerate(parts):
        expect(part.locator("code").first).to_contain_text(tap)
        expect(part).to_contain_text(f"part {at + 1} of {len(parts)}")
        assert page.evaluate("decodeURIComponent(location.hash)") == f"#{tap}"
        part.get_by_role("button", name="Next part").click()
    diagram.locator("a.part[aria-current]").focus()
    page.keyboard.press("End")
    expect(part.locator("code").first).to_contain_text("logits")
    scores = page.evaluate("run.layers.at(-1).taps.find(tap => tap.name.endsWith('.scores')).name")
    part.get_by_label("Find a tap").fill(scores)
    expect(part.locator("h3")).to_have_text("attention scores")
    expect(part.locator("code").first).to_have_text(scores)
    assert page.evaluate("state.layer === run.layers.length - 1")
    part.get_by_label("Find a tap").fill("")
    diagram.locator("a.layer").first.click()
    expect(part.locator("code").first).to_have_text(page.evaluate("run.layers[0].name"))
    page.evaluate("name => { location.hash = `#${name}` }", scores)
    expect(part.locator("code").first).to_have_text(scores)
    numbers = json.loads(downloads(page, "Download the numbers (JSON)"))
    assert numbers["overview"] == page.evaluate("run.overview")
    taps = list(csv.DictReader(io.StringIO(downloads(page, "Download the taps (CSV)"))))
    assert [row["tap"] for row in taps] == page.evaluate("run.layers.flatMap(one => one.taps.map(tap => tap.name))")


def beside(page: Page) -> None:
    """Another run can be opened, from its page or from its numbers."""
    section = page.locator("#beside")
    picker = section.get_by_label("Run", exact=True)
    other = page.evaluate("numbers")
    other["vocabulary"][str(other["steps"][0]["id"])]["text"] = '"<b>"'
    numbers = json.dumps(other).encode()
    for file, content, expected in (
        ("page.html", page.content().encode(), "The texts are the same"),
        ("other.json", numbers, "The texts differ from step 1 on"),
        ("no.json", b"{}", "no.json cannot be read"),
    ):
        picker.set_input_files({"name": file, "mimeType": "text/plain", "buffer": content})
        expect(section).to_contain_text(expected)
    assert section.locator("svg[role=img]").count() == 2


def what_if(page: Page) -> None:
    """The sliders of temperature and top-p change the bars to the probabilities of the formula."""
    box = page.locator("#stage-6 .what-if")
    given = page.evaluate("step().scores[0].most_likely.map(one => one.probability)")
    page.wait_for_function("candidateRows.every(row => row.children[2].textContent)")
    for temperature, top_p in ((1, 1), (0.5, 1), (2, 0.6), (0.05, 1), (1, 0.01)):
        box.get_by_label("Temperature", exact=True).fill(str(round(temperature * 20) - 1))
        box.get_by_label("Top-p", exact=True).fill(str(round(top_p * 100) - 1))
        logits = page.evaluate("logitsOf(state.step).then(logits => [...logits])")
        weights = [math.exp((logit - logits[0]) / temperature) for logit in logits]
        kept, mass = 0, 0.0
        while kept < len(weights) and (kept == 0 or mass < top_p * sum(weights)):
            mass += weights[kept]
            kept += 1
        page.wait_for_function("kept => others.textContent.startsWith(kept)", arg=f"{kept:,} token")
        shown = box.locator(".value").all_text_contents()
        expected = [page.evaluate("percent", weight / mass) for weight in weights[: min(kept, len(shown))]]
        assert shown == expected + ["excluded"] * (len(shown) - len(expected))
        if (temperature, top_p) == (1, 1):
            for probability, weight in zip(given, weights, strict=False):
                assert abs(probability - weight / mass) < 2e-3 * probability


def steps(page: Page, run: dict[str, int]) -> None:
    """The sliders of the stages move together; each step shows its candidates, its text and its memory."""
    slider = page.locator("#stage-7 input[type=range]")
    slider.focus()
    page.keyboard.press("End")
    expect(page.locator("#stage-7 .slider output")).to_contain_text(f"Step {run['steps']} of {run['steps']}")
    expect(page.locator("#stage-6 .slider output").first).to_contain_text(f"Step {run['steps']} of {run['steps']}")
    assert page.locator("#stage-7 .text .later").count() == 0
    page.locator("#stage-7").get_by_role("button", name="Previous step").click()
    expect(page.locator("#stage-9 .live").first).to_contain_text(f"After step {max(1, run['steps'] - 1)}")
    assert page.locator("#stage-6 .scores .bars").count() == page.evaluate("step().scores.length") >= 1
    weights = page.locator("#stage-7 .map canvas")
    weights.focus()
    page.keyboard.press("End")
    expect(page.locator("#stage-7 .live")).to_contain_text("with weight")
    cell = page.locator(".lens td button").first
    cell.click()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".lens .live")).to_contain_text(page.evaluate("run.lens.points[1]"))
    assert page.locator("#stage-8 .passes li").count() == page.evaluate("passes.length")


def canvases_are_painted(page: Page) -> None:
    """No canvas has only one colour."""
    page.wait_for_function("document.querySelectorAll('#stage-2 canvas')[0].width > 1")
    flat = page.locator("canvas").evaluate_all("""all => all.filter(canvas => {
        const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        const pixels = new Set(new Uint32Array(data.buffer));
        return pixels.size < 2;
    }).length""")
    assert flat == 0, f"{flat} canvases have only one colour"


def quick(page: Page) -> None:
    """With 200 tokens the page still reacts quickly."""
    explained(page)
    milliseconds = page.evaluate("""async () => {
        const start = performance.now();
        select({layer: 1, head: 1, token: 100});
        await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
        return performance.now() - start;
    }""")
    assert milliseconds < SLOW, f"selecting another layer took {milliseconds:.0f} ms, allowed {SLOW} ms"


def with_prompt(prompt: str) -> Callable[[Page], None]:
    """Returns a check that the page shows the whole prompt as text and does not run it."""

    def check(page: Page) -> None:
        assert prompt in page.locator(".words").evaluate("node => node.textContent")
        assert page.evaluate("window.ran === undefined")
        assert page.locator("script").count() == 1
        explained(page)

    return check
