/* The errors of one tap. */
const VERDICTS = {right: "passes", exact: "passes, no error on either side", wrong: "fails: the operation itself is wrong",
  inherited: "fails: the error comes from an earlier tap",
  local: "passes: the operation is right on the golden input, and all tokens depend on a near tie", empty: "fails: the golden tensor proves nothing"};
const passes = tap => ["right", "exact", "local"].includes(tap.verdict);
function showDetail(fixture, one, tap) {
  const {limits} = report;
  const rows = [
    ["shape", tap.shape.join(" × ")],
    ["ratio", show(tap.ratio)],
    ["ratio limit", tap.exempt ? `exempt, fewer than ${limits.tokens} tokens` : String(limits.ratio)],
    ...(tap.left_out ? [["tokens left out, after a near tie", String(tap.left_out)]] : []),
    ["RMS error of the engine", show(tap.rms)], ["RMS error of PyTorch float32", show(tap.pytorch_rms)],
    ["largest error of the engine", show(tap.max)], ["largest error of PyTorch float32", show(tap.pytorch_max)],
    ["largest expected value", show(tap.scale)],
    [`values with an error above ${show(limits.bound)} of it`, tap.over_bound.toLocaleString("en")],
    ["largest error on the golden input", `${show(tap.local_max)}, limit ${show(tap.local_bound)}`]];
  document.getElementById("detail").replaceChildren(
    element("h3", {}, element("code", {}, tap.name), ` in ${fixture.name}, ${one.name}: `,
      element("span", {class: passes(tap) ? "good" : "bad"}, tap.verdict), ` (${VERDICTS[tap.verdict]}`
        + `${tap.by_bound ? `; the ratio is above ${limits.ratio}, but the tap is exempt and no error exceeds ${show(limits.bound)} of the largest value` : ""})`),
    element("div", {class: "grid"},
      element("table", {}, element("caption", {class: "hidden"}, "Figures of the tap"), ...rows.map(([key, value]) =>
        element("tr", {}, element("th", {scope: "row"}, key), element("td", {class: "n"}, value)))),
      element("div", {}, element("h4", {}, "Errors of the engine in units in the last place (ulp)"), histogram(tap.ulps))),
    element("h4", {}, "RMS error relative to the largest value, along the forward pass"), depth(one, tap),
    element("h4", {}, "Largest errors of the engine"), worst(tap), predictions(one));
}
const ulp = (bucket, buckets) => bucket === 0 ? "0" : bucket === 1 ? "½" : bucket === buckets - 1 ? "more" : String(2 ** (bucket - 2));
function histogram(counts) {
  const width = 420, height = 170, base = 132, most = Math.max(...counts, 1), step = width / counts.length, last = counts.length - 1;
  const svg = drawn("svg", {viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label":
    `Histogram of errors in ulp: ${counts.map((n, i) => n ? `${ulp(i, counts.length)}: ${count(n, "value")}` : "").filter(Boolean).join(", ")}`});
  counts.forEach((n, i) => {
    const h = n === 0 ? 0 : 4 + 112 * Math.log1p(n) / Math.log1p(most);
    const bar = drawn("rect", {x: i * step + 2, y: base - h, width: step - 4, height: h, fill: "var(--ours)"});
    bar.append(drawn("title", {}, `${ulp(i, counts.length)} ulp: ${count(n, "value")}`));
    svg.append(bar);
    if ((i % 3 === 0 && i < last - 1) || i === last) {
      svg.append(drawn("text", {x: i === last ? width : i * step + step / 2, y: base + 16, "text-anchor": i === last ? "end" : "middle"},
        ulp(i, counts.length)));
    }
  });
  svg.append(drawn("line", {x1: 0, x2: width, y1: base, y2: base, stroke: "var(--line)"}),
    drawn("text", {x: 0, y: height - 6}, "at most so many ulp; heights are logarithmic"));
  return svg;
}
function depth(one, chosenTap) {
  const {taps} = one, relative = (tap, key) => number(tap[key]) / (number(tap.scale) || 1);
  const points = key => taps.map((tap, i) => relative(tap, key) > 0 && Number.isFinite(relative(tap, key)) ? [i, relative(tap, key)] : null);
  const curves = [{name: "engine", color: "var(--ours)", points: points("rms")},
    {name: "PyTorch float32", color: "var(--theirs)", points: points("pytorch_rms")}];
  const values = curves.flatMap(curve => curve.points).filter(Boolean).map(point => point[1]);
  if (values.length === 0) return element("p", {class: "soft"}, "There is no error on either side.");
  const low = Math.floor(Math.log10(Math.min(...values))), high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const every = Math.ceil((high - low) / 8), powers = Array.from({length: high - low + 1}, (_, i) => low + i).filter(e => (e - low) % every === 0);
  const starts = taps.map((tap, i) => [i, layerOf(tap.name)]).filter(([i, layer]) => layer !== "none" && (i === 0 || layer !== layerOf(taps[i - 1].name)));
  return fitted(width => lineChart(width, `RMS error of the engine and of PyTorch float32 at ${count(taps.length, "tap")}, from 1e${low} to 1e${high}`,
    {from: 0, to: taps.length - 1, ticks: starts.map(([i, layer]) => [i, `layer ${layer}`]), title: "taps in the order of computation"},
    {from: 10 ** low, to: 10 ** high, log: true, ticks: powers.map(e => [10 ** e, `1e${e}`]), title: "relative error"},
    curves, taps.indexOf(chosenTap)));
}
function worst(tap) {
  if (tap.worst.length === 0) return element("p", {class: "soft"}, "There is none.");
  const precise = value => typeof value === "number" ? String(+value.toPrecision(10)) : show(value);
  return new DataTable("Largest errors of the engine", [
    {title: "index", value: at => `[${at.index.join(", ")}]`},
    {title: "float64", number: true, value: at => precise(at.expected)}, {title: "engine", number: true, value: at => precise(at.actual)},
    {title: "PyTorch float32", number: true, value: at => precise(at.pytorch)},
    {title: "error of the engine", number: true, value: at => show(Math.abs(number(at.actual) - number(at.expected)))}],
  tap.worst, {sort: null}).node;
}
function predictions(one) {
  const p = one.predictions;
  if (!p) return "";
  const list = side => side.map(c => `${c.id} (${(100 * c.probability).toFixed(2)} %)`).join(", ");
  return element("div", {}, element("h4", {}, "Next token"), element("p", {class: "soft"},
    `Most likely ids, engine: ${list(p.ours)}. Float64: ${list(p.truth)}. The most likely id is the same at ${p.sameArgmax} of ${p.positions} positions. `
    + `Largest KL divergence: ${show(p.divergence)} nats. These figures do not affect the result.`));
}
