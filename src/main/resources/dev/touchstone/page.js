/* What the pages have in common: numbers as people read them, and nodes made of plain text only. */
const number = value => typeof value === "number" ? value : value === "Infinity" ? Infinity : NaN;
const show = value => {
  const n = number(value);
  if (!Number.isFinite(n)) return String(value);
  if (n === 0) return "0";
  return Math.abs(n) >= 1e-3 && Math.abs(n) < 1e5 ? String(+n.toPrecision(4)) : n.toExponential(2);
};
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
