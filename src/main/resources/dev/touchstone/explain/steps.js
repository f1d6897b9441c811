/* The steps of the generation: the text, the cache, drafts, and time. */
const text = element("div", {class: "text", role: "group", "aria-label": "the text so far"});
follow(["step"], () => text.replaceChildren(...run.ids.map(id => word(id, "given")),
  ...run.steps.map((one, at) => word(one.id, at === state.step ? "here" : at > state.step ? "later" : ""))));

const sequence = [...run.ids, ...run.steps.map(one => one.id)];
const keyIds = () => {
  const read = tokens + state.step;
  return sequence.slice(read - step().keys, read);
};
let lastQuery = null;
const where = new Heatmap("Attention of the last token, one row per layer, one column per token", (row, column) =>
  [`Layer ${row} attends to `, element("b", {}, quoted(keyIds()[column])), " with weight ",
    element("b", {}, percent(weight(lastQuery[row * step().keys + column]))), ", mean of its heads"]);
where.node.style.height = `${Math.max(56, Math.min(30 * run.layers.length, 300))}px`;
follow(["step"], () => {
  lastQuery = bytes(step().attention);
  where.draw(run.layers.length, step().keys, (row, column) =>
    mix("card", "theirs", Math.sqrt(weight(lastQuery[row * step().keys + column]))));
});
const lensBars = element("div");
follow(["step"], () => lensBars.replaceChildren(element("ol", {class: "bars"}, ...step().lens.map((prediction, at) =>
  element("li", prediction.best.id === step().id ? {class: "chosen"} : {},
    element("span", {class: "label"}, `${at ? `layer ${at - 1}` : "input"}: `, word(prediction.best.id)),
    element("span", {class: "bar", style: `width:${(100 * prediction.probability_of_chosen).toFixed(2)}%`}),
    element("span", {class: "value"}, percent(prediction.probability_of_chosen)))))));
stage(6, "The token is appended to the sequence, and the model runs again. Keys and values of earlier tokens are in the KV cache, so only "
  + `the new token is computed. Generation stopped after ${count(run.steps.length, "token")} (${run.generation.finish_reason.toLowerCase()}).`,
  slider("Step", "step", run.steps.length, stepName, true), text,
  element("div", {class: "pair figure"},
    element("div", {}, element("h3", {}, "Attention of the last token"),
      element("p", {class: "soft"}, "One row per layer, one column per token; the mean of all heads."), where.node, where.live),
    element("div", {}, element("h3", {}, "Logit lens of this step"),
      element("p", {class: "soft"}, `The most likely token at each depth. The bar is the probability there of the token that was ${sampled ? "sampled" : "chosen"}.`), lensBars)));

const {statistics, passes, drafter} = run.speculation;
const draft = (id, kind, verdict) => element("span", {class: `draft ${kind}`}, element("span", {class: "hidden"}, `${verdict} `), word(id));
const passRows = passes.map((pass, at) => element("li", {}, element("span", {class: "at"}, `pass ${at + 1}`),
  ...pass.drafted.map((id, i) => i < pass.accepted ? draft(id, "kept", "accepted") : draft(id, "lost", "rejected")),
  ...pass.added.slice(pass.accepted).map(id => draft(id, "own", "from the model"))));
const shownPasses = 12;
stage(7, "A cheap drafter proposes several tokens, and one pass of the model verifies all of them. Drafts are accepted up to the first that is rejected, and the model "
  + `adds one token itself. Here ${drafter} proposed ${count(statistics.proposed, "token")}, of which ${statistics.accepted} were accepted: `
  + `${count(statistics.tokens, "token")} in ${count(statistics.passes, "pass", "passes")}. `
  + (run.speculation.same_ids ? "The tokens are those of generation without drafts." : "The tokens differ from those above, because drafts take other random numbers; the distribution is the same.")
  + (statistics.proposed ? "" : " The drafter found nothing to propose."),
  element("ol", {class: "passes"}, ...passRows.slice(0, shownPasses)),
  ...passRows.length > shownPasses ? [element("details", {}, element("summary", {}, count(passRows.length - shownPasses, "more pass", "more passes")),
    element("ol", {class: "passes", start: shownPasses + 1}, ...passRows.slice(shownPasses)))] : [],
  legend(["var(--good)", "✓ accepted"], ["var(--bad)", "✗ rejected"], ["var(--ours)", "from the model"]));

