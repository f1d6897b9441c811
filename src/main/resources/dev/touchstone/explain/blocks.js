/* The blocks: attention, what joins the residual stream, and the MLP. A layer's weights are unpacked when it is looked at. */
const tokens = run.ids.length, triangle = tokens * (tokens + 1) / 2;
const layer = () => run.layers[state.layer];
const unpacked = new Map();
let weights = null;

const attention = new Heatmap("Attention weights, a row for each token that looks, a column for each that is looked at", (row, column) =>
  column > row ? [element("b", {}, quoted(run.ids[row])), " cannot look ahead at ", element("b", {}, quoted(run.ids[column]))]
    : [element("b", {}, quoted(run.ids[row])), " looks at ", element("b", {}, quoted(run.ids[column])), " with ",
      element("b", {}, weights ? percent(weightOf(state.head, row, column)) : "…"), ` of its attention (layer ${state.layer}, head ${state.head})`],
row => look({token: row}));
const weightOf = (head, row, column) => weight(weights[head * triangle + row * (row + 1) / 2 + column]);
const attentionColor = head => (row, column) => column > row ? null : mix("card", "theirs", Math.sqrt(weightOf(head, row, column)));

const thumbs = Array.from({length: run.shape.heads}, (_, head) => {
  const canvas = element("canvas", {width: 1, height: 1, "aria-hidden": "true"});
  const node = element("button", {type: "button", class: "thumb", "aria-label": `head ${head}`}, canvas, `head ${head}`);
  node.addEventListener("click", () => look({head}));
  return node;
});
follow(["head"], () => thumbs.forEach((node, head) => node.setAttribute("aria-pressed", head === state.head)));

const noWeights = element("p", {class: "soft", hidden: ""},
  "This layer's weights were left out, so that the page stays small; a shorter prompt has room for all.");
function drawAttention() {
  if (!weights) return;
  attention.draw(tokens, tokens, attentionColor(state.head));
}
async function showLayer() {
  const index = state.layer, packed = layer().attention;
  noWeights.hidden = packed !== null;
  attentionBox.hidden = packed === null;
  if (packed === null) return;
  if (!unpacked.has(index)) unpacked.set(index, await unpack(packed));
  if (index !== state.layer) return;
  weights = unpacked.get(index);
  thumbs.forEach((node, head) => paint(node.firstChild, tokens, tokens, attentionColor(head)));
  drawAttention();
  if (attention.cursor.hidden) attention.to(tokens - 1, strongestKey());
}
/* What the last token looks at most. */
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

