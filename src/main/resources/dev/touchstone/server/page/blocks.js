/* Blocks of Markdown, as CommonMark and GitHub's tables define them. HTML is text, and there are no link references. A line is
   {text, from}: `from` is the offset of its first character in the source, so that every character of the result can be traced
   to the token that it came from. */
import {inline} from "./inline.js";

const MOST_NESTED = 12;
const FENCE = /^( {0,3})(`{3,}|~{3,})[ \t]*([^`\n]*)$/;
const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+|$)/;
const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const UNDERLINE = /^ {0,3}(=+|-+)[ \t]*$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,3})([-+*]|(\d{1,9})[.)])(?:( +)(?=\S)|[ \t]*$)/;
const COLUMNS = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

/** The blocks of a text: {tag, from, to, blank} with `children`, `items`, `rows` or `text`; `blank` if an empty line precedes it. */
export function parse(source) {
  let from = 0;
  const lines = source.split("\n").map(text => {
    const line = {text, from};
    from += text.length + 1;
    return line;
  });
  return blocks(lines, 0);
}

const cut = (line, n) => ({text: line.text.slice(n), from: line.from + Math.min(n, line.text.length)});
const blank = line => !line.text.trim();
const indent = line => line.text.match(/^ */)[0].length;
const tag = line => line.text.match(ITEM)?.[2].at(-1);

/** Whether a line ends the paragraph before it. */
const interrupts = line => blank(line) || FENCE.test(line.text) || HEADING.test(line.text) || RULE.test(line.text)
  || QUOTE.test(line.text) || /^ {0,3}(?:[-+*]|1[.)]) +\S/.test(line.text);

const startsBlock = line => interrupts(line) || ITEM.test(line.text);

function blocks(lines, depth) {
  const found = [];
  for (let i = 0, empty = false; i < lines.length;) {
    if (blank(lines[i])) {
      empty = true;
      i++;
      continue;
    }
    const nested = depth < MOST_NESTED;
    const [block, next] = code(lines, i) ?? heading(lines, i) ?? rule(lines, i) ?? (nested && quote(lines, i, depth))
      ?? (nested && list(lines, i, depth)) ?? table(lines, i) ?? paragraph(lines, i);
    const last = lines[next - 1];
    found.push({...block, from: lines[i].from, to: last.from + last.text.length, blank: empty});
    empty = false;
    i = next;
  }
  return found;
}

function code(lines, i) {
  const open = lines[i].text.match(FENCE);
  if (!open) return indentedCode(lines, i);
  let end = i + 1;
  const closes = line => new RegExp(`^ {0,3}\\${open[2][0]}{${open[2].length},}[ \\t]*$`).test(line.text);
  while (end < lines.length && !closes(lines[end])) end++;
  const body = lines.slice(i + 1, end).map(line => cut(line, Math.min(indent(line), open[1].length)));
  return [{tag: "pre", language: open[3].trim().split(/\s/)[0], ...joined(body)}, Math.min(end + 1, lines.length)];
}

function indentedCode(lines, i) {
  if (indent(lines[i]) < 4) return undefined;
  let end = i;
  for (let at = i; at < lines.length && (blank(lines[at]) || indent(lines[at]) >= 4); at++) if (!blank(lines[at])) end = at + 1;
  return [{tag: "pre", language: "", ...joined(lines.slice(i, end).map(line => cut(line, 4)))}, end];
}

