/* The blocks: attention, what is added to the residual stream, and the MLP. */
const layer = () => run.layers[state.layer];
let weights = null;

const attention = new Heatmap("Attention weights, one row per query token, one column per key token", (row, column) =>
  column > row ? [element("b", {}, quoted(run.ids[column])), " comes after ", element("b", {}, quoted(run.ids[row])), " and is masked"]
    : [element("b", {}, quoted(run.ids[row])), " attends to ", element("b", {}, quoted(run.ids[column])), " with weight ",
      element("b", {}, weights ? percent(weightOf(state.head, row, column)) : "…"), ` (layer ${state.layer}, head ${state.head})`],
row => select({token: row}));
const weightOf = (head, row, column) => weightAt(weights, head, row, column);
const attentionColor = head => (row, column) => column > row ? null : mix("card", "theirs", Math.sqrt(weightOf(head, row, column)));

const thumbs = Array.from({length: run.shape.heads}, (_, head) => {
  const canvas = element("canvas", {width: 1, height: 1, "aria-hidden": "true"});
  const node = element("button", {type: "button", class: "thumb", "aria-label": `head ${head}`}, canvas, `head ${head}`);
  node.addEventListener("click", () => select({head}));
  return node;
});
follow(["head"], () => thumbs.forEach((node, head) => node.setAttribute("aria-pressed", head === state.head)));

const noWeights = element("p", {class: "soft", hidden: ""},
  "The attention weights of this layer are omitted to keep the page small. With a shorter prompt they are included.");
function drawAttention() {
  if (!weights) return;
  attention.draw(tokens, tokens, attentionColor(state.head));
}
async function showLayer() {
  const index = state.layer, packed = layer().attention;
  noWeights.hidden = packed !== null;
  attentionBox.hidden = packed === null;
  if (packed === null) return;
  const found = await weightsOf(index);
  if (index !== state.layer) return;
  weights = found;
  thumbs.forEach((node, head) => paint(node.firstChild, tokens, tokens, attentionColor(head)));
  drawAttention();
  if (attention.cursor.hidden) attention.to(tokens - 1, strongestKey());
}
/* The key to which the last token attends most. */
function strongestKey() {
  const row = Array.from({length: tokens}, (_, column) => weightOf(state.head, tokens - 1, column));
  return row.indexOf(Math.max(...row));
}
attention.node.style.aspectRatio = "1";
const grid = element("div", {class: "titled", style: "max-width:560px"});
if (tokens <= 24) grid.append(element("div"), tokenNames("heads"), tokenNames("rows"));
grid.append(attention.node);
const attentionBox = element("div", {},
  element("div", {class: "thumbs", role: "group", "aria-label": "heads"}, ...thumbs), grid, attention.live);

