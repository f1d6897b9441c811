/* The head of the page, and the stages before the blocks. */
document.getElementById("top").append(element("h1", {}, `One run of ${run.model}, stage by stage`),
  words(run.prompt ?? run.ids.map(id => word(id)), run.generation.text),
  facts([["layers", run.shape.layers], ["heads", run.shape.heads], ["channels", run.shape.channels],
    ["tokens in the vocabulary", run.shape.vocabulary], ["positions", run.shape.positions], ["tokens of the prompt", run.ids.length],
    ["new tokens", run.steps.length]]));

/* The tokens as buttons: one stop of the tab key, the arrow keys move between them. Bytes are left out where there are many tokens. */
function chips(withBytes) {
  const many = run.ids.length > 60;
  const nodes = run.ids.map((id, at) => {
    const node = element("button", {type: "button", class: "chip", style: `--tint:var(--tint${at % 5})`,
      "aria-label": `token ${at}: ${quoted(id)}, id ${id}`}, word(id));
    if (withBytes && !many) {
      node.append(element("small", {}, String(id)), element("small", {class: "bytes"}, run.vocabulary[id].bytes));
    }
    node.addEventListener("click", () => select({token: at}));
    return node;
  });
  const box = element("div", {class: `chips${many ? " many" : ""}`, role: "group", "aria-label": "tokens of the prompt"}, ...nodes);
  box.addEventListener("keydown", event => {
    const to = {ArrowRight: state.token + 1, ArrowLeft: state.token - 1, Home: 0, End: nodes.length - 1}[event.key];
    if (to === undefined || !nodes[to]) return;
    event.preventDefault();
    select({token: to});
    nodes[to].focus();
  });
  follow(["token"], () => nodes.forEach((node, at) => {
    node.setAttribute("aria-pressed", at === state.token);
    node.tabIndex = at === state.token ? 0 : -1;
  }));
  return box;
}
/* The same choice where there is little room. */
const tokenChoice = () => run.ids.length > 60
  ? slider("Token", "token", run.ids.length, at => `Token ${at} (0 to ${run.ids.length - 1}): ${quoted(run.ids[at])}`) : chips(false);

stage(0, `The tokenizer splits the text into ${count(run.ids.length, "token")} of its vocabulary. Each has an id`
  + (run.ids.length > 60 ? "; select a token for its id and bytes. " : " and, in hexadecimal, the bytes that it represents. ")
  + "A dot is a space."
  + (run.dropped ? ` ${count(run.dropped, "token")} before these were dropped, because the prompt is longer than the context window.` : ""),
  element("div", {class: "figure"}, chips(true), following(["token"], () => {
    const id = run.ids[state.token], piece = run.vocabulary[id];
    return [`Token ${state.token}: `, element("b", {}, quoted(id)), `, id ${id}, `
      + `${count(piece.bytes.split(" ").length, "byte")}: ${piece.bytes}${piece.special ? ", a special token" : ""}`];
  })));

const values = vectors => {
  const [a, b, c, z] = vectors.ends[state.token].map(show), size = vectors.shape[1];
  return [element("b", {}, quoted(run.ids[state.token])), " → ", element("code", {}, `[${a}, ${b}, ${c}, …, ${z}]`),
    ` (${count(size, "value")}), norm ${few(vectors.norms[state.token])}`];
};
stage(1, `Each id selects a row of the embedding matrix: a vector of ${run.shape.channels} learned numbers. `
  + "Gold is positive and blue is negative; a stronger colour is a larger magnitude.",
  vectorMap(run.embedding[0], "Token embeddings"), following(["token"], () => values(run.embedding[0])));

const positions = run.positions, description = positions.description[0].toUpperCase() + positions.description.slice(1) + ".";
const placed = [];
if (positions.vectors) placed.push(vectorMap(positions.vectors, positions.kind === "ADDED" ? "Position embeddings" : "Cosines and sines of the rotary embedding"));
for (const vectors of run.embedding.slice(1)) {
  placed.push(vectorMap(vectors, "Input of the first block"), following(["token"], () => values(vectors)));
}
if (positions.slopes.length) placed.push(slopes());
stage(2, `A token's embedding does not depend on its position, so the position has to be added. ${description}`, ...placed);

/* ALiBi: a line for each head. */
function slopes() {
  const steps = Math.max(8, run.ids.length - 1);
  const curves = positions.slopes.map((slope, head) => ({name: `head ${head}: ${show(slope)} per position`, color: `var(--tint${head % 5})`,
    points: Array.from({length: steps + 1}, (_, distance) => [distance, slope * distance])}));
  const up = ticks(Math.max(...positions.slopes) * steps), across = ticks(steps).filter(value => value <= steps && Number.isInteger(value));
  return element("div", {class: "figure"}, element("h3", {}, "ALiBi: what is subtracted from an attention score"),
    fitted(width => lineChart(width, `ALiBi bias by distance: ${curves.map(curve => curve.name).join(", ")}`,
      {from: 0, to: steps, ticks: across.map(value => [value, String(value)]), title: "distance between query and key"},
      {from: 0, to: up.at(-1), ticks: up.map(value => [value, String(value)]), title: "bias"}, curves)));
}
