/* The head of the page, and the stages before the blocks. */
const prompt = run.prompt ?? "";
const title = element("h1", {class: prompt.length + run.generation.text.length > 170 ? "long" : ""},
  ...(run.prompt === null ? run.ids.map(id => word(id)) : [prompt]), element("span", {class: "made"}, run.generation.text));
const facts = [["model", run.model], ["layers", run.shape.layers], ["heads", run.shape.heads], ["channels", run.shape.channels],
  ["tokens in the vocabulary", run.shape.vocabulary], ["positions", run.shape.positions]];
document.getElementById("top").append(element("p", {class: "brand"}, "Touchstone · one run, explained"), title,
  element("ul", {class: "facts"}, ...facts.map(([label, value]) => element("li", {},
    ...(typeof value === "number" ? [element("b", {}, value.toLocaleString("en")), ` ${label}`]
      : [`${label} `, element("b", {}, value)])))));

/* Tokens to choose from: one stop of the tab key, the arrows walk. */
function chips(withBytes) {
  const nodes = run.ids.map((id, at) => {
    const node = element("button", {type: "button", class: "chip", style: `--tint:var(--tint${at % 5})`,
      "aria-label": `token ${at}: ${quoted(id)}, id ${id}`}, word(id));
    if (withBytes) {
      node.append(element("small", {}, String(id)), element("small", {class: "bytes"}, run.vocabulary[id].bytes));
    }
    node.addEventListener("click", () => look({token: at}));
    return node;
  });
  const box = element("div", {class: `chips${run.ids.length > 60 ? " many" : ""}`, role: "group", "aria-label": "tokens of the prompt"},
    ...nodes);
  box.addEventListener("keydown", event => {
    const to = {ArrowRight: state.token + 1, ArrowLeft: state.token - 1, Home: 0, End: nodes.length - 1}[event.key];
    if (to === undefined || !nodes[to]) return;
    event.preventDefault();
    look({token: to});
    nodes[to].focus();
  });
  follow(["token"], () => nodes.forEach((node, at) => {
    node.setAttribute("aria-pressed", at === state.token);
    node.tabIndex = at === state.token ? 0 : -1;
  }));
  return box;
}
/* A line that follows what is looked at. */
function following(keys, say) {
  const line = element("output", {class: "live", "aria-live": "polite"});
  follow(keys, () => line.replaceChildren(...[say()].flat()));
  return line;
}

stage(0, `A model reads numbers, not letters. The tokenizer cuts the text into ${count(run.ids.length, "token")} of its vocabulary: `
  + "below each its id, and the bytes it stands for."
  + (run.dropped ? ` ${count(run.dropped, "token")} before these are dropped: the context is shorter.` : ""),
  element("div", {class: "figure"}, chips(true), following(["token"], () => {
    const id = run.ids[state.token], piece = run.vocabulary[id];
    return [`Token ${state.token} is `, element("b", {}, quoted(id)), `, id ${id}, `
      + `${count(piece.bytes.split(" ").length, "byte")}: ${piece.bytes}${piece.special ? ", a special token" : ""}.`];
  })));

const values = vectors => {
  const [a, b, c, z] = vectors.ends[state.token].map(show), size = vectors.shape[1];
  return [element("b", {}, quoted(run.ids[state.token])), " → ", element("code", {}, `[${a}, ${b}, ${c}, …, ${z}]`),
    ` (${count(size, "value")}), length ${few(vectors.lengths[state.token])}`];
};
stage(1, `Each id picks a row of a table that was learned: a vector of ${run.shape.channels} numbers. From here on a token is its vector. `
  + "Gold is above zero, blue below.",
  vectorMap(run.embedding[0], "Embedding"), following(["token"], () => values(run.embedding[0])));

const positions = run.positions, says = positions.says[0].toUpperCase() + positions.says.slice(1) + ".";
const placed = [];
if (positions.vectors) placed.push(vectorMap(positions.vectors, positions.kind === "ADDED" ? "Added for the position" : "Cosines and sines"));
for (const vectors of run.embedding.slice(1)) {
  placed.push(vectorMap(vectors, "What enters the first block"), following(["token"], () => values(vectors)));
}
if (positions.slopes.length) placed.push(slopes());
stage(2, `Vectors know what a token is, not where. ${says}`, ...placed);

/* ALiBi: a line for each head. */
function slopes() {
  const width = 640, height = 220, steps = Math.max(8, run.ids.length - 1), most = Math.max(...positions.slopes) * steps;
  const svg = drawn("svg", {viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label":
    `What distance takes from a score, a head each: ${positions.slopes.map(slope => show(slope)).join(", ")} a position`});
  svg.append(drawn("line", {x1: 10, x2: width, y1: 14, y2: 14, stroke: "var(--line)"}));
  positions.slopes.forEach((slope, head) => {
    const y = 14 + (height - 50) * slope * steps / most;
    svg.append(drawn("line", {x1: 10, y1: 14, x2: width - 150, y2: y, stroke: `var(--tint${head % 5})`, "stroke-width": 2}));
    svg.append(drawn("text", {x: width - 142, y: y + 4}, `head ${head}: −${show(slope)} a step`));
  });
  svg.append(drawn("text", {x: 10, y: height - 6}, `distance 0 to ${steps}`));
  return element("div", {class: "figure"}, element("h3", {}, "What distance takes from a score"), svg);
}
