/* Markdown as elements. */
import {parse} from "./blocks.js";
import {button, element} from "./dom.js";

/** Adds `text`, whose characters are at the offsets `at` of the source, to an element. */
export const plainText = (text, at, parent) => parent.append(text);

/**
 * The elements of a text. While an answer grows, all blocks but the last stay as they are.
 * @param leaf adds the text of a leaf to an element
 * @param known the blocks of the last call, by their source; this call's are written to it
 */
export function markdown(source, leaf = plainText, known = new Map()) {
  const before = new Map(known);
  known.clear();
  const blocks = parse(source), highest = Math.min(...blocks.map(block => Number(block.tag.match(/^h(\d)/)?.[1] ?? 6)));
  return blocks.map(block => {
    const key = `${block.from} ${highest} ${source.slice(block.from, block.to)}`;
    const node = before.get(key) ?? blockElement(block, leaf, highest);
    known.set(key, node);
    return node;
  });
}

/** @param highest the level of heading that becomes h3, because an answer's own heading is h2 */
function blockElement(block, leaf, highest = 1) {
  if (block.tag === "pre") return codeElement(block, leaf);
  if (block.tag === "table") return tableElement(block, leaf);
  if (block.items) {
    const start = block.tag === "ol" && block.start !== 1 ? {start: block.start} : {};
    return element(block.tag, start, ...block.items.map(item => itemElement(item, block.loose, leaf)));
  }
  if (block.tag === "blockquote") return element("blockquote", {}, ...block.children.map(child => blockElement(child, leaf)));
  const level = block.tag.match(/^h(\d)/)?.[1];
  return inlines(element(level ? `h${Math.min(6, level - highest + 3)}` : block.tag), block.children ?? [], leaf);
}

/** In a tight list a paragraph has no element of its own. */
function itemElement(blocks, loose, leaf) {
  const item = element("li");
  for (const block of blocks) {
    if (block.tag === "p" && !loose) inlines(item, block.children, leaf);
    else item.append(blockElement(block, leaf));
  }
  return item;
}

function inlines(parent, nodes, leaf) {
  for (const node of nodes) {
    if (!node.tag) leaf(node.text, node.at, parent);
    else {
      const attributes = node.href ? {href: node.href, target: "_blank", rel: "noopener noreferrer"} : {};
      parent.append(inlines(element(node.tag, attributes), node.children, leaf));
    }
  }
  return parent;
}

function codeElement({text, at, language}, leaf) {
  const code = element("code");
  leaf(text, at, code);
  const pre = element("pre", {tabindex: 0, role: "region", "aria-label": `Code${language ? ` in ${language}` : ""}`}, code);
  const head = element("div", {class: "code-head"}, element("span", {}, language));
  if (navigator.clipboard) head.append(copyButton("Copy code", () => code.textContent));
  return element("div", {class: "code"}, head, pre);
}

/** A button that copies a text and says so. */
export function copyButton(label, text) {
  const node = button(label, async () => {
    await navigator.clipboard.writeText(text());
    node.textContent = "Copied";
    setTimeout(() => { node.textContent = label; }, 2000);
  });
  return node;
}

function tableElement({align, head, rows}, leaf) {
  const row = (tag, cells) => element("tr", {}, ...head.map((_, i) =>
    inlines(element(tag, {class: align[i] || undefined, scope: tag === "th" ? "col" : undefined}), cells[i] ?? [], leaf)));
  const table = element("table", {}, element("thead", {}, row("th", head)), element("tbody", {}, ...rows.map(cells => row("td", cells))));
  return element("div", {class: "scroll", tabindex: 0, role: "region", "aria-label": "Table"}, table);
}
