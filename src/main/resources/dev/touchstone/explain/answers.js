/* The output layer with the logit lens, and the choice of a token. */
const lens = run.lens, lensTokens = run.ids.slice(lens.first_token);
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
  const best = lens.predictions[point][at];
  lensLive.replaceChildren("After ", element("code", {}, lens.points[point]), ", most likely next tokens after ", element("b", {}, quoted(lensTokens[at])), ": "
    + best.map(one => `${quoted(one.id)} ${percent(one.probability)}`).join(", "));
}
const tinted = share => `background:color-mix(in srgb, var(--ours) ${Math.round(4 + 34 * share)}%, var(--card))`;
const lensRows = lens.points.map((point, p) => element("tr", {}, element("th", {scope: "row", title: point}, element("code", {}, point)),
  ...lensTokens.map((id, at) => {
    const best = lens.predictions[p][at][0];
    const node = element("button", {type: "button", tabindex: -1, "aria-pressed": "false", style: tinted(best.probability),
      "aria-label": `after ${point}, next token after ${quoted(id)}: ${quoted(best.id)}, ${percent(best.probability)}`}, word(best.id));
    node.addEventListener("click", () => chooseLens(node, p, at));
    return element("td", {}, node);
  })));
const lensTable = element("table", {}, element("thead", {}, element("tr", {}, element("th", {scope: "col"}, "after"), ...lensTokens.map(id =>
  element("th", {scope: "col"}, word(id))))), element("tbody", {}, ...lensRows));
lensTable.addEventListener("keydown", event => {
  const cell = event.target.closest("td"), move = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}[event.key];
  if (!cell || !move) return;
  const next = lensTable.rows[cell.parentNode.rowIndex + move[0]]?.cells[cell.cellIndex + move[1]]?.querySelector("button");
  if (!next) return;
  event.preventDefault();
  next.click();
  next.focus();
});
const lensScroll = scroll("Logit lens", lensTable);
stage(4, "The final norm and the output matrix compute one logit per token of the vocabulary. Softmax turns logits into probabilities; "
  + "those at the last token are the probabilities of the next one.",
  element("div", {class: "figure"}, element("h3", {}, "Most likely tokens after ", word(run.ids[tokens - 1])), probabilityBars(run.next, run.next[0])),
  element("div", {class: "figure lens"}, element("h3", {}, "Logit lens"),
    element("p", {class: "soft"}, "The output layer applied to the residual stream after each layer: the most likely next token at that depth. A stronger colour is "
      + `a higher probability. The last row is the output of the model.${lens.first_token ? ` Only the last ${lensTokens.length} tokens are shown.` : ""}`), lensScroll, lensLive));
const lastCells = lensRows[lensRows.length - 1].querySelectorAll("button");
lastCells[lastCells.length - 1].click();
lensScroll.scrollLeft = lensScroll.scrollWidth;

const step = () => run.steps[state.step];
const sampled = run.settings[run.settings.length - 1] !== "greedy";
const stepName = at => `Step ${at + 1} of ${run.steps.length}: ${quoted(run.steps[at].id)} was ${sampled ? "sampled" : "chosen"}, probability ${percent(run.steps[at].probability)}`;
const choiceBox = element("div", {class: "scores"});
follow(["step"], () => choiceBox.replaceChildren(...step().scores.map(scores => element("div", {},
  element("h3", {}, scores.processor ?? "output of the model", element("small", {}, `${count(scores.allowed, "token")} not excluded`)),
  probabilityBars(scores.most_likely, {id: step().id, probability: scores.probability_of_chosen})))));
stage(5, (run.settings.length > 1 ? "Logits processors change the logits one after another; then " : "No logits processor changes the logits; ")
  + (sampled ? `a token is sampled by its probability (${run.settings[run.settings.length - 1]}), which need not be the most likely one.`
    : "the most likely token is chosen.") + ` The ${sampled ? "sampled" : "chosen"} token is bold and gold.`,
  slider("Step", "step", run.steps.length, stepName), choiceBox);
