/* Step after step: the text as it grows, the cache, drafts, and time. */
const text = element("div", {class: "text", role: "group", "aria-label": "the text so far"});
follow(["step"], () => text.replaceChildren(...run.ids.map(id => word(id, "given")),
  ...run.turns.map((one, at) => word(one.id, at === state.step ? "here" : at > state.step ? "later" : ""))));

const sequence = [...run.ids, ...run.turns.map(one => one.id)];
const seenIds = () => {
  const read = tokens + state.step;
  return sequence.slice(read - turn().seen, read);
};
let looks = null;
const where = new Heatmap("How much each layer looks at each token when this one is made", (row, column) =>
  [`Layer ${row} looks at `, element("b", {}, quoted(seenIds()[column])), " with ",
    element("b", {}, percent(weight(looks[row * turn().seen + column]))), " of its attention, the mean of its heads"]);
where.node.style.height = `${Math.max(56, Math.min(30 * run.layers.length, 300))}px`;
follow(["step"], () => {
  looks = bytes(turn().looks);
  where.draw(run.layers.length, turn().seen, (row, column) =>
    mix("card", "theirs", Math.sqrt(weight(looks[row * turn().seen + column]))));
});
const votes = element("div");
follow(["step"], () => votes.replaceChildren(element("ol", {class: "bars"}, ...turn().lens.map((vote, at) =>
  element("li", vote.best.id === turn().id ? {class: "picked"} : {},
    element("span", {class: "label"}, `${at ? `layer ${at - 1}` : "start"}: `, word(vote.best.id)),
    element("span", {class: "bar", style: `width:${(100 * vote.of_picked).toFixed(2)}%`}),
    element("span", {class: "value"}, percent(vote.of_picked)))))));
stage(6, "The token is appended, and all begins again with one token more. Keys and values of the tokens before are in the cache, so only "
  + `the new one is read. It ends after ${count(run.turns.length, "token")}, by ${run.generation.finish_reason.toLowerCase()}.`,
  slider("Step", "step", run.turns.length, stepName, true), text,
  element("div", {class: "pair figure"},
    element("div", {}, element("h3", {}, "Where the last token looked"),
      element("p", {class: "soft"}, "A row for each layer, a column for each token of the text."), where.node, where.live),
    element("div", {}, element("h3", {}, "What each layer would have picked"),
      element("p", {class: "soft"}, "And how likely it makes the token that was picked."), votes)));

const {statistics, passes, drafter} = run.speculation;
const draft = (id, kind, says) => element("span", {class: `draft ${kind}`}, element("span", {class: "hidden"}, `${says} `), word(id));
const passRows = passes.map((pass, at) => element("li", {}, element("span", {class: "at"}, `pass ${at + 1}`),
  ...pass.drafted.map((id, i) => i < pass.accepted ? draft(id, "kept", "accepted") : draft(id, "lost", "rejected")),
  ...pass.made.slice(pass.accepted).map(id => draft(id, "own", "the model's own"))));
stage(7, "Drafts are guessed cheaply, and one pass of the model verifies them all: as many are kept as it would have picked itself, and one of its own "
  + `joins them. Here ${drafter} guessed ${count(statistics.proposed, "token")}, of which ${statistics.accepted} were accepted: `
  + `${count(statistics.tokens, "token")} in ${statistics.passes} ${statistics.passes === 1 ? "pass" : "passes"}. `
  + (run.speculation.same_ids ? "The text is the same." : "The text is drawn anew, from the same distribution.")
  + (statistics.proposed ? "" : " Nothing to guess from was found; --draft names a smaller model that guesses."),
  element("ol", {class: "passes", tabindex: 0, "aria-label": "passes and their drafts"}, ...passRows),
  legend(["var(--good)", "✓ accepted"], ["var(--bad)", "✗ rejected"], ["var(--ours)", "the model's own"]));

