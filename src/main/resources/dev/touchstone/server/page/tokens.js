/* Tokens of an answer: marked in its text, and shown with their probabilities when the pointer or the focus is on one. */
import {byId, element} from "./dom.js";

const percent = logprob => {
  const p = Math.exp(logprob);
  return p > 0 && p < 1e-4 ? "< 0.01 %" : p > .9999 && p < 1 ? "> 99.99 %" : `${(100 * p).toFixed(p < .1 || p > .99 ? 2 : 1)} %`;
};
const visible = text => text.replaceAll(" ", "·").replaceAll("\n", "↵").replaceAll("\t", "⇥") || "(empty)";

/** The index of the token that each character (UTF-16 unit) of a text begins in; a character of several tokens belongs to the first. */
export function tokensOf(text, tokens) {
  const owners = new Int32Array(text.length).fill(-1), ends = [];
  let end = 0;
  for (const token of tokens) ends.push(end += token.size);
  let token = 0, byte = 0, at = 0;
  for (const char of text) {
    while (token < ends.length && ends[token] <= byte) token++;
    if (token < ends.length) owners.fill(token, at, at + char.length);
    const code = char.codePointAt(0);
    byte += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    at += char.length;
  }
  return owners;
}

/** Adds text to an element, each token in a span of its own. */
export function tokenLeaf(source, tokens) {
  const owners = tokensOf(source, tokens);
  return (text, at, parent) => {
    for (let from = 0; from < text.length;) {
      const owner = owners[at[from]];
      let to = from + 1;
      while (to < text.length && owners[at[to]] === owner) to++;
      const piece = text.slice(from, to);
      if (owner < 0) parent.append(piece);
      else {
        const span = element("span", {class: "token", "data-token": owner}, piece);
        span.style.setProperty("--doubt", (1 - Math.exp(tokens[owner].logprob)).toFixed(2));
        parent.append(span);
      }
      from = to;
    }
  };
}

/** Makes the spans of a finished answer one stop of the tab key; the arrow keys move between them. */
export const reachable = body => body.querySelectorAll(".token").forEach((span, i) => { span.tabIndex = i ? -1 : 0; });

const tip = byId("tip");
let shown = null, hiding = 0;

function show(span, tokens) {
  clearTimeout(hiding);
  if (shown === span) return;
  hide();
  const first = Number(span.dataset.token);
  let next = first + 1; // tokens that end inside the character which this one begins
  for (const bytes = /^(\\x[\da-f]{2})+$/; next < tokens.length && bytes.test(tokens[first].text) && bytes.test(tokens[next].text);) next++;
  tip.replaceChildren(...tokens.slice(first, next).flatMap(described));
  tip.hidden = false;
  const box = span.getClientRects()[0], origin = tip.offsetParent.getBoundingClientRect(), width = tip.offsetWidth;
  tip.style.left = `${Math.max(8, Math.min(box.left, document.documentElement.clientWidth - width - 8)) - origin.left}px`;
  const below = box.bottom + tip.offsetHeight + 8 < innerHeight || box.top < tip.offsetHeight + 8;
  tip.style.top = `${(below ? box.bottom + 4 : box.top - tip.offsetHeight - 4) - origin.top}px`;
  span.setAttribute("aria-describedby", "tip");
  span.classList.add("here");
  shown = span;
}

function described(token) {
  const better = token.top.filter(([, logprob]) => logprob > token.logprob).length;
  const place = better === 0 ? "the most likely" : better < token.top.length ? `number ${better + 1}` : `less likely than these ${better}`;
  const bars = token.top.map(([text, logprob]) => {
    const bar = element("span", {class: "bar", "aria-hidden": "true"});
    bar.style.width = `${100 * Math.exp(logprob)}%`;
    return element("li", {class: text === token.text ? "chosen" : undefined}, element("span", {class: "label"}, visible(text)),
      element("span", {class: "track"}, bar), element("span", {class: "value"}, percent(logprob)));
  });
  return [element("p", {}, element("b", {}, visible(token.text)), ` ${percent(token.logprob)}${token.top.length ? `, ${place}` : ""}`),
    element("ul", {class: "bars"}, ...bars)];
}

function hide() {
  shown?.removeAttribute("aria-describedby");
  shown?.classList.remove("here");
  shown = null;
  tip.hidden = true;
}
const hideSoon = () => {
  clearTimeout(hiding);
  hiding = setTimeout(hide, 200);
};
tip.addEventListener("pointerenter", () => clearTimeout(hiding));
tip.addEventListener("pointerleave", hideSoon);

/** Hides the probabilities; returns whether they were shown. */
export function hideTip() {
  const was = !tip.hidden;
  hide();
  return was;
}

/** Shows probabilities in the element of an answer; `tokens` returns its tokens. */
export function follow(body, tokens) {
  const at = event => event.target.closest?.(".token");
  body.addEventListener("pointerover", event => at(event) ? show(at(event), tokens()) : hideSoon());
  body.addEventListener("pointerleave", hideSoon);
  body.addEventListener("focusin", event => at(event) && show(at(event), tokens()));
  body.addEventListener("focusout", hideSoon);
  body.addEventListener("keydown", event => {
    if (!at(event) || event.altKey || event.ctrlKey || event.metaKey) return;
    const spans = [...body.querySelectorAll(".token")], i = spans.indexOf(at(event));
    const to = {ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: spans.length - 1}[event.key];
    if (to === undefined || !spans[to]) return;
    event.preventDefault();
    spans[i].tabIndex = -1;
    spans[to].tabIndex = 0;
    spans[to].focus();
  });
}
