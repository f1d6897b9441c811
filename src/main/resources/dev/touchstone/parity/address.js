/* The address of a tap: #h.0.attn.scores, or #fixture/prompt/tap if several prompts have it; that of a fixture: #fixture. */
const addressOf = ({fixture, one, tap}) => `#${[fixture.name, one.name, tap.name].map(encodeURIComponent).join("/")}`;
function cellAt(address) {
  const parts = address.replace(/^#/, "").split("/").map(decodeURIComponent), name = parts.at(-1);
  const named = cells.filter(cell => cell.tap.name === name && (parts.length < 3 || cell.fixture.name === parts[0] && cell.one.name === parts[1]));
  return named.reduce((a, b) => !a || number(b.tap.ratio) > number(a.tap.ratio) ? b : a, null);
}
/* Brings a cell into view, below its fixture. */
function bringIntoView(cell) {
  select(cell);
  cell.node.focus({preventScroll: true});
  cell.block.scrollIntoView();
  cell.node.scrollIntoView({block: "nearest", inline: "center"});
}
function followAddress() {
  const fixture = cells.find(cell => cell.fixture.name === decodeURIComponent(location.hash.slice(1)));
  if (fixture) return bringIntoView(fixture);
  const cell = cellAt(location.hash);
  if (cell) bringIntoView(cell);
}
addEventListener("hashchange", followAddress);
