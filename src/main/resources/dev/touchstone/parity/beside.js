/* Another report beside this one, such as that of another version of an engine: which taps changed. */
let other = null;
const keyOf = (fixture, one, tap) => `${fixture.name}/${one.name}/${tap.name}`;
const otherTap = ({fixture, one, tap}) => other?.taps.get(keyOf(fixture, one, tap));
const ratioOf = tap => tap.verdict === "exact" ? 0 : number(tap.ratio);
/* How much the ratio changed, as a factor; 1 if both have no error. */
function changeOf(cell) {
  const before = otherTap(cell), now = ratioOf(cell.tap);
  return before === undefined ? NaN : ratioOf(before) === now ? 1 : now / ratioOf(before);
}
/* A report from its JSON, or from its page. */
function read(text) {
  const line = text.trimStart().startsWith("{") ? text : text.split("\n").find(one => one.startsWith("const report = "))?.slice("const report = ".length).replace(/;$/, "");
  const found = line && JSON.parse(line);
  if (!Array.isArray(found?.fixtures)) throw new Error("it is neither the page nor the JSON of a parity report");
  return found;
}
const besideResult = element("output", {class: "live", "aria-live": "polite"});
const file = element("input", {type: "file", accept: ".json,.html"});
file.addEventListener("change", async () => {
  const [chosenFile] = file.files;
  if (!chosenFile) return;
  try {
    const found = read(await chosenFile.text());
    other = {name: chosenFile.name, taps: new Map(found.fixtures.flatMap(fixture => fixture.cases.flatMap(one => one.taps.map(tap => [keyOf(fixture, one, tap), tap]))))};
  } catch (error) {
    besideResult.replaceChildren(element("span", {class: "bad"}, `${chosenFile.name} cannot be read: ${error.message}`));
    return;
  }
  showBeside();
});
function showBeside() {
  const common = cells.filter(otherTap), changed = common.filter(cell => changeOf(cell) !== 1);
  const results = cell => [passes(otherTap(cell)), passes(cell.tap)];
  const fixed = common.filter(cell => !results(cell)[0] && results(cell)[1]), broken = common.filter(cell => results(cell)[0] && !results(cell)[1]);
  besideResult.textContent = `${count(common.length, "tap")} in both: ${changed.length.toLocaleString("en")} changed, ${count(fixed.length, "tap")} passed only here, `
    + `${count(broken.length, "tap")} only in ${other.name}. ${(cells.length - common.length).toLocaleString("en")} only here, ${(other.taps.size - common.length).toLocaleString("en")} only in ${other.name}.`;
  const table = new DataTable("Changes", [
    {title: "tap", value: ({tap}) => tap.name, cell: openTap}, {title: "fixture", value: ({fixture}) => fixture.name}, {title: "prompt", value: ({one}) => one.name},
    {title: "ratio here", number: true, value: ({tap}) => ratioOf(tap), cell: ({tap}) => show(tap.ratio)},
    {title: "ratio there", number: true, value: cell => ratioOf(otherTap(cell)), cell: cell => show(otherTap(cell).ratio)},
    {title: "change", number: true, value: changeOf, cell: cell => `× ${show(changeOf(cell))}`},
    {title: "result here", value: ({tap}) => tap.verdict, cell: ({tap}) => verdictOf(tap)},
    {title: "result there", value: cell => otherTap(cell).verdict, cell: cell => verdictOf(otherTap(cell))}], changed, {sort: 5, down: true, limit: 10, prefix: "change"});
  document.getElementById("changes").replaceChildren(...changed.length ? [table.node] : []);
}
const verdictOf = tap => element("span", {class: passes(tap) ? "good" : "bad"}, tap.verdict);
document.getElementById("beside").append(labelled("Report", file), besideResult, element("div", {id: "changes"}));
