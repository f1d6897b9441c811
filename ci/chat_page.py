"""Checks the page of `touchstone serve` in a browser, against real servers.

One server has the included model, which continues texts, the other SmolLM2-135M-Instruct, which chats and which
ci/real-model.sh writes. Like the pages of ci/pages.py the page is opened in light and dark mode, at phone and desktop
width. page_rules.py has the checks that all pages must pass, chat_checks.py those of this page. Screenshots are written
to target/chat-page. Markdown is compared with markdown-it. Run it with ci/python.sh.
"""

import json
import os
import re
import sys

import chat_checks
from browser import chromium
from markdown_it import MarkdownIt
from page_rules import Watch, check_rules
from pages import SCHEMES, SCREENS
from playwright.sync_api import Browser, BrowserContext, Page, expect
from serving import ROOT, serving, smollm2

PICTURES = ROOT / "target" / "chat-page"
PROMPTS = {True: "What is the capital of France?", False: "There was once a king"}
TEXTS = ROOT / "ci" / "markdown.json"
BLOCK_TAG = re.compile(r"\n?(</?(?:p|h|ul|ol|li|blockquote|pre|table|thead|tbody|tr|th|td|hr|br)(?: [^>]*)?>)\n?")


def everywhere(browser: Browser, home: str, chat: bool) -> None:
    """Uses the page in each colour scheme and screen size."""
    backgrounds = set()
    for scheme in SCHEMES:
        for screen, size in SCREENS.items():
            context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce", base_url=home)
            page, where = context.new_page(), f"{'chat' if chat else 'text'}-{scheme}-{screen}"
            watch = Watch(page, home)
            pictures = use(page, home, chat, where)
            assert not watch.problems, f"{where}: {watch.problems}"
            backgrounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
            context.close()
            print(f"ok   {where}, {pictures} pictures", flush=True)
    assert len(backgrounds) == len(SCHEMES), f"the page has the same background in light and dark: {backgrounds}"


def use(page: Page, home: str, chat: bool, where: str) -> int:
    """Uses one page, and takes pictures; returns their number."""
    taken = []

    def picture(name: str) -> None:
        check_rules(page, f"{where}, {name}")
        page.screenshot(path=PICTURES / f"{where}-{name}.png")
        taken.append(name)

    page.goto("/")
    expect(page.locator("#model option")).not_to_have_count(0)
    picture("start")
    chat_checks.conversation(page, home, chat, PROMPTS[chat], where)
    picture("answer")
    chat_checks.settings(page, tokens="color")
    page.locator(".token").nth(2).focus()
    picture("tokens")
    if chat:
        chat_checks.stopped(page)
    else:  # the small model writes faster than Playwright presses a key
        chat_checks.another(page, "Once upon a time")
        chat_checks.answered(page)
    page.get_by_role("button", name="Settings").click()
    picture("settings")
    page.keyboard.press("Escape")
    chat_checks.show_list(page)
    picture("list")
    chat_checks.kept(page)
    if chat:
        page.goto("/#")
        chat_checks.hostile(page, where)
        picture("formatted")
        page.unroute("**/completions")
    return len(taken)


def fails_clearly(context: BrowserContext) -> None:
    """Errors of the server and of the network."""
    page = context.new_page()
    page.goto("/")
    expect(page.locator("#model option")).not_to_have_count(0)
    chat_checks.failures(page)


def asks_for_key(browser: Browser) -> None:
    """If the server requires a key, the page asks for it, sends it, and forgets it with the tab."""
    with serving("--api-key", "sesame") as home:
        page = browser.new_page(base_url=home)
        page.goto("/")
        field = page.get_by_label("API key")
        expect(field).to_be_focused()
        expect(page.locator("#settings-error")).to_contain_text("key")
        field.fill("sesame")
        page.keyboard.press("Enter")
        expect(page.locator("#model option")).not_to_have_count(0)
        expect(page.locator("#error")).to_be_empty()
        chat_checks.settings(page, max_tokens="3")
        chat_checks.ask(page, "Once upon a time")
        assert chat_checks.content(chat_checks.answered(page))
        assert "sesame" not in page.evaluate("JSON.stringify({...localStorage})")
        page.context.close()


