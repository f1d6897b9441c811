"""Checks of the server's page by mouse and keyboard, against a real server or with answers that Playwright gives."""

import json
import math
import re
from collections.abc import Callable, Iterable

from page_checks import HOSTILE
from page_rules import check_rules
from playwright.sync_api import APIRequestContext, Locator, Page, Route, expect

SECONDS = 1000
ANSWER = 60 * SECONDS
FENCE = "```"
FORMATTED = f"""# Sorting

A *stable* sort keeps **equal elements**; `sorted` takes a key and is O(n log n).

{FENCE}python
def by_length(words: list[str]) -> list[str]:
    return sorted(words, key=len)  # a line that is longer than the screen of a phone, so that it has to be scrolled
{FENCE}

1. one
2. two, with a list:
   - über 🦊 日本語
   - [a link](https://example.org/)

> A quotation.

| function | result |
|---|---:|
| `sorted` | a list |
"""


def ask(page: Page, text: str) -> None:
    """Writes into the field and presses Enter."""
    page.locator("#message").fill(text)
    page.locator("#message").press("Enter")


def answered(page: Page) -> Locator:
    """Waits until the answer is complete; returns the text of the last one."""
    expect(page.locator("#stop")).to_be_hidden(timeout=ANSWER)
    return page.locator(".made").last


def content(text: Locator) -> str:
    """The text of an element, with all of its white space."""
    return text.evaluate("node => node.textContent")


def settings(page: Page, **values: str) -> None:
    """Fills fields of the settings and closes them by Escape."""
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    for name, value in values.items():
        field = page.locator(f"#{name}")
        field.select_option(value) if name in ("tokens", "format") else field.fill(value)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.evaluate("new Promise(done => setTimeout(done))")  # the dialog's event of closing follows in a task of its own


def sent(page: Page, act: Callable[[], object]) -> dict:
    """The body of the request for an answer that `act` causes."""
    with page.expect_request(lambda request: request.url.endswith("completions")) as found:
        act()
    return json.loads(found.value.post_data or "")


def repeated(api: APIRequestContext, home: str, body: dict, chat: bool) -> dict:
    """The first choice of the same request without a stream."""
    plain = {key: value for key, value in body.items() if not key.startswith("stream")}
    response = api.post(f"{home}/v1/{'chat/' if chat else ''}completions", data=plain)
    assert response.ok, response.text()
    return response.json()["choices"][0]


def conversation(page: Page, home: str, chat: bool, prompt: str, where: str) -> None:
    """An answer and its probabilities are the server's; it can be repeated, edited and explained."""
    settings(page, max_tokens="24", temperature="0.8", seed="7")
    body = sent(page, lambda: ask(page, prompt))
    text = answered(page)
    assert (body["max_tokens"], body["temperature"], body["seed"], body["stream"]) == (24, 0.8, 7, True)
    same = repeated(page.request, home, body, chat)
    expected = same["message"]["content"] if chat else same["text"]
    settings(page, format="plain")
    assert content(text) == expected, f"the page shows {content(text)!r}, the server gives {expected!r}"
    settings(page, format="markdown")
    tokens(page, text, same["logprobs"], chat)
    check_rules(page, f"{where}, an answer")
    expect(page.locator("#log")).to_contain_text(expected.strip().split()[-1])
    page.get_by_role("button", name="Regenerate").click()
    assert content(answered(page)) == expected, "the same seed gave another answer"
    explained(page, home)
    settings(page, seed="8")
    page.get_by_role("button", name="Edit").click()
    field = page.get_by_role("textbox", name="Message" if chat else "Text", exact=True).first
    expect(field).to_be_focused()
    if chat:
        field.fill("And of Spain?")
        body = sent(page, lambda: field.press("Enter"))
        assert body["messages"][-1] == {"role": "user", "content": "And of Spain?"} and body["seed"] == 8
        answered(page)
        assert page.locator("article").count() == 2
    else:
        assert field.input_value() == prompt + expected
        field.fill("The fox")
        page.get_by_role("button", name="Save").click()
        body = sent(page, lambda: page.locator("#message").press("Enter"))
        assert body["prompt"] == "The fox", "an empty field continues the text"
        answered(page)