/* What the cache takes after each step, and how much of it is filled. */
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
  const most = Math.max(...run.turns.map(one => one.bytes)), scale = 118 / most;
  memory.replaceChildren(columns(`Bytes of the cache after each step, at most ${kib(most)}`, 140, run.turns, (svg, one, x, width, here) => {
    const filled = Math.min(one.bytes, one.tokens * perToken);
    svg.append(drawn("rect", {x, y: 122 - one.bytes * scale, width, height: one.bytes * scale, rx: 2, fill: "var(--ground)", stroke: "var(--line)"}),
      drawn("rect", {x, y: 122 - filled * scale, width, height: filled * scale, rx: 2, fill: here ? "var(--ours)" : "var(--theirs)"}));
  }), element("output", {class: "live"}, `After step ${state.step + 1} the cache knows ${count(turn().tokens, "token")} and takes ${kib(turn().bytes)}: `
    + `${kib(perToken)} a token, with room for ${run.cache_page} at a time.`));
});
follow(["step"], () => {
  const most = Math.max(...run.turns.map(one => one.unwatched)), total = run.turns.reduce((sum, one) => sum + one.unwatched, 0);
  timeline.replaceChildren(columns(`Milliseconds of each step, at most ${most.toFixed(1)}`, 140, run.turns, (svg, one, x, width, here) => {
    const h = Math.max(1.5, 118 * one.unwatched / most);
    svg.append(drawn("rect", {x, y: 122 - h, width, height: h, rx: 2, fill: here ? "var(--ours)" : "var(--theirs)"}));
  }), element("output", {class: "live"}, `Step ${state.step + 1} took ${turn().unwatched.toFixed(1)} ms of ${total.toFixed(0)} ms. The first reads the prompt.`));
});
const parts = Object.keys({...run.times.step, ...run.times.prompt});
const order = ["embedding and positions", "norms", "queries, keys, values and output of attention", "attention: scores, softmax, mix", "MLP",
  "residual stream", "output layer", "processors and choice"].filter(part => parts.includes(part));
const sum = times => order.reduce((all, part) => all + (times[part] ?? 0), 0);
function stack(title, times) {
  const all = sum(times);
  return all === 0 ? "" : element("div", {}, element("h3", {}, `${title}: ${all.toFixed(2)} ms`), element("div", {class: "stack", "aria-hidden": "true"},
    ...order.map((part, i) => element("i", {title: part, style: `width:${100 * (times[part] ?? 0) / all}%;background:var(--part${i})`}))));
}
const share = (times, part) => sum(times) === 0 ? [] : [`${(times[part] ?? 0).toFixed(2)}\u00a0ms `,
  element("small", {class: "soft"}, `${(100 * (times[part] ?? 0) / sum(times)).toFixed(0)} %`)];
stage(8, "The cache keeps keys and values of every layer, page after page. Time was taken from tap to tap while all of them were watched "
  + `(${run.times.watched.toFixed(2)} s in all); the same run takes ${run.times.unwatched.toFixed(2)} s when nobody watches, and `
  + (run.times.same_ids ? "makes the same tokens." : "MADE OTHER TOKENS."),
  slider("Step", "step", run.turns.length, stepName),
  element("div", {class: "pair"}, element("div", {}, element("h3", {}, "The cache as it grows"), memory),
    element("div", {}, element("h3", {}, "Time of each step"), timeline)),
  element("div", {class: "figure"}, stack(`The prompt, ${count(tokens, "token")} at once`, run.times.prompt),
    stack("A step after it, one token", run.times.step),
    element("div", {class: "scroll parts"}, element("table", {}, element("tr", {}, ...["where time went", "prompt", "a step"].map((name, i) =>
      element("th", {scope: "col", class: i ? "n" : ""}, name))), ...order.map((part, i) => element("tr", {},
      element("th", {scope: "row", style: "white-space:normal;font-weight:400"}, element("i", {"aria-hidden": "true",
        style: `display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:8px;background:var(--part${i})`}), part),
      element("td", {class: "n"}, ...share(run.times.prompt, part)), element("td", {class: "n"}, ...share(run.times.step, part))))))));

/* Which stage is being read. */
const links = [...document.querySelectorAll("nav a")];
const reading = new IntersectionObserver(entries => entries.filter(entry => entry.isIntersecting).forEach(entry =>
  links.forEach(link => link.hash === `#${entry.target.id}` ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current"))),
{rootMargin: "-20% 0px -70% 0px"});
document.querySelectorAll("section").forEach(section => reading.observe(section));
