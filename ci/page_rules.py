"""Checks that every page must pass: no messages, no requests, no text that is cut or hard to read, accessible."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request

LEAST_CONTRAST = 4.5  # WCAG 2.2, text of normal size
CONTRAST = """() => {
    const linear = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const pixel = Object.assign(document.createElement("canvas"), {width: 1, height: 1});
    const canvas = pixel.getContext("2d", {willReadFrequently: true});
    const light = color => {
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
        return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
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
}"""
# Elements that hide some of their text, unless they can be focused and scrolled, or have the whole text as a label.
CUT = """() => [...document.querySelectorAll("body *")].filter(node => {
    const style = getComputedStyle(node), hides = overflow => overflow !== "visible";
    const down = node.scrollHeight > node.clientHeight + 2 && hides(style.overflowY);
    const across = node.scrollWidth > node.clientWidth + 2 && hides(style.overflowX);
    const scrolls = across && !down && node.tabIndex >= 0 && style.overflowX === "auto";
    const skipped = !node.checkVisibility()
        || node.closest("[aria-hidden=true], .hidden, .skip, canvas, select, dialog, svg");
    return (down || across) && !scrolls && !skipped && !node.closest("button[aria-label], [title]");
}).map(node => `${node.tagName} ${node.className}: ${node.textContent.slice(0, 60)}`)"""
# Texts in a chart that overlap one another or a curve, or extend beyond the chart.
CHARTS = """() => [...document.querySelectorAll("svg[role=img]")].filter(svg => svg.checkVisibility()).flatMap(svg => {
    const box = node => node.getBoundingClientRect(), frame = box(svg), texts = [...svg.querySelectorAll("text")];
    const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2;
    const outside = ({left, right, bottom}) =>
        left < frame.left - 1 || right > frame.right + 1 || bottom > frame.bottom + 1;
    const out = texts.filter(text => outside(box(text)));
    const pairs = texts.filter((text, i) => texts.some((other, j) => j > i && meet(box(text), box(other))));
    const covered = texts.filter(text => [...svg.querySelectorAll(".curve")].some(curve => {
        const inside = svg.createSVGPoint(), matrix = curve.getScreenCTM();
        for (let at = 0; at <= curve.getTotalLength(); at += 4) {
            const {x, y} = curve.getPointAtLength(at).matrixTransform(matrix), area = box(text);
            if (x > area.left && x < area.right && y > area.top + 3 && y < area.bottom - 3) return true;
        }
        return false;
    }));
    return [...out.map(text => `outside: ${text.textContent}`),
        ...pairs.map(text => `overlaps another text: ${text.textContent}`),
        ...covered.map(text => `overlaps a curve: ${text.textContent}`)];
})"""
IDS = """() => [...document.querySelectorAll("[id]")]
    .map(node => node.id).filter((id, i, all) => all.indexOf(id) < i)"""


class Watch:
    """Collects console messages, errors and requests of a page."""

    def __init__(self, page: Page, home: str) -> None:
        """Must be called before the page is opened. Requests are allowed below `home`, the address of the page."""
        self.problems: list[str] = []
        self.home = home
        page.on("console", self.on_console)
        page.on("request", self.on_request)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))

    def on_console(self, message: ConsoleMessage) -> None:
        """Records a console message."""
        self.problems.append(f"console: {message.text}")

    def on_request(self, request: Request) -> None:
        """Records a request, unless it is for the page itself, its server, a data URL or a download."""
        if not request.url.startswith((self.home, "data:", "blob:")):
            self.problems.append(f"request: {request.url}")


def check_rules(page: Page, where: str) -> None:
    """Checks all rules except those of `Watch`."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    screen = page.viewport_size["width"]
    assert wide <= screen, f"{where}: the page is {wide} pixels wide, the screen {screen}"
    least, text = page.evaluate(CONTRAST)
    assert least >= LEAST_CONTRAST, f"{where}: contrast {least:.2f}, at least {LEAST_CONTRAST} expected, in '{text}'"
    for rule, script in (("repeated ids", IDS), ("cut text", CUT), ("charts", CHARTS)):
        found = page.evaluate(script)
        assert not found, f"{where}, {rule}: {found}"
    for violation in Axe().run(page).response["violations"]:
        nodes = [node["html"][:160] for node in violation["nodes"]]
        raise AssertionError(f"{where}, {violation['id']}: {violation['help']}: {nodes[:5]}")