def tokens(page: Page, text: Locator, logprobs: dict, chat: bool) -> None:
    """Focus and pointer show the probability of a token, the arrow keys move to the next one."""
    log = [one["logprob"] for one in logprobs["content"]] if chat else logprobs["token_logprobs"]
    names = [one["token"] for one in logprobs["content"]] if chat else logprobs["tokens"]
    spans, tip = text.locator(".token"), page.get_by_role("tooltip")
    marked = spans.evaluate_all("spans => spans.map(span => [Number(span.dataset.token), span.textContent])")
    assert marked == [[i, name] for i, name in enumerate(names) if name], f"tokens are {names}, marked are {marked}"
    assert text.locator(".token[tabindex='0']").count() == 1, "the tokens are a single tab stop"
    spans.first.focus()
    expect(tip).to_contain_text(shown(log[0]))
    page.keyboard.press("ArrowRight")
    expect(spans.nth(1)).to_be_focused()
    expect(tip).to_contain_text(shown(log[int(spans.nth(1).get_attribute("data-token") or -1)]))
    assert tip.locator("li").count() == 5
    page.keyboard.press("End")
    expect(spans.last).to_be_focused()
    expect(tip).to_contain_text(shown(log[int(spans.last.get_attribute("data-token") or -1)]))
    expect(spans.last).to_have_attribute("aria-describedby", "tip")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    spans.nth(2).hover()
    expect(tip).to_contain_text(shown(log[int(spans.nth(2).get_attribute("data-token") or -1)]))
    page.mouse.move(0, 0)
    expect(tip).to_be_hidden()


def shown(logprob: float) -> str:
    """A probability as the page shows it, without its last digit, which may be rounded differently."""
    percent = 100 * math.exp(logprob)
    return f"{percent:.1f}"[:-1] if 10 <= percent <= 99 else f"{min(percent, 99.99):.2f}"[:-1]


def explained(page: Page, home: str) -> None:
    """The link opens the page of `explain` of the answer in a tab of its own, and its script runs."""
    page.get_by_role("button", name="Explain").last.click()
    link = page.get_by_role("link", name="Open the explanation")
    expect(link).to_be_focused(timeout=ANSWER)
    with page.context.expect_page() as opened:
        link.click()
    other = opened.value
    expect(other.get_by_role("heading", name="9 Memory and time")).to_be_visible()
    other.locator(".check .source").first.click()
    other.get_by_role("button", name="Close").click()
    expect(other.get_by_role("dialog")).to_be_hidden()
    assert other.evaluate("origin") == "null", "the page can read what the chat page keeps"
    other.close()


def stopped(page: Page) -> None:
    """Escape stops an answer, and so does the button; what has arrived stays."""
    settings(page, max_tokens="400", seed="1", temperature="1")
    by_key, by_button = page.keyboard.press, page.get_by_role("button", name="Stop").click
    for stop in (lambda: by_key("Escape"), by_button):
        another(page, "Write a long story.")
        expect(page.locator(".made")).to_contain_text(re.compile(r"\w"), timeout=ANSWER)
        stop()
        expect(page.locator("#stop")).to_be_hidden()
        expect(page.locator(".facts-line")).to_contain_text("stopped")
        assert content(page.locator(".made")).strip()


def another(page: Page, text: str) -> None:
    """Begins another conversation."""
    show_list(page)
    page.get_by_role("button", name="New conversation").click()
    ask(page, text)


