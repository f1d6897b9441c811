/* Ticks at multiples of 1, 2 or 5 times a power of ten, from `from` to the first that is not below `most`; about `parts` intervals. */
function ticks(most, parts = 5, from = 0) {
  const raw = (most - from) / parts || 1, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find(one => one * power >= raw * (1 - 1e-9)) * power;
  return Array.from({length: Math.ceil((most - from) / step - 1e-9) + 1}, (_, i) => Number((from + i * step).toPrecision(12)));
}
/* The moving average over each value and its neighbours. */
function smooth(values, neighbours = 4) {
  return values.map((_, i) => {
    const near = values.slice(Math.max(0, i - neighbours), i + neighbours + 1);
    return near.reduce((sum, value) => sum + value) / near.length;
  });
}
/* Dashes and markers distinguish curves for readers who cannot distinguish the colours. */
const DASHES = ["", "7 4", "2 3", "10 3 2 3", "14 4"];
function marker(kind, x, y, color) {
  const r = 4.5, shapes = [["circle", {cx: x, cy: y, r: r - .5}], ["rect", {x: x - r + 1, y: y - r + 1, width: 2 * r - 2, height: 2 * r - 2}],
    ["path", {d: `M${x} ${y - r}L${x + r} ${y + r}H${x - r}Z`}], ["path", {d: `M${x} ${y - r - 1}L${x + r} ${y}L${x} ${y + r + 1}L${x - r} ${y}Z`}],
    ["path", {d: `M${x} ${y + r}L${x + r} ${y - r}H${x - r}Z`}]];
  const [tag, attributes] = shapes[kind % shapes.length];
  return drawn(tag, {...attributes, fill: color});
}
/* A node that is drawn at the available width, and drawn again when the width changes. */
function fitted(draw) {
  const box = element("div");
  let width = 0;
  new ResizeObserver(() => {
    if (box.clientWidth === width || box.clientWidth === 0) return;
    width = box.clientWidth;
    box.replaceChildren(draw(width));
  }).observe(box);
  return box;
}
/* A line chart. `x` and `y` are {from, to, ticks, title, log}, and a tick is [value, text]. A curve is {name, color, points, dots}: `points` are
   connected, and `dots` are not. A point is [x, y], or null for a gap. Names are at the ends of the curves, or in a legend on narrow screens. */
function lineChart(width, label, x, y, curves, mark = null) {
  const names = width >= 620, height = names ? 340 : 260, top = 26, base = height - 42;
  const left = 12 + 7.2 * Math.max(...y.ticks.map(([, text]) => text.length)), right = names ? 24 + 7 * Math.max(...curves.map(one => one.name.length)) : 12;
  const scale = (axis, low, high) => value => {
    const of = axis.log ? Math.log10 : Number;
    return low + (high - low) * (of(value) - of(axis.from)) / (of(axis.to) - of(axis.from) || 1);
  };
  const px = scale(x, left, width - right), py = scale(y, base, top);
  const svg = drawn("svg", {viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label});
  for (const [value, text] of y.ticks) {
    svg.append(drawn("line", {x1: left, x2: width - right, y1: py(value), y2: py(value), stroke: "var(--line)"}),
      drawn("text", {x: left - 8, y: py(value) + 4, "text-anchor": "end", class: "tick"}, text));
  }
  let free = -1e9;
  for (const [value, text] of x.ticks) {
    const half = 3.6 * text.length, at = Math.min(width - half, px(value));
    if (at - half < free) continue;
    free = at + half + 8;
    svg.append(drawn("text", {x: at, y: base + 18, "text-anchor": "middle", class: "tick"}, text));
  }
  svg.append(drawn("text", {x: left, y: 12}, y.title), drawn("text", {x: (left + width - right) / 2, y: height - 4, "text-anchor": "middle"}, x.title));
  if (mark !== null) svg.append(drawn("line", {x1: px(mark), x2: px(mark), y1: top, y2: base, stroke: "var(--soft)", "stroke-dasharray": "3 3"}));
  curves.forEach((curve, kind) => svg.append(...drawCurve(curve, kind, px, py)));
  if (names) svg.append(...endNames(curves, px, py, top, base));
  return names ? svg : element("div", {}, svg, element("ul", {class: "legend"}, ...curves.map((curve, kind) => element("li", {}, sample(curve, kind), curve.name))));
}
function drawCurve(curve, kind, px, py) {
  let path = "", pen = false;
  const nodes = (curve.dots ?? []).map(([x, y]) => drawn("circle", {cx: px(x).toFixed(1), cy: py(y).toFixed(1), r: 1.6, fill: curve.color, opacity: .45}));
  const points = curve.points.map(point => point && [px(point[0]), py(point[1])]), every = Math.ceil(points.length / 8);
  points.forEach(point => {
    if (point) path += `${pen ? "L" : "M"}${point[0].toFixed(1)} ${point[1].toFixed(1)}`;
    pen = Boolean(point);
  });
  const line = drawn("path", {d: path, class: "curve", stroke: curve.color, "stroke-dasharray": DASHES[kind % DASHES.length], "data-curve": curve.name});
  line.append(drawn("title", {}, curve.name));
  nodes.push(line);
  points.forEach((point, i) => point && i % every === 0 && nodes.push(marker(kind, ...point, curve.color)));
  return nodes;
}
/* Names next to the last points, at least one line apart. */
function endNames(curves, px, py, top, base) {
  const ends = curves.map(curve => curve.points.filter(Boolean).at(-1)).map((end, i) => end && {curve: curves[i], x: px(end[0]), y: py(end[1])})
    .filter(Boolean).sort((a, b) => a.y - b.y);
  const right = Math.max(...ends.map(end => end.x));
  ends.forEach((end, i) => { end.y = Math.max(end.y, i ? ends[i - 1].y + 16 : top); });
  for (let i = ends.length - 1, most = base; i >= 0; i--, most = ends[i + 1].y - 16) ends[i].y = Math.min(ends[i].y, most);
  return ends.map(end => drawn("text", {x: right + 10, y: end.y + 4, class: "name", style: `fill:${end.curve.color}`}, end.curve.name));
}
function sample(curve, kind) {
  const svg = drawn("svg", {width: 30, height: 12, "aria-hidden": "true"});
  svg.append(drawn("path", {d: "M0 6H30", class: "curve", stroke: curve.color, "stroke-dasharray": DASHES[kind % DASHES.length]}), marker(kind, 15, 6, curve.color));
  return svg;
}
/* Horizontal bars; each is {label, share, value, chosen, color}. */
function bars(list) {
  return element("ol", {class: "bars"}, ...list.map(one => element("li", one.chosen ? {class: "chosen"} : {},
    element("span", {class: "label"}, one.label),
    element("span", {class: "bar", style: `width:${(100 * one.share).toFixed(2)}%${one.color ? `;background:${one.color}` : ""}`}),
    element("span", {class: "value"}, one.value))));
}