def policy(browser: Browser, home: str) -> None:
    """The content security policy forbids inline scripts and requests to others; the page cannot be framed."""
    page = browser.new_page(base_url=home)
    page.goto("/")
    page.evaluate("""() => {
        window.blocked = [];
        document.addEventListener("securitypolicyviolation", event => blocked.push(event.effectiveDirective));
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
        fetch("https://example.org/").catch(() => {});
        document.body.append(Object.assign(new Image(), {src: "https://example.org/x.png"}));
        document.body.setAttribute("style", "color: red");
    }""")
    page.wait_for_function("blocked.length >= 4")
    found = sorted(page.evaluate("blocked"))
    assert found == ["connect-src", "img-src", "script-src-elem", "style-src-attr"], found
    assert page.evaluate("window.ran === undefined")
    headers = page.request.get("/").headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    page.close()


def formats(browser: Browser, home: str) -> None:
    """Markdown becomes the elements that markdown-it makes, and each character comes from its place in the source."""
    reference = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    page = browser.new_page(base_url=home)
    page.goto("/")
    texts = json.loads(TEXTS.read_text(encoding="utf-8"))
    texts += [text[:end] for text in texts if "://" not in text for end in range(1, min(len(text), 40))]
    found = page.evaluate(
        """async texts => {
            const {markdown} = await import("/page/markdown.js");
            return texts.map(source => {
                const wrong = [];
                const leaf = (text, at, parent) => {
                    if (text.length !== at.length) wrong.push(`${at.length} offsets`);
                    [...text].forEach(char => parent.append(char));
                    let i = 0;
                    const other = offset => source[offset] !== text[i++] && !/[&\\s]/.test(source[offset]);
                    if (at.some(other)) wrong.push(text);
                };
                const box = document.createElement("div");
                box.append(...markdown(source, leaf));
                return [box.innerHTML, wrong];
            });
        }""",
        texts,
    )
    for text, (html, wrong) in zip(texts, found, strict=True):
        assert not wrong, f"{text!r}: {wrong}"
        shown, expected = plain(html), plain(reference.render(text))
        assert shown == expected, f"{text!r}: {shown!r}, expected {expected!r}"
    page.close()
    print(f"ok   {len(texts)} texts are formatted like markdown-it's")


def plain(html: str) -> str:
    """HTML without what the page adds or markdown-it does: attributes but links, boxes of code, levels of headings."""
    html = re.sub(r'<div class="code-head">.*?</div>', "", html)
    html = re.sub(r"</?div[^>]*>", "", html)
    html = re.sub(r' (?:class|style|tabindex|role|aria-label|scope|target|rel)="[^"]*"', "", html)
    html = re.sub(r"<(/?)h\d>", r"<\1h>", html)
    for old, new in ((" />", ">"), ("&quot;", '"'), ("\n</code></pre>", "</code></pre>"), ("<tbody></tbody>", "")):
        html = html.replace(old, new)
    return BLOCK_TAG.sub(r"\1", re.sub(r"\s*\n\s*", "\n", html)).strip()


def main() -> None:
    """Runs all checks."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    real = smollm2()
    assert real or "CI" not in os.environ, "ci/real-model.sh must run before this"
    with chromium() as browser:
        with serving() as home:
            formats(browser, home)
            policy(browser, home)
            everywhere(browser, home, chat=False)
        asks_for_key(browser)
        if real is None:
            sys.exit("SmolLM2-135M-Instruct is missing, so chats are not checked; run ci/real-model.sh")
        with serving("--model", real) as home:
            everywhere(browser, home, chat=True)
            fails_clearly(browser.new_context(base_url=home))


if __name__ == "__main__":
    main()