function heading(lines, i) {
  const found = lines[i].text.match(HEADING);
  if (!found) return undefined;
  const line = cut(lines[i], found[0].length);
  const text = line.text.replace(/(^|[ \t]+)#+[ \t]*$/, "").trimEnd();
  return [{tag: `h${found[1].length}`, children: inline(joined([{...line, text}]))}, i + 1];
}

const rule = (lines, i) => RULE.test(lines[i].text) ? [{tag: "hr"}, i + 1] : undefined;

/** Whether lines end in a paragraph, which a line without their marks continues. */
function endInParagraph(lines) {
  let last = blocks(lines, 0).at(-1);
  while (last?.items || last?.tag === "blockquote") last = (last.children ?? last.items.at(-1)).at(-1);
  return last?.tag === "p" && !blank(lines.at(-1));
}

function quote(lines, i, depth) {
  const inner = [];
  let end = i, lazy = false;
  for (; end < lines.length; end++) {
    const mark = lines[end].text.match(QUOTE);
    lazy = !mark && inner.length > 0 && !startsBlock(lines[end]) && (lazy || endInParagraph(inner));
    if (!mark && !lazy) break;
    inner.push(lazy ? lines[end] : cut(lines[end], mark[0].length));
  }
  return inner.length ? [{tag: "blockquote", children: blocks(inner, depth + 1)}, end] : undefined;
}

function list(lines, i, depth) {
  const first = lines[i].text.match(ITEM), items = [];
  if (!first) return undefined;
  let loose = false, next = i;
  while (next < lines.length && tag(lines[next]) === first[2].at(-1) && !RULE.test(lines[next].text)) {
    const [item, end] = listItem(lines, next, depth);
    const ends = end < lines.length && tag(lines[end]) === first[2].at(-1);
    loose ||= item.slice(1).some(block => block.blank) || (ends && blank(lines[end - 1]));
    items.push(item);
    next = end;
  }
  while (blank(lines[next - 1])) next--;
  return [{tag: first[3] ? "ol" : "ul", start: Number(first[3] ?? 1), loose, items}, next];
}

/** The blocks of an item, and the line after it and after the empty lines that follow it. */
function listItem(lines, i, depth) {
  const [, before, mark, , spaces = " "] = lines[i].text.match(ITEM);
  const width = before.length + mark.length + (spaces.length > 4 ? 1 : spaces.length);
  const inner = [cut(lines[i], width)];
  let end = i + 1, lazy = false;
  for (; end < lines.length; end++) {
    const line = lines[end], belongs = blank(line) || indent(line) >= width;
    lazy = !belongs && !startsBlock(line) && (lazy || endInParagraph(inner));
    if (!belongs && !lazy) break;
    inner.push(lazy ? line : cut(line, width));
  }
  while (inner.length > 1 && blank(inner.at(-1))) inner.pop();
  return [blocks(inner, depth + 1), end];
}

function table(lines, i) {
  if (!lines[i].text.includes("|") || !lines[i + 1]?.text.includes("-") || !COLUMNS.test(lines[i + 1].text)) return undefined;
  const head = cells(lines[i]);
  const align = cells(lines[i + 1]).map(({text}) => (text.startsWith(":") ? 1 : 0) + (text.endsWith(":") ? 2 : 0));
  if (head.length !== align.length) return undefined;
  const rows = [];
  let end = i + 2;
  for (; end < lines.length && !startsBlock(lines[end]); end++) rows.push(cells(lines[end]).slice(0, head.length));
  const names = ["", "left", "right", "center"];
  return [{tag: "table", align: align.map(n => names[n]), head: head.map(inline), rows: rows.map(row => row.map(inline))}, end];
}

function cells(line) {
  const found = [];
  let text = "", at = [];
  const end = () => {
    const before = text.length - text.trimStart().length, trimmed = text.trim();
    found.push({text: trimmed, at: at.slice(before, before + trimmed.length)});
    [text, at] = ["", []];
  };
  for (let i = 0; i < line.text.length; i++) {
    if (line.text[i] === "|") end();
    else {
      if (line.text[i] === "\\" && line.text[i + 1] === "|") i++;
      text += line.text[i];
      at.push(line.from + i);
    }
  }
  end();
  if (/^\s*\|/.test(line.text)) found.shift();
  if (/(?<!\\)\|\s*$/.test(line.text)) found.pop();
  return found;
}

function paragraph(lines, i) {
  let end = i + 1;
  for (; end < lines.length; end++) {
    const level = lines[end].text.match(UNDERLINE)?.[1][0];
    if (level) return [{tag: level === "=" ? "h1" : "h2", children: inline(trimmed(lines.slice(i, end)))}, end + 1];
    if (interrupts(lines[end]) || table(lines, end)) break;
  }
  return [{tag: "p", children: inline(trimmed(lines.slice(i, end)))}, end];
}

const trimmed = lines => joined(lines.map((line, i) => {
  const start = cut(line, line.text.match(/^[ \t]*/)[0].length);
  return i === lines.length - 1 ? {...start, text: start.text.trimEnd()} : start;
}));

/** Lines as one text, with the offset of each character in the source. */
function joined(lines) {
  const at = [];
  lines.forEach((line, i) => {
    if (i) at.push(lines[i - 1].from + lines[i - 1].text.length);
    for (let j = 0; j < line.text.length; j++) at.push(line.from + j);
  });
  return {text: lines.map(line => line.text).join("\n"), at};
}
