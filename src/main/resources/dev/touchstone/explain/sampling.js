/* The distribution of a step at any temperature and top-p, computed here from the logits of the whole vocabulary. */
const temperatures = Array.from({length: 40}, (_, i) => (i + 1) / 20), topPs = Array.from({length: 100}, (_, i) => (i + 1) / 100);
const rankings = new Map();
/* The logits of a step in descending order: LEB128 steps of 1/65535 of their range. */
async function logitsOf(at) {
  const ranking = run.steps[at].ranking;
  if (ranking && !rankings.has(at)) {
    const packed = await unpack(ranking.packed), sorted = new Float64Array(ranking.count), unit = (number(ranking.highest) - number(ranking.lowest)) / 65_535;
    for (let i = 0, byte = 0, steps = 0; i < sorted.length; i++) {
      for (let shift = 0; ; shift += 7) {
        steps += (packed[byte] & 127) << shift;
        if (packed[byte++] < 128) break;
      }
      sorted[i] = number(ranking.highest) - unit * steps;
    }
    rankings.set(at, sorted);
  }
  return rankings.get(at) ?? null;
}
/* Softmax at a temperature, then the smallest set of the most likely tokens whose probability is at least `p`. */
function distribution(sorted, temperature, p) {
  const exps = sorted.map(logit => Math.exp((logit - sorted[0]) / temperature)), all = exps.reduce((sum, one) => sum + one, 0);
  let kept = 0, mass = 0;
  while (kept < exps.length && (kept === 0 || mass < p * all)) mass += exps[kept++];
  const probabilities = exps.map((one, i) => i < kept ? one / mass : 0);
  return {probabilities, kept, entropy: -probabilities.reduce((sum, one) => one > 0 ? sum + one * Math.log2(one) : sum, 0)};
}
const shownCandidates = 12;
const candidates = element("ol", {class: "bars"}), others = element("output", {class: "live", "aria-live": "polite"});
let candidateRows = [];
async function showDistribution() {
  const at = state.step, sorted = await logitsOf(at);
  if (at !== state.step) return;
  if (!sorted) return others.replaceChildren("The logits of this step are omitted to keep the page small. Those of earlier steps are included.");
  const {probabilities, kept, entropy} = distribution(sorted, temperatures[state.temperature], topPs[state.topP]), most = probabilities[0];
  candidateRows.forEach((row, i) => {
    row.classList.toggle("out", i >= kept);
    row.children[1].style.width = `${(100 * probabilities[i] / most).toFixed(2)}%`;
    row.children[2].textContent = i < kept ? percent(probabilities[i]) : "excluded";
  });
  const rest = probabilities.slice(candidateRows.length).reduce((sum, one) => sum + one, 0);
  others.replaceChildren(`${count(kept, "token")} of ${sorted.length.toLocaleString("en")} can be sampled`
    + (rest > 0 ? `; those below the bars have ${percent(rest)} together` : "") + `. Entropy ${few(entropy)} bits.`);
}
follow(["step"], () => {
  const ids = (step().ranking?.ids ?? []).slice(0, shownCandidates);
  candidateRows = ids.map(id => element("li", id === step().id ? {class: "chosen"} : {}, element("span", {class: "label"}, word(id)),
    element("span", {class: "bar"}), element("span", {class: "value"})));
  candidates.replaceChildren(...candidateRows);
});
document.getElementById("stage-6").querySelector(".check").before(element("div", {class: "figure what-if"},
  element("h3", {}, "With another temperature and top-p"),
  element("p", {class: "soft"}, "The logits are divided by the temperature before softmax. Top-p keeps the most likely tokens until their probabilities reach p. "
    + "Both start at 1, where the distribution is that of the model."),
  element("div", {class: "pair"},
    element("div", {}, slider("Temperature", "temperature", temperatures.length, at => `Temperature ${temperatures[at].toFixed(2)}`),
      slider("Top-p", "topP", topPs.length, at => `Top-p ${topPs[at].toFixed(2)}`)),
    element("div", {}, candidates, others))));
follow(["step", "temperature", "topP"], showDistribution);
