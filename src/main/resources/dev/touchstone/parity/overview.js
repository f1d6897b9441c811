/* What comes before the map: figures, failures, and all taps as a table. */
const {limits, totals} = report;
document.getElementById("limits").textContent = `A tap fails if its ratio is above ${limits.ratio}, or if the operation, run on the golden input, has an `
  + `error above ${show(limits.bound)} of the largest expected value. `
  + (totals.exempt === 0 ? "No tap is exempt." : `${count(totals.exempt, "tap is", "taps are")} exempt from the ratio limit because of fewer than ${limits.tokens} `
  + `tokens. With a ratio above ${limits.ratio} such a tap passes if no error exceeds ${show(limits.bound)} of the largest expected value; `
  + `${count(totals.by_bound, "tap passes", "taps pass")} that way.`);
document.getElementById("top").append(facts([["taps compared", totals.taps], ["taps that fail", totals.failed],
  ["geometric mean of the ratios", show(totals.geometric_mean)],
  ["largest ratio, exempt taps aside", totals.largest_tap ? `${show(totals.largest)} (${totals.largest_tap})` : "none"],
  ["exempt taps", totals.exempt], ["numbers compared", totals.numbers]]));

/* Choices of experts that differ from those of float64. */
const choices = report.fixtures.flatMap(fixture => fixture.cases.flatMap(one => (one.choices || []).map(choice => ({fixture, one, choice}))));
document.getElementById("choices").hidden = choices.length === 0;
if (choices.length > 0) {
  const experts = list => list.length ? list.join(", ") : "unknown";
  document.getElementById("near-ties").textContent = `${count(totals.near_ties, "choice is a near tie", "choices are near ties")}: PyTorch float32 `
    + `differs from float64 in ${totals.near_ties_pytorch}, the engine in ${totals.near_ties_engine}. `
    + `${count(totals.taps_left_out, "tap is", "taps are")} compared without the tokens that depend on them.`;
  document.getElementById("differences").append(new DataTable("Choices of experts that differ", [
    {title: "fixture", value: ({fixture}) => fixture.name}, {title: "prompt", value: ({one}) => one.name},
    {title: "layer", number: true, value: ({choice}) => choice.layer}, {title: "token", number: true, value: ({choice}) => choice.token},
    {title: "float64", value: ({choice}) => experts(choice.float64)}, {title: "PyTorch float32", value: ({choice}) => experts(choice.pytorch)},
    {title: "engine", value: ({choice}) => experts(choice.engine)},
    {title: "margin", number: true, value: ({choice}) => number(choice.margin), cell: ({choice}) => show(choice.margin)},
    {title: "explained by rounding", number: true, value: ({choice}) => choice.bound, cell: ({choice}) => `up to ${show(choice.bound)}`},
    {title: "result", value: ({choice}) => choice.nearTie, cell: ({choice}) =>
      element("span", {class: choice.nearTie ? "good" : "bad"}, choice.nearTie ? "near tie" : "differs")}],
  choices, {sort: 2, limit: 10}).node);
}
const failures = report.fixtures.flatMap(fixture => fixture.cases.map(one => ({fixture, one}))).filter(({one}) => one.first_divergence);
document.getElementById("failures").hidden = failures.length === 0;
document.getElementById("failed").append(...failures.map(({fixture, one}) => {
  const clues = (one.clues || []).join("; ");
  return element("li", {}, element("span", {class: "bad"}, `${fixture.name} ${one.name}: first wrong at ${one.first_divergence}`), clues ? `: ${clues}` : "");
}));
/* A link to a tap in the map. */
function openTap(cell) {
  const node = element("a", {href: addressOf(cell), class: "tap"}, element("code", {}, cell.tap.name));
  node.addEventListener("click", event => {
    event.preventDefault();
    history.replaceState(null, "", addressOf(cell));
    bringIntoView(cell);
  });
  return node;
}
const taps = new DataTable("All taps", [
  {title: "tap", value: ({tap}) => tap.name, cell: openTap}, {title: "fixture", value: ({fixture}) => fixture.name}, {title: "prompt", value: ({one}) => one.name},
  {title: "ratio", number: true, value: ({tap}) => tap.verdict === "exact" ? 0 : number(tap.ratio), cell: ({tap}) => tap.verdict === "exact" ? "–" : show(tap.ratio)},
  {title: "limit", value: ({tap}) => tap.exempt ? "exempt" : String(limits.ratio)},
  {title: "RMS error", number: true, value: ({tap}) => number(tap.rms), cell: ({tap}) => show(tap.rms)},
  {title: "PyTorch float32", number: true, value: ({tap}) => number(tap.pytorch_rms), cell: ({tap}) => show(tap.pytorch_rms)},
  {title: "result", value: ({tap}) => tap.verdict, cell: ({tap}) => element("span", {class: passes(tap) ? "good" : "bad"}, tap.verdict)}],
cells, {sort: 3, down: true, limit: 10});
const wanted = {text: "", kind: "limited", fixture: ""};
const kinds = {limited: ({tap}) => !tap.exempt, exempt: ({tap}) => tap.exempt, above: ({tap}) => !(number(tap.ratio) <= limits.ratio),
  bound: ({tap}) => tap.by_bound, fails: ({tap}) => !passes(tap), all: () => true};
taps.keep = cell => kinds[wanted.kind](cell) && (wanted.fixture === "" || cell.fixture.name === wanted.fixture)
  && `${cell.tap.name} ${cell.fixture.name} ${cell.one.name} ${cell.tap.verdict}`.toLowerCase().includes(wanted.text);
const filter = key => value => {
  wanted[key] = value;
  taps.show();
};
if (totals.failed) wanted.kind = "fails";
else if (!cells.some(kinds.limited)) wanted.kind = "all";
const kind = choice("Show", [["limited", "taps with the limit"], ["exempt", "exempt taps"], ["above", `ratio above ${limits.ratio}`],
  ["bound", "exempt taps above the limit"], ["fails", "taps that fail"], ["all", "all taps"]], filter("kind"));
kind.querySelector("select").value = wanted.kind;
taps.controls.prepend(search("Search", "tap, fixture or prompt", filter("text")), kind,
  choice("Fixture", [["", "all"], ...report.fixtures.map(fixture => [fixture.name, fixture.name])], filter("fixture")));
taps.show();
document.getElementById("table").append(taps.node);
document.getElementById("environment").append(element("table", {}, element("caption", {class: "hidden"}, "Environment"),
  ...Object.entries(report.environment).map(([key, value]) => element("tr", {}, element("th", {scope: "row"}, key), element("td", {}, String(value))))));

/* First the tap that is wrong first, or else the one with the largest ratio. */
const largest = cells.filter(kinds.limited).reduce((a, b) => !a || number(b.tap.ratio) > number(a.tap.ratio) ? b : a, null);
const first = cells.find(cell => cell.tap.verdict === "wrong") ?? largest ?? cells[0];
if (first) select(first);
followAddress();
document.getElementById("top").append(element("p", {class: "controls downloads"},
  saveButton("Download the report (JSON)", "parity.json", () => JSON.stringify(report, null, 1))));
