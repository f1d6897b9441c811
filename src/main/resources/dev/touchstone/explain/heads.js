/* All heads of all layers at a glance. The attention weights of a layer are unpacked once, and shared with the other figures. */
const tokens = run.ids.length, triangle = tokens * (tokens + 1) / 2;
const unpacking = run.layers.map(() => null);
/* The weights of a layer; null if they are omitted. */
function weightsOf(at) {
  unpacking[at] ??= run.layers[at].attention === null ? Promise.resolve(null) : unpack(run.layers[at].attention);
  return unpacking[at];
}
const weightAt = (packed, head, row, column) => weight(packed[head * triangle + row * (row + 1) / 2 + column]);

/* The mean weight of the queries after the first on some keys: what many heads specialise in. */
function habits(packed, head) {
  const mean = key => Array.from({length: tokens - 1}, (_, i) => weightAt(packed, head, i + 1, key(i + 1))).reduce((sum, one) => sum + one, 0) / (tokens - 1);
  return [["the token itself", mean(row => row)], ["the previous token", mean(row => row - 1)], ...tokens > 2 ? [["the first token", mean(() => 0)]] : []];
}
/* A small picture of a head: each pixel is the largest weight in its cell. */
function paintHead(canvas, packed, head) {
  const size = Math.min(tokens, 24), from = at => Math.floor(at * tokens / size);
  paint(canvas, size, size, (row, column) => {
    if (column > row) return null;
    let most = 0;
    for (let query = from(row); query < from(row + 1); query++) {
      for (let key = from(column); key < Math.min(from(column + 1), query + 1); key++) most = Math.max(most, weightAt(packed, head, query, key));
    }
    return mix("card", "theirs", Math.sqrt(most));
  });
}
const headCells = run.layers.map((_, at) => Array.from({length: run.shape.heads}, (_, head) => {
  const node = element("button", {type: "button", class: "thumb", "aria-label": `layer ${at}, head ${head}`, title: `layer ${at}, head ${head}`},
    element("canvas", {width: 1, height: 1, "aria-hidden": "true"}));
  node.addEventListener("click", () => select({layer: at, head}));
  return node;
}));
const headGrid = element("div", {class: "all-heads", role: "group", "aria-label": "all heads of all layers", style: `--heads:${run.shape.heads}`},
  ...headCells.flatMap((row, at) => [element("span", {class: "soft", "aria-hidden": "true"}, String(at)), ...row]));
headGrid.addEventListener("keydown", event => {
  const move = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}[event.key];
  const next = move && headCells[state.layer + move[0]]?.[state.head + move[1]];
  if (!next) return;
  event.preventDefault();
  next.click();
  next.focus();
});
follow(["layer", "head"], () => headCells.forEach((row, at) => row.forEach((node, head) => {
  const here = at === state.layer && head === state.head;
  node.setAttribute("aria-pressed", here);
  node.tabIndex = here ? 0 : -1;
})));
const habit = element("output", {class: "live", "aria-live": "polite"});
follow(["layer", "head"], async () => {
  const {layer: at, head} = state, packed = await weightsOf(at);
  if (at !== state.layer || head !== state.head) return;
  habit.replaceChildren(`Layer ${at}, head ${head}`, packed === null ? ": omitted." : tokens < 2 ? "." : ". Mean weight on "
    + habits(packed, head).sort((a, b) => b[1] - a[1]).map(([key, mean]) => `${key} ${percent(mean)}`).join(", ") + ".");
});
follow([], () => headCells.forEach(async (row, at) => {
  const packed = await weightsOf(at);
  row.forEach((node, head) => packed ? paintHead(node.firstChild, packed, head) : node.setAttribute("disabled", ""));
}));
const allHeads = element("div", {}, element("h3", {}, "All heads"),
  element("p", {class: "soft"}, "One row per layer, one picture per head: rows are queries, columns are keys."),
  scroll("All heads of all layers", headGrid), habit);