/* The memory of the cache after each step, and the part of it that is filled. */
const perToken = 2 * run.shape.layers * run.shape.key_value_heads * run.shape.head_size * 4;
const kib = n => `${(n / 1024).toLocaleString("en", {maximumFractionDigits: 1})} KiB`;
function columns(label, height, list, draw) {
  const width = roomy(), step = width / list.length, gap = Math.min(4, step * .2);
  const svg = drawn("svg", {viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label});
  list.forEach((one, at) => draw(svg, one, at * step + gap / 2, step - gap, at === state.step));
  svg.append(drawn("line", {x1: 0, x2: width, y1: height - 18, y2: height - 18, stroke: "var(--line)"}),
    drawn("text", {x: 0, y: height - 4}, "step 1"), drawn("text", {x: width, y: height - 4, "text-anchor": "end"}, String(list.length)));
  return svg;
}
const memory = element("div"), timeline = element("div");
follow(["step"], () => {
  const most = Math.max(...run.steps.map(one => one.cache_bytes)), scale = 118 / most;
  memory.replaceChildren(columns(`Bytes of the cache after each step, at most ${kib(most)}`, 140, run.steps, (svg, one, x, width, here) => {
    const filled = Math.min(one.cache_bytes, one.cached_tokens * perToken);
    svg.append(drawn("rect", {x, y: 122 - one.cache_bytes * scale, width, height: one.cache_bytes * scale, rx: 2, fill: "var(--ground)", stroke: "var(--line)"}),
      drawn("rect", {x, y: 122 - filled * scale, width, height: filled * scale, rx: 2, fill: here ? "var(--ours)" : "var(--theirs)"}));
  }), element("output", {class: "live"}, `After step ${state.step + 1} the cache holds ${count(step().cached_tokens, "token")} and occupies ${kib(step().cache_bytes)}: `
    + `${kib(perToken)} per token, allocated for ${run.cache_page} tokens at a time.`));
});
follow(["step"], () => {
  const most = Math.max(...run.steps.map(one => one.untraced)), total = run.steps.reduce((sum, one) => sum + one.untraced, 0);
  timeline.replaceChildren(columns(`Milliseconds of each step, at most ${most.toFixed(1)}`, 140, run.steps, (svg, one, x, width, here) => {
    const h = Math.max(1.5, 118 * one.untraced / most);
    svg.append(drawn("rect", {x, y: 122 - h, width, height: h, rx: 2, fill: here ? "var(--ours)" : "var(--theirs)"}));
  }), element("output", {class: "live"}, `Step ${state.step + 1} took ${step().untraced.toFixed(1)} ms of ${total.toFixed(0)} ms. The first step includes the prompt.`));
});
const order = [...new Set([...Object.keys(run.times.prompt), ...Object.keys(run.times.step)])];
const sum = times => order.reduce((all, part) => all + (times[part] ?? 0), 0);
function stack(title, times) {
  const all = sum(times);
  return all === 0 ? "" : element("div", {}, element("h3", {}, `${title}: ${all.toFixed(2)} ms`), element("div", {class: "stack", "aria-hidden": "true"},
    ...order.map((part, i) => element("i", {title: part, style: `width:${100 * (times[part] ?? 0) / all}%;background:var(--part${i})`},
      times[part] / all > .04 ? String(i + 1) : ""))));
}
const share = (times, part) => sum(times) === 0 ? [] : [`${(times[part] ?? 0).toFixed(2)}\u00a0ms `,
  element("small", {class: "soft"}, `${(100 * (times[part] ?? 0) / sum(times)).toFixed(0)} %`)];
stage(8, "The KV cache stores the keys and values of all layers. Times were measured from tap to tap while all taps were recorded "
  + `(${run.times.traced.toFixed(2)} s in total). Without recording the same run took ${run.times.untraced.toFixed(2)} s and `
  + (run.times.same_ids ? "generated the same tokens." : "GENERATED DIFFERENT TOKENS."),
  slider("Step", "step", run.steps.length, stepName),
  element("div", {class: "pair"}, element("div", {}, element("h3", {}, "Memory of the cache"), memory),
    element("div", {}, element("h3", {}, "Time of each step"), timeline)),
  element("div", {class: "figure"}, stack(`Prompt, ${count(tokens, "token")} in one pass`, run.times.prompt),
    stack("Mean of the other steps, one token each", run.times.step),
    element("div", {class: "parts"}, element("table", {}, element("thead", {}, element("tr", {}, ...["kind of work", "prompt", "step"].map((name, i) =>
      element("th", {scope: "col", class: i ? "n" : ""}, name)))), ...order.map((part, i) => element("tr", {},
      element("th", {scope: "row", style: "font-weight:400"}, element("i", {class: "swatch", "aria-hidden": "true",
        style: `background:var(--part${i})`}, String(i + 1)), part),
      element("td", {class: "n"}, ...share(run.times.prompt, part)), element("td", {class: "n"}, ...share(run.times.step, part))))))));
