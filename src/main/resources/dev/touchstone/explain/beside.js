/* Another run beside this one, such as that of another model, prompt or setting. */
/* A run from its downloaded numbers, or from its page. */
function readRun(content) {
  const line = content.trimStart().startsWith("{") ? content : content.split("\n").find(one => one.startsWith("const run = "))?.slice("const run = ".length).replace(/;$/, "");
  const found = line && JSON.parse(line);
  if (!Array.isArray(found?.steps) || !found.vocabulary) throw new Error("it is neither the page nor the numbers of a run");
  return found;
}
const namesOfRuns = other => ["this run", other];
/* The tokens of both runs at each step; the first step at which they differ is marked. */
function stepsBeside(there) {
  const rows = Array.from({length: Math.max(run.steps.length, there.steps.length)}, (_, at) => ({at, here: run.steps[at], there: there.steps[at]}));
  const textOf = (one, id) => one.vocabulary[id].text;
  const same = row => row.here && row.there && textOf(run, row.here.id) === textOf(there, row.there.id);
  const cell = (one, own) => one ? [element("code", {}, textOf(own, one.id)), ` ${percent(number(one.probability))}`] : "–";
  const first = rows.find(row => !same(row));
  return [element("p", {}, first ? `The texts differ from step ${first.at + 1} on.` : "The texts are the same."),
    new DataTable("Steps of both runs", [{title: "step", value: row => row.at + 1}, {title: "this run", value: row => row.at, cell: row => cell(row.here, run)},
      {title: "the other", value: row => row.at, cell: row => cell(row.there, there)},
      {title: "tokens", value: row => same(row), cell: row => element("span", {class: same(row) ? "good" : "bad"}, same(row) ? "equal" : "different")}],
    rows, {sort: null, limit: 12}).node];
}
/* A chart with a curve for each run; a curve is a list of numbers. */
function curvesBeside(title, across, here, there, name) {
  const curves = [here, there].map((list, i) => ({name: namesOfRuns(name)[i], color: `var(--tint${1 - i})`, points: list.map((value, at) => [at, number(value)])}));
  const up = ticks(Math.max(...curves.flatMap(curve => curve.points.map(point => point[1])), 1e-9)), most = Math.max(here.length, there.length) - 1;
  return element("div", {}, element("h3", {}, title), fitted(width => lineChart(width, `${title}: ${namesOfRuns(name).join(", ")}`,
    {from: 0, to: Math.max(1, most), ticks: ticks(most).filter(value => Number.isInteger(value) && value <= most).map(value => [value, String(value)]), title: across},
    {from: 0, to: up.at(-1), ticks: up.map(value => [value, String(value)]), title: ""}, curves)));
}
const streamOf = one => [one.embedding.at(-1).norms.at(-1), ...one.layers.map(layer => layer.residual_norms.at(-1))];
function nextBeside(one, name) {
  const most = Math.max(...one.next.map(candidate => candidate.probability));
  return element("div", {}, element("h3", {}, `Most likely tokens after the prompt, ${name}`),
    bars(one.next.map(candidate => ({label: element("code", {}, one.vocabulary[candidate.id].text), share: candidate.probability / most, value: percent(candidate.probability)}))));
}
function runWords(one, name) {
  return element("div", {}, element("h3", {}, `${name}: ${one.model}`), words(one.prompt ?? `${one.ids.length} token ids`, one.generation.text));
}
const otherRun = element("div"), otherFile = element("input", {type: "file", accept: ".json,.html"}), otherProblem = element("p", {class: "bad", role: "status"});
otherFile.addEventListener("change", async () => {
  const [file] = otherFile.files;
  if (!file) return;
  try {
    const there = readRun(await file.text()), name = file.name;
    otherRun.replaceChildren(element("div", {class: "pair figure"}, runWords(run, "this run"), runWords(there, name)),
      ...stepsBeside(there), element("div", {class: "pair figure"}, nextBeside(run, "this run"), nextBeside(there, name)),
      element("div", {class: "figure"}, curvesBeside("Norm of the residual stream at the last token of the prompt", "layer, from its input on", streamOf(run), streamOf(there), name)),
      element("div", {class: "figure"}, curvesBeside("Milliseconds per step", "step", run.steps.map(one => one.untraced), there.steps.map(one => one.untraced), name)));
    otherProblem.textContent = "";
  } catch (error) {
    otherProblem.textContent = `${file.name} cannot be read: ${error.message}`;
  }
});
document.getElementById("main").append(element("section", {id: "beside", "aria-labelledby": "beside-title"},
  element("header", {}, element("h2", {id: "beside-title"}, "Beside another run")),
  element("p", {}, "Choose the page or the numbers of another run, such as one with another prompt, model or type of weights. The file stays on this machine."),
  labelled("Run", otherFile), otherProblem, otherRun));
document.getElementById("contents").append(element("li", {}, element("a", {href: "#beside"}, element("span", {"aria-hidden": "true"}, "+"), " Beside another run")));
