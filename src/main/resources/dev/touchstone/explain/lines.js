/* Attention as lines from each token to those that it attends to; with many tokens, as a text whose tokens are shaded by the weight. */
const lineLimit = 32;
const shownHeads = {all: false};
const headsNow = () => shownHeads.all ? Array.from({length: run.shape.heads}, (_, head) => head) : [state.head];
const headColor = head => `var(--tint${head % 5})`;
const lineSvg = drawn("svg", {viewBox: `0 0 100 ${tokens}`, preserveAspectRatio: "none", "aria-hidden": "true"});
const queryNames = run.ids.map((id, at) => {
  const node = element("span", {}, word(id));
  node.addEventListener("click", () => select({token: at}));
  return node;
});
const keyNames = run.ids.map(id => element("span", {}, word(id)));
const shades = run.ids.map(id => word(id));
const linesLive = element("output", {class: "live", "aria-live": "polite"});
/* The weight on a key, the mean of the shown heads. */
const meanWeight = (packed, query, key) => headsNow().reduce((sum, head) => sum + weightAt(packed, head, query, key), 0) / headsNow().length;

function drawLines(packed) {
  lineSvg.replaceChildren(...headsNow().flatMap(head => run.ids.flatMap((_, query) => Array.from({length: query + 1}, (_, key) => {
    const w = weightAt(packed, head, query, key), here = query === state.token;
    return w < .02 ? null : drawn("line", {x1: 0, x2: 100, y1: query + .5, y2: key + .5, stroke: headColor(head),
      "stroke-width": (here ? 1 : .5) + 3 * w, "stroke-opacity": ((here ? .35 : .06) + (here ? .65 : .18) * w).toFixed(3), "vector-effect": "non-scaling-stroke"});
  })).filter(Boolean)));
  queryNames.forEach((node, at) => node.classList.toggle("here", at === state.token));
  keyNames.forEach((node, key) => {
    const w = key > state.token ? 0 : meanWeight(packed, state.token, key);
    node.style.background = `color-mix(in srgb, var(--theirs) ${Math.round(36 * Math.sqrt(w))}%, var(--card))`;
  });
}
function shadeText(packed) {
  shades.forEach((node, key) => {
    const w = key > state.token ? 0 : meanWeight(packed, state.token, key);
    node.className = `tok ${key > state.token ? "later" : ""} ${key === state.token ? "asks" : ""}`;
    node.style.background = w > 0 ? `color-mix(in srgb, var(--theirs) ${Math.round(36 * Math.sqrt(w))}%, var(--card))` : "";
  });
}
async function showLines() {
  const at = state.layer, packed = await weightsOf(at);
  linesBox.hidden = packed === null;
  if (packed === null || at !== state.layer) return;
  (tokens <= lineLimit ? drawLines : shadeText)(packed);
  const best = Array.from({length: state.token + 1}, (_, key) => [key, meanWeight(packed, state.token, key)]).sort((a, b) => b[1] - a[1]).slice(0, 3);
  linesLive.replaceChildren(element("b", {}, quoted(run.ids[state.token])), ` (token ${state.token}) attends most to `,
    ...best.flatMap(([key, w], i) => [i ? ", " : "", element("b", {}, quoted(run.ids[key])), ` ${percent(w)}`]),
    shownHeads.all ? `, mean of the heads of layer ${at}.` : `, in layer ${at}, head ${state.head}.`);
}
const linesBox = element("div", {}, element("h3", {}, tokens <= lineLimit ? "Attention as lines" : "Attention over the text"),
  element("p", {class: "soft"}, tokens <= lineLimit ? "From the query on the left to its keys on the right. A thicker line is a larger weight; those of the selected token are strong."
    : "The stronger the shade, the more the selected token attends to a token."),
  choice("Heads", [["one", "the selected head"], ["all", "all heads of the layer"]], value => {
    shownHeads.all = value === "all";
    showLines();
  }),
  tokens <= lineLimit ? element("div", {class: "lines", style: `--tokens:${tokens}`, "aria-hidden": "true"},
    element("div", {class: "queries"}, ...queryNames), lineSvg, element("div", {}, ...keyNames))
    : element("div", {class: "text shaded"}, ...shades), linesLive);
follow(["token", "layer", "head"], showLines);
