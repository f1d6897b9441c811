/* The map: a row per prompt, a cell per tap. */
const maps = document.getElementById("maps"), detail = document.getElementById("detail");
const layerOf = name => (name.match(/\d+/) || ["none"])[0];
/* Ratios on a logarithmic scale: blue-green below 1, sand at 1, red above the limit. */
function color(tap) {
  const ratio = number(tap.ratio);
  if (["exact", "local"].includes(tap.verdict)) return "hsl(210 12% 62%)";
  if (!(ratio <= report.limits.ratio)) return "hsl(4 70% 52%)";
  const t = Math.max(-2, Math.min(1, Math.log2(Math.max(ratio, 1e-9))));
  return t < 0 ? `hsl(${48 + -t * 55} ${58}% ${56 - -t * 5}%)` : `hsl(${48 - t * 30} 78% ${56 - t * 4}%)`;
}
const cells = [];
function cellOf(fixture, one, tap, block) {
  const label = `${tap.name}: ratio ${show(tap.ratio)}, ${tap.verdict}${tap.exempt ? ", exempt from the limit" : ""}`;
  const node = element("button", {type: "button", class: "cell", title: label, "aria-label": label, "aria-pressed": "false", tabindex: "-1",
    style: `background-color:${color(tap)}`});
  node.classList.toggle("few", tap.exempt);
  node.classList.toggle("wrong", tap.verdict === "wrong");
  const cell = {fixture, one, tap, node, block};
  node.addEventListener("click", () => {
    select(cell);
    history.replaceState(null, "", addressOf(cell));
  });
  cells.push(cell);
  return node;
}
/* The number of each layer, above its first tap. */
function layers(taps) {
  const starts = i => i > 0 && layerOf(taps[i].name) !== layerOf(taps[i - 1].name);
  return element("div", {class: "row head", "aria-hidden": "true", style: `--taps:${taps.length}`}, element("span", {class: "name"}), ...taps.map((tap, i) =>
    element("span", {class: starts(i) ? "cell layer" : "cell"}, starts(i) && layerOf(tap.name) !== "none" ? `layer ${layerOf(tap.name)}` : "")));
}
for (const fixture of report.fixtures) {
  const block = element("div", {class: "fixture"}, element("h3", {}, fixture.name));
  block.append(scroll(`Taps of ${fixture.name}`, layers(fixture.cases[0].taps), ...fixture.cases.map(one => {
    const nodes = one.taps.map(tap => cellOf(fixture, one, tap, block));
    nodes.forEach((node, i) => node.classList.toggle("layer", i > 0 && layerOf(one.taps[i].name) !== layerOf(one.taps[i - 1].name)));
    return element("div", {class: "row taps", role: "group", "aria-label": `${fixture.name}, ${one.name}`, style: `--taps:${one.taps.length}`},
      element("span", {class: "name", title: one.name}, one.name), ...nodes);
  })), element("details", {}, element("summary", {}, `Provenance of ${fixture.name}`), element("pre", {}, JSON.stringify(fixture.provenance, null, 2))));
  maps.append(block);
}
const example = (ratio, style, text) => element("li", {}, element("i", {class: style, style: `background-color:${color({ratio})}`}), text);
document.getElementById("legend").append(
  element("li", {}, element("i", {style: `background:${color({verdict: "exact"})}`}), "no error on either side"),
  ...[.25, .5, 1, report.limits.ratio].map(ratio => example(ratio, "", `ratio ${ratio}`)), example(Infinity, "", `ratio above ${report.limits.ratio}`),
  example(Infinity, "wrong", "wrong on the golden input"), example(1, "few", `low: exempt, fewer than ${report.limits.tokens} tokens`));

/* One stop of the tab key for the whole map; the arrow keys move between cells, Home and End go to the ends of a row. */
maps.addEventListener("keydown", event => {
  const row = event.target.closest(".taps");
  if (!row) return;
  const rows = [...maps.querySelectorAll(".taps")], nodes = [...row.querySelectorAll(".cell")];
  const at = nodes.indexOf(event.target), beside = step => rows[rows.indexOf(row) + step];
  const inRow = other => other && [...other.querySelectorAll(".cell")][Math.min(at, other.querySelectorAll(".cell").length - 1)];
  const next = {ArrowRight: nodes[at + 1], ArrowLeft: nodes[at - 1], Home: nodes[0], End: nodes[nodes.length - 1],
    ArrowDown: inRow(beside(1)), ArrowUp: inRow(beside(-1))}[event.key];
  if (!next) return;
  event.preventDefault();
  next.click();
  next.focus();
});
let chosen = null;
function select(cell) {
  if (chosen) {
    chosen.node.setAttribute("aria-pressed", "false");
    chosen.node.tabIndex = -1;
  }
  chosen = cell;
  cell.node.setAttribute("aria-pressed", "true");
  cell.node.tabIndex = 0;
  if (cell.block.nextSibling !== detail) cell.block.after(detail);
  showDetail(cell.fixture, cell.one, cell.tap);
}