/* The lengths of what is added and of what comes of it, through all layers, for one token. */
function stream() {
  const width = roomy(), height = 250, left = 38, base = 206, top = 12, entering = run.embedding[run.embedding.length - 1];
  const at = list => number(list[state.token]);
  const streams = [at(entering.lengths), ...run.layers.map(one => at(one.stream))];
  const most = Math.max(...streams, ...run.layers.flatMap(one => [at(one.attended), at(one.made)]), 1e-9);
  const step = (width - left - 8) / streams.length, y = v => base - (base - top) * Math.min(1, v / most);
  const svg = drawn("svg", {viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": `Lengths of the residual stream of ${quoted(run.ids[state.token])} after the embedding and each layer: ${streams.map(few).join(", ")}`});
  svg.append(drawn("rect", {x: left + step * (state.layer + 1), y: top, width: step, height: base - top, fill: "var(--ground)"}));
  for (const share of [0, .5, 1]) {
    svg.append(drawn("line", {x1: left, x2: width, y1: y(most * share), y2: y(most * share), stroke: "var(--line)"}));
    svg.append(drawn("text", {x: left - 6, y: y(most * share) + 4, "text-anchor": "end"}, few(+(most * share).toPrecision(2))));
  }
  const every = Math.ceil(streams.length / (width / 46)), bar = Math.max(2, Math.min(22, step * .3));
  streams.forEach((_, i) => {
    const x = left + step * (i + .5);
    if (i > 0) {
      const one = run.layers[i - 1];
      svg.append(drawn("rect", {x: x - bar - 1, y: y(at(one.attended)), width: bar, height: base - y(at(one.attended)), rx: 2, fill: "var(--theirs)"}));
      svg.append(drawn("rect", {x: x + 1, y: y(at(one.made)), width: bar, height: base - y(at(one.made)), rx: 2, fill: "var(--ours)"}));
    }
    if (i === 0 || (i - 1) % every === 0) {
      svg.append(drawn("text", {x, y: base + 17, "text-anchor": "middle"}, i === 0 ? "start" : String(i - 1)));
    }
  });
  svg.append(drawn("path", {d: streams.map((v, i) => `${i ? "L" : "M"}${(left + step * (i + .5)).toFixed(1)} ${y(v).toFixed(1)}`).join(""),
    fill: "none", stroke: "var(--ink)", "stroke-width": 1.5}));
  streams.forEach((v, i) => svg.append(drawn("circle", {cx: left + step * (i + .5), cy: y(v), r: 3, fill: "var(--ink)"})));
  svg.append(drawn("text", {x: left + (width - left) / 2, y: height - 6, "text-anchor": "middle"}, "layer"));
  return svg;
}
const streamBox = element("div"), mlpBox = element("div"), tapsBox = element("div", {class: "scroll"});
follow(["token", "layer"], () => streamBox.replaceChildren(
  element("h3", {}, "Residual stream of ", word(run.ids[state.token])), stream(),
  legend(["var(--theirs)", "attention adds"], ["var(--ours)", "the MLP adds"], ["var(--ink)", "length of the stream"])));
follow(["token", "layer"], () => {
  const mlp = layer().mlp, strongest = mlp.strongest[state.token], most = Math.max(...strongest.map(one => Math.abs(one.value)), 1e-9);
  mlpBox.replaceChildren(element("h3", {}, "MLP of layer ", String(state.layer)),
    element("p", {class: "soft"}, `For `, element("b", {}, quoted(run.ids[state.token])),
      ` ${mlp.above[state.token].toLocaleString("en")} of ${count(mlp.width, "neuron")} are above zero after the activation; the strongest:`),
    bars(strongest.map(one => ({label: `neuron ${one.index}`, share: Math.abs(one.value) / most, value: few(one.value),
      color: one.value < 0 ? "var(--theirs)" : "var(--ours)"}))));
});
follow(["layer"], () => {
  const head = element("tr", {}, ...["tap", "shape", "ms", "computed in"].map((text, i) =>
    element("th", {scope: "col", class: i === 2 ? "n" : ""}, text)));
  tapsBox.replaceChildren(element("table", {}, head, ...layer().taps.map(tap => element("tr", {},
    element("th", {scope: "row"}, element("code", {}, tap.name)), element("td", {}, `(${tap.shape.join(", ")})`),
    element("td", {class: "n"}, tap.milliseconds.toFixed(3)), element("td", {}, source(tap.source, tap.source.split("/").pop()))))));
});

const joins = {sequential: "attention first, then the MLP, each added to the residual stream it read from",
  sandwiched: "attention first, then the MLP, each normed before it is added to the residual stream",
  parallel: "attention and the MLP read the same stream, and both are added to it"};
const grouped = run.shape.key_value_heads < run.shape.heads
  ? ` ${run.shape.heads} heads of queries share ${run.shape.key_value_heads} of keys and values.` : "";
stage(3, `In each of ${count(run.shape.layers, "block")} tokens look at those before them and take what they find: softmax(QKᵀ / √${run.shape.head_size}) V, `
  + `${count(run.shape.heads, "head")} side by side. Then each thinks by itself, in the MLP. Here ${joins[run.layers[0].joins] ?? "both are added to the stream"}.${grouped}`,
  slider("Layer", "layer", run.layers.length, at => `Layer ${at} of 0 to ${run.layers.length - 1}: ${run.layers[at].name}`
    + (run.layers[at].window ? `; a query sees the last ${run.layers[at].window} positions` : "")),
  element("div", {class: "pair"},
    element("div", {}, element("h3", {}, "Who looks at whom"), noWeights, attentionBox),
    element("div", {}, chips(false), element("div", {class: "figure"}, streamBox), element("div", {class: "figure"}, mlpBox))),
  element("details", {}, element("summary", {}, "Everything inside this block: taps, shapes, times"), tapsBox));
follow(["layer"], showLayer);
follow(["head"], drawAttention);