/* The norms of the residual stream and of what each layer adds to it, for one token. */
function stream() {
  const width = roomy(), height = 250, left = 38, base = 206, top = 12, blockInput = run.embedding[run.embedding.length - 1];
  const at = list => number(list[state.token]);
  const streams = [at(blockInput.norms), ...run.layers.map(one => at(one.residual_norms))];
  const up = ticks(Math.max(...streams, ...run.layers.flatMap(one => [at(one.attention_norms), at(one.mlp_norms)]).filter(Number.isFinite), 1e-9), 4), most = up.at(-1);
  const step = (width - left - 8) / streams.length, y = v => base - (base - top) * Math.min(1, v / most);
  const svg = drawn("svg", {viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": `Norm of the residual stream at ${quoted(run.ids[state.token])}, before the first layer and after each: ${streams.map(few).join(", ")}`});
  svg.append(drawn("rect", {x: left + step * (state.layer + 1), y: top, width: step, height: base - top, fill: "var(--ground)"}));
  for (const value of up) {
    svg.append(drawn("line", {x1: left, x2: width, y1: y(value), y2: y(value), stroke: "var(--line)"}));
    svg.append(drawn("text", {x: left - 6, y: y(value) + 4, "text-anchor": "end", class: "tick"}, few(value)));
  }
  const every = Math.ceil(streams.length / (width / 46)), bar = Math.max(2, Math.min(22, step * .3));
  streams.forEach((_, i) => {
    const x = left + step * (i + .5);
    if (i > 0) {
      const one = run.layers[i - 1];
      svg.append(drawn("rect", {x: x - bar - 1, y: y(at(one.attention_norms)), width: bar, height: base - y(at(one.attention_norms)), rx: 2, fill: "var(--theirs)"}));
      svg.append(drawn("rect", {x: x + 1, y: y(at(one.mlp_norms)), width: bar, height: base - y(at(one.mlp_norms)), rx: 2, fill: "var(--ours)"}));
    }
    if (i === 0 || (i - 1) % every === 0 && (i > 1 || step > 28)) { // the label "input" needs room
      svg.append(drawn("text", {x, y: base + 17, "text-anchor": "middle"}, i === 0 ? "input" : String(i - 1)));
    }
  });
  svg.append(drawn("path", {d: streams.map((v, i) => `${i ? "L" : "M"}${(left + step * (i + .5)).toFixed(1)} ${y(v).toFixed(1)}`).join(""),
    fill: "none", stroke: "var(--ink)", "stroke-width": 1.5}));
  streams.forEach((v, i) => svg.append(drawn("circle", {cx: left + step * (i + .5), cy: y(v), r: 3, fill: "var(--ink)"})));
  svg.append(drawn("text", {x: left + (width - left) / 2, y: height - 6, "text-anchor": "middle"}, "layer"));
  return svg;
}
const streamBox = element("div"), mlpBox = element("div"), tapsBox = scroll("Taps of the block");
follow(["token", "layer"], () => streamBox.replaceChildren(
  element("h3", {}, "Norms at ", word(run.ids[state.token])), stream(),
  legend(["var(--theirs)", "left bar: output of attention"], ["var(--ours)", "right bar: output of the MLP"], ["var(--ink)", "line: residual stream"])));
follow(["token", "layer"], () => {
  const mlp = layer().mlp, strongest = mlp.strongest[state.token], most = Math.max(...strongest.map(one => Math.abs(one.value)), 1e-9);
  mlpBox.replaceChildren(element("h3", {}, "MLP of layer ", String(state.layer)),
    element("p", {class: "soft"}, `After the activation ${mlp.positive[state.token].toLocaleString("en")} of ${count(mlp.width, "neuron")} are positive at `,
      element("b", {}, quoted(run.ids[state.token])), ". The largest by magnitude:"),
    bars(strongest.map(one => ({label: `neuron ${one.index}`, share: Math.abs(one.value) / most, value: few(one.value),
      color: one.value < 0 ? "var(--theirs)" : "var(--ours)"}))));
});
follow(["layer"], () => {
  const head = element("tr", {}, ...["tap", "shape", "ms", "computed in"].map((text, i) =>
    element("th", {scope: "col", class: i === 2 ? "n" : ""}, text)));
  tapsBox.replaceChildren(element("table", {}, element("thead", {}, head), ...layer().taps.map(tap => element("tr", {},
    element("th", {scope: "row"}, element("a", {href: `#${tap.name}`}, element("code", {}, tap.name))), element("td", {}, `(${tap.shape.join(", ")})`),
    element("td", {class: "n"}, tap.milliseconds.toFixed(3)), element("td", {}, source(tap.source, tap.source.split("/").pop()))))));
});

const joins = {sequential: "Attention comes first, then the MLP; the output of each is added to the residual stream.",
  sandwiched: "Attention comes first, then the MLP; the output of each is normalised and then added to the residual stream.",
  parallel: "Attention and the MLP have the same input, and both outputs are added to the residual stream."};
const grouped = run.shape.key_value_heads < run.shape.heads
  ? ` The ${run.shape.heads} query heads share ${count(run.shape.key_value_heads, "head")} of keys and values (grouped-query attention).` : "";
stage(3, `The model has ${count(run.shape.layers, "block")} of attention and an MLP. In attention each token takes a weighted sum of the values of itself and of the tokens `
  + `before it, in ${count(run.shape.heads, "head")}. The MLP transforms each token separately. ${joins[run.layers[0].joins] ?? "Both outputs are added to the residual stream."}${grouped}`,
  slider("Layer", "layer", run.layers.length, at => `Layer ${at} (0 to ${run.layers.length - 1}): ${run.layers[at].name}`
    + (run.layers[at].window ? `; a query attends to at most the last ${run.layers[at].window} positions` : "")),
  element("div", {class: "pair"},
    element("div", {}, element("h3", {}, "Attention weights"), noWeights, attentionBox),
    element("div", {}, tokenChoice(), element("div", {class: "figure"}, streamBox), element("div", {class: "figure"}, mlpBox))),
  element("div", {class: "pair figure"}, linesBox, allHeads),
  element("details", {id: "taps"}, element("summary", {}, "Taps of this block: shapes and times"), tapsBox));
follow(["layer"], showLayer);
follow(["head"], drawAttention);
