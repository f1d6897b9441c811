/* What is selected now: a token of the prompt, a layer, a head, a step, a part of the overview, and positions of the sliders. A figure that depends on one of them is redrawn when it changes. */
const state = {token: run.ids.length - 1, layer: 0, head: 0, step: 0, part: 0, temperature: 19, topP: 99};
const watchers = [];
function select(change) {
  Object.assign(state, change);
  for (const watcher of watchers) if (watcher.keys.some(key => key in change)) watcher.draw();
}
function follow(keys, draw) {
  watchers.push({keys, draw});
  draw();
}

const percent = p => p > 0 && p < 1e-4 ? "< 0.01 %" : p > .9999 && p < 1 ? "> 99.99 %" : `${(100 * p).toFixed(p < .1 ? 2 : 1)} %`;
const few = x => Number(x).toLocaleString("en", {maximumFractionDigits: 3});
const quoted = id => run.vocabulary[id].text === '""' ? `token ${id}` : run.vocabulary[id].text;

/* A token: spaces at its ends as dots, escapes as they are. */
function word(id, style = "") {
  const inner = quoted(id).replace(/^"(.*)"$/s, "$1").replaceAll('\\"', '"');
  const [, before, middle, after] = inner.match(/^( *)(.*?)( *)$/s);
  const dots = spaces => spaces ? [element("i", {}, "·".repeat(spaces.length))] : [];
  return element("span", {class: `tok ${style}`}, ...dots(before), middle, ...dots(after));
}

/* Bytes that were deflated and written in base64. */
async function unpack(text) {
  const stream = new Blob([bytes(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
const weight = byte => (byte / 255) ** 2;

/* A line that is written again when one of `keys` changes. */
function following(keys, describe) {
  const line = element("output", {class: "live", "aria-live": "polite"});
  follow(keys, () => line.replaceChildren(...[describe()].flat()));
  return line;
}

/* A slider with buttons before and after it; `describe` gives the text of a value. */
function slider(label, key, size, describe, play = false) {
  const id = `${key}-${watchers.length}`;
  const range = element("input", {type: "range", id, min: 0, max: size - 1, step: 1, value: 0});
  const said = element("output", {for: id, "aria-live": "polite"});
  const button = (text, name, action) => {
    const node = element("button", {type: "button", class: "button", "aria-label": name}, text);
    node.addEventListener("click", action);
    return node;
  };
  const to = at => select({[key]: Math.max(0, Math.min(size - 1, at))});
  range.addEventListener("input", () => to(Number(range.value)));
  const box = element("div", {class: "slider"}, element("label", {for: id}, label),
    button("◀", `Previous ${key}`, () => to(state[key] - 1)), range,
    button("▶", `Next ${key}`, () => to(state[key] + 1)));
  if (play) box.append(player(key, size, to));
  box.append(said);
  follow([key], () => {
    range.value = state[key];
    const text = describe(state[key]);
    range.setAttribute("aria-valuetext", text);
    said.textContent = text;
  });
  return box;
}
function player(key, size, to) {
  const node = element("button", {type: "button", class: "button"}, "Play");
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    node.textContent = "Play";
  };
  node.addEventListener("click", () => {
    if (timer) return stop();
    node.textContent = "Pause";
    if (state[key] === size - 1) to(0);
    timer = setInterval(() => state[key] < size - 1 ? to(state[key] + 1) : stop(), 900);
  });
  return node;
}