def kept(page: Page) -> None:
    """Conversations outlive a reload, can be exported, deleted, restored, and imported."""
    names = page.locator("#list a")
    before = names.all_text_contents()
    text = content(page.locator("#thread"))
    assert len(before) >= 2
    page.reload()
    expect(names).to_have_count(len(before))
    assert content(page.locator("#thread")) == text
    show_list(page)
    with page.expect_download() as file:
        page.get_by_role("button", name="Export").click()
    exported = file.value.path()
    delete = page.get_by_role("button", name=re.compile("^Delete "))
    delete.first.click()
    expect(names).to_have_count(len(before) - 1)
    page.get_by_role("button", name="Undo").click()
    expect(names).to_have_count(len(before))
    while names.count():
        show_list(page)
        delete.first.click()
    page.locator("#file").set_input_files(exported)
    expect(names).to_have_count(len(before))
    assert names.all_text_contents() == before
    page.locator("#file").set_input_files({"name": "bad.json", "mimeType": "application/json", "buffer": b'{"a": 1}'})
    expect(page.locator("#error")).to_have_text("bad.json is not a file that this page exported.")


def show_list(page: Page) -> None:
    """Shows the list of conversations on a phone."""
    menu = page.get_by_role("button", name="Conversations", exact=True)
    if menu.is_visible() and menu.get_attribute("aria-expanded") == "false":
        menu.click()


def event(value: object) -> str:
    """A server-sent event."""
    return f"data: {value if isinstance(value, str) else json.dumps(value)}\n\n"


REFUSED = "the queue is full; try again in 2 s"
ERROR = {"error": {"message": REFUSED, "type": "rate_limit_error", "param": None, "code": None}}


def streamed(pieces: Iterable[str], *end: object) -> str:
    """An answer in pieces, then other events."""
    chunks = ({"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces)
    return "".join(map(event, [*chunks, *end]))


def given(page: Page, body: str, status: int = 200) -> None:
    """Answers the next requests for an answer with `body`."""
    page.unroute("**/completions")
    kind = "text/event-stream" if status == 200 else "application/json"

    def fulfill(route: Route) -> None:
        route.fulfill(status=status, content_type=kind, body=body)

    page.route("**/completions", fulfill)


def hostile(page: Page, where: str) -> None:
    """Text of a model never runs and never loads anything."""
    image = "![x](https://example.org/x.png) <img src=x onerror='window.ran = true'> [y](javascript:window.ran=true)"
    given(page, streamed([HOSTILE, "\n\n", image, f"\n\n{FENCE}\n{HOSTILE}"], "[DONE]"))
    ask(page, HOSTILE)
    text = answered(page)
    assert HOSTILE in content(text) and "javascript:window.ran=true" in content(text)
    assert page.evaluate("window.ran === undefined")
    assert page.locator("main img, main script").count() == 0
    assert page.locator(".question .given").inner_text() == HOSTILE
    given(page, streamed(FORMATTED.partition(" "), "[DONE]"))
    ask(page, "Sort")
    answered(page)
    check_rules(page, f"{where}, formatted text")
    assert page.locator(".formatted").last.locator("h3, pre, ol, ul, blockquote, table, a").count() == 7


def failures(page: Page) -> None:
    """Each failure is one clear line, and can be tried again."""
    alert = page.locator("#error")
    given(page, json.dumps(ERROR), status=429)
    ask(page, "full")
    expect(alert).to_contain_text(REFUSED)
    assert page.locator(".answer").count() == 0, "an empty answer is left"
    given(page, streamed(["Half an "], ERROR, "[DONE]"))
    alert.get_by_role("button", name="Try again").click()
    expect(alert).to_contain_text(REFUSED)
    expect(page.locator(".facts-line")).to_contain_text("incomplete")
    given(page, streamed(["Half an "]))
    alert.get_by_role("button", name="Try again").click()
    expect(alert).to_contain_text("ended before the answer did")
    page.unroute("**/completions")
    page.route("**/completions", lambda route: route.abort("connectionrefused"))
    alert.get_by_role("button", name="Try again").click()
    expect(alert).to_contain_text("does not answer")
    given(page, streamed(["A whole answer."], "[DONE]"))
    alert.get_by_role("button", name="Try again").click()
    expect(page.locator(".made")).to_have_text("A whole answer.")
    expect(alert).to_be_empty()
