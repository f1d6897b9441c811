/* Emphasis, code, links and line breaks in the text of a block of Markdown. A node is {tag, children}, or text {text, at} with
   the offset of each of its characters in the source. */
const LONGEST = 20_000; // the search for pairs of marks takes quadratic time
const SPECIAL = /[\\`*_~[\]!<&\nh]/g;
const PUNCTUATION = /[!-/:-@[-`{-~]/;
const ADDRESS = /https?:\/\/[^\s<>]*[^\s<>.,:;!?"'*_~)\]]/y;
const BRACKETED = /<((?:https?:\/\/|mailto:)[^\s<>]*)>/y;
const TARGET = /\(\s*(?:<([^<>\n]*)>|((?:[^\s()\\]|\\.|\([^\s()]*\))*))(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*\)/y;
const SAFE = /^(https?:\/\/|mailto:)/i; // a link to anything else is left as text
const ENTITY = /&(?:(amp|lt|gt|quot|nbsp)|#(\d{1,7})|#x([\da-f]{1,6}));/iy;
const NAMED = {amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00a0"};

export function inline({text, at}) {
  if (text.length > LONGEST) return [{text, at}];
  const parts = [], brackets = [], unclosed = new Set();
  const leaf = (from, to, shown = text.slice(from, to)) => ({text: shown, at: at.slice(from, to)});
  const matchAt = (pattern, from) => {
    pattern.lastIndex = from;
    return pattern.exec(text);
  };
  let i = 0;
  const plain = size => {
    parts.push(leaf(i, i + size));
    i += size;
  };
  while (i < text.length) {
    SPECIAL.lastIndex = i;
    const next = SPECIAL.exec(text)?.index ?? text.length;
    if (next > i) {
      plain(next - i);
      continue;
    }
    const char = text[i];
    if (char === "\\") escaped();
    else if (char === "`") code();
    else if ("*_~".includes(char)) marks();
    else if (char === "[" || (char === "!" && text[i + 1] === "[")) {
      brackets.push({part: parts.length, after: i + (char === "!" ? 2 : 1)});
      plain(char === "!" ? 2 : 1);
    } else if (char === "]") closeBracket();
    else if (char === "\n") newline();
    else if (char === "<") address(BRACKETED, 1);
    else if (char === "&") entity();
    else address(char === "h" && !/\w/.test(text[i - 1] ?? " ") ? ADDRESS : /$^/y, 0);
  }
  return leaves(emphasized(parts));

  function escaped() {
    if (text[i + 1] === "\n") {
      parts.push({tag: "br", children: []});
      i += 2;
      while (text[i] === " ") i++;
    } else if (PUNCTUATION.test(text[i + 1] ?? "")) {
      parts.push(leaf(i + 1, i + 2));
      i += 2;
    } else plain(1);
  }
  function code() {
    const fence = matchAt(/`+/y, i)[0], start = i + fence.length;
    let end = unclosed.has(fence.length) ? -1 : text.indexOf(fence, start);
    while (end >= 0 && (text[end - 1] === "`" || text[end + fence.length] === "`")) end = text.indexOf(fence, matchAt(/`+/y, end)[0].length + end);
    if (end < 0) {
      unclosed.add(fence.length);
      return plain(fence.length);
    }
    const inner = text.slice(start, end).replaceAll("\n", " ");
    const padded = /^ .* $/.test(inner) && inner.trim() ? 1 : 0;
    parts.push({tag: "code", children: [leaf(start + padded, end - padded, inner.slice(padded, inner.length - padded))]});
    i = end + fence.length;
  }
  function marks() {
    const mark = text[i], size = matchAt(/\*+|_+|~+/y, i)[0].length;
    const before = text[i - 1] ?? " ", after = text[i + size] ?? " ";
    const space = char => /\s/.test(char), sign = char => /[\p{P}\p{S}]/u.test(char);
    const left = !space(after) && (!sign(after) || space(before) || sign(before));
    const right = !space(before) && (!sign(before) || space(after) || sign(after));
    const opens = left && (mark !== "_" || !right || sign(before)), closes = right && (mark !== "_" || !left || sign(after));
    parts.push({mark, size, whole: size, opens, closes, start: i, leaf});
    i += size;
  }
  function closeBracket() {
    const open = brackets.pop(), target = matchAt(TARGET, i + 1);
    const href = (target?.[1] ?? target?.[2] ?? "").replace(/\\([!-/:-@[-`{-~])/g, "$1");
    if (!open?.after || !SAFE.test(href)) return plain(1);
    const image = text[open.after - 2] === "!" && parts[open.part].text === "![";
    const children = leaves(emphasized(parts.splice(open.part).slice(1)));
    parts.push({tag: "a", href, children});
    if (!image) for (const other of brackets) if (text[other.after - 2] !== "!") other.after = 0; // no links in links
    i += 1 + target[0].length;
  }
  function newline() {
    const last = parts.at(-1), kept = last?.text?.replace(/ +$/, "");
    if (last?.text !== undefined) parts[parts.length - 1] = {text: kept, at: last.at.slice(0, kept.length)};
    if (last?.text?.endsWith("  ")) {
      parts.push({tag: "br", children: []});
      i++;
    } else plain(1);
    while (text[i] === " ") i++;
  }
  function address(pattern, bracket) {
    const found = matchAt(pattern, i);
    if (!found) return plain(1);
    const size = found[0].length;
    parts.push({tag: "a", href: found[1] ?? found[0], children: [leaf(i + bracket, i + size - bracket)]});
    i += size;
  }
  function entity() {
    const found = matchAt(ENTITY, i);
    if (!found) return plain(1);
    const code = found[2] ? Number(found[2]) : parseInt(found[3], 16);
    const shown = found[1] ? NAMED[found[1].toLowerCase()] : code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
    parts.push({text: shown, at: Array(shown.length).fill(at[i])});
    i += found[0].length;
  }
}

/** Pairs runs of `*`, `_` and `~`; the rules are CommonMark's. */
function emphasized(parts) {
  for (let close = 0; close < parts.length; close++) {
    const closer = parts[close];
    if (!closer.closes || !closer.size) continue;
    let open = close - 1;
    while (open >= 0 && !pairs(parts[open], closer)) open--;
    if (open < 0) continue;
    const opener = parts[open], size = closer.mark === "~" ? closer.size : Math.min(2, opener.size, closer.size);
    const children = leaves(parts.splice(open + 1, close - open - 1));
    parts.splice(open + 1, 0, {tag: closer.mark === "~" ? "s" : size === 2 ? "strong" : "em", children});
    opener.size -= size;
    closer.size -= size;
    closer.start += size;
    close = open + 1; // this closer again, if some of it is left
  }
  return parts;
}
function pairs(opener, closer) {
  if (!opener.opens || !opener.size || opener.mark !== closer.mark) return false;
  if (closer.mark === "~") return opener.size === 2 && closer.size === 2;
  const either = opener.closes || closer.opens;
  return !either || (opener.whole + closer.whole) % 3 !== 0 || (opener.whole % 3 === 0 && closer.whole % 3 === 0);
}
/** The nodes of parts: marks that are left over are text, and neighbouring texts become one. */
function leaves(parts) {
  const nodes = [];
  for (const part of parts) {
    const node = part.mark ? part.leaf(part.start, part.start + part.size) : part, last = nodes.at(-1);
    if (node.tag || last?.text === undefined) nodes.push(node);
    else nodes.splice(-1, 1, {text: last.text + node.text, at: [...last.at, ...node.at]});
  }
  return nodes.filter(node => node.text !== "");
}
