/* Formats numbers, and creates elements from plain text, never from HTML. */
const number = value => typeof value === "number" ? value : value === "Infinity" ? Infinity : NaN;
const show = value => {
  const n = number(value);
  if (!Number.isFinite(n)) return n === Infinity ? "∞" : String(value);
  if (n === 0) return "0";
  return Math.abs(n) >= 1e-3 && Math.abs(n) < 1e6 ? (+n.toPrecision(4)).toLocaleString("en", {maximumFractionDigits: 9}) : n.toExponential(2);
};
const count = (n, one, many = `${one}s`) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}
function drawn(tag, attributes = {}, text) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  return node;
}
/* A list of labelled values. */
const facts = list => element("dl", {class: "facts"}, ...list.map(([label, value]) =>
  element("div", {}, element("dt", {}, label), element("dd", {}, typeof value === "number" ? value.toLocaleString("en") : value))));
/* A box that scrolls horizontally. If its content is wider, it can be focused, so that the arrow keys scroll it. */
function scroll(label, ...content) {
  const box = element("div", {class: "scroll", role: "region", "aria-label": label}, ...content);
  new ResizeObserver(() => box.scrollWidth > box.clientWidth ? box.setAttribute("tabindex", 0) : box.removeAttribute("tabindex")).observe(box);
  return box;
}
/* A prompt, as text or nodes, and its continuation; in smaller letters if they are long. */
function words(prompt, continuation) {
  const node = element("p", {class: "words"}, element("span", {class: "hidden"}, "Prompt: "), ...[prompt].flat(),
    element("span", {class: "hidden"}, " Continuation: "), element("span", {class: "made"}, continuation));
  node.classList.toggle("long", node.textContent.length > 300);
  return node;
}
