/* The output layer with the logit lens, and the choice of a token. */
const lens = run.lens, looked = run.ids.slice(lens.first);
const lensLive = element("output", {class: "live", "aria-live": "polite"}), lensTop = element("div");
let chosen = null;
function chooseLens(node, point, at) {
  if (chosen) {
    chosen.setAttribute("aria-pressed", "false");
    chosen.tabIndex = -1;
  }
  chosen = node;
  node.setAttribute("aria-pressed", "true");
  node.tabIndex = 0;
  const best = lens.says[point][at];
  lensLive.replaceChildren("After ", element("code", {}, lens.points[point]), ", what would follow ", element("b", {}, quoted(looked[at])), ": "
    + best.map(one => `${quoted(one.id)} ${percent(one.probability)}`).join(", "));
}
const tinted = share => `background:color-mix(in srgb, var(--ours) ${Math.round(4 + 34 * share)}%, var(--card))`;
const lensRows = lens.points.map((point, p) => element("tr", {}, element("th", {scope: "row"}, element("code", {title: point}, point)),
  ...looked.map((id, at) => {
    const best = lens.says[p][at][0];
    const node = element("button", {type: "button", tabindex: -1, "aria-pressed": "false", style: tinted(best.probability),
      "aria-label": `after ${point}, following ${quoted(id)}: ${quoted(best.id)}, ${percent(best.probability)}`}, word(best.id));
    node.addEventListener("click", () => chooseLens(node, p, at));
    return element("td", {}, node);
  })));
const lensTable = element("table", {}, element("tr", {}, element("th", {}, "after"), ...looked.map(id =>
  element("th", {scope: "col"}, word(id)))), ...lensRows);
lensTable.addEventListener("keydown", event => {
  const cell = event.target.closest("td"), move = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}[event.key];
  if (!cell || !move) return;
  const next = lensTable.rows[cell.parentNode.rowIndex + move[0]]?.cells[cell.cellIndex + move[1]]?.querySelector("button");
  if (!next) return;
  event.preventDefault();
  next.click();
  next.focus();
});
const lensScroll = element("div", {class: "scroll"}, lensTable);
stage(4, "A last norm, and a product with a vector for every token of the vocabulary: a score each. Softmax makes probabilities of the "
  + "scores. Those after the last token say what comes next.",
  element("div", {class: "figure"}, element("h3", {}, "After ", word(run.ids[tokens - 1])), chances(run.next, run.next[0])),
  element("div", {class: "figure lens"}, element("h3", {}, "The logit lens: what would be said next after each layer"),
    element("p", {class: "soft"}, "The residual stream can be read by the output layer at any depth. The stronger the colour, the surer; the last row is "
      + `what the model says.${lens.first ? ` The last ${looked.length} tokens are shown.` : ""}`), lensScroll, lensLive));
const lastCells = lensRows[lensRows.length - 1].querySelectorAll("button");
lastCells[lastCells.length - 1].click();
lensScroll.scrollLeft = lensScroll.scrollWidth;

const turn = () => run.turns[state.step];
const stepName = at => `Step ${at + 1} of ${run.turns.length}: ${quoted(run.turns[at].id)} was picked, with a chance of ${percent(run.turns[at].chance)}`;
const choice = element("div", {class: "turns"});
follow(["step"], () => choice.replaceChildren(...turn().scores.map(scores => element("div", {},
  element("h3", {}, scores.by ?? "what the model says", element("small", {}, `${count(scores.left, "token")} left`)),
  chances(scores.likeliest, {id: turn().id, probability: scores.of_picked})))));
const draws = run.settings[run.settings.length - 1] !== "greedy";
stage(5, (run.settings.length > 1 ? "Processors change the scores one after the other; " : "No processor changes the scores; ")
  + (draws ? `then a token is drawn by its probability (${run.settings[run.settings.length - 1]}). It need not be the likeliest.`
    : "then the likeliest token is taken.") + " Gold is what was picked.",
  slider("Step", "step", run.turns.length, stepName), choice);
