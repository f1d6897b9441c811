/* The overview: the selected part of the diagram, the walk through all parts, the search for a tap, and the address of a tap. */
const {parts} = run.overview, firstBlock = run.layers[0].name;
/* The name of a part's tap in the selected layer. */
const tapOf = (part, at = state.layer) => part.block ? run.layers[at].name + part.tap.slice(firstBlock.length) : part.tap;
/* All taps, with their parts; a layer of another kind than the first has taps without a part. */
const taps = new Map();
for (const [index, part] of parts.entries()) {
  if (!part.block) for (const name of [part.tap, ...part.aliases]) taps.set(name, {part: index});
}
run.layers.forEach((one, at) => one.taps.forEach(tap => {
  const suffix = tap.name.slice(one.name.length);
  const part = parts.findIndex(one => one.block && [one.tap, ...one.aliases].includes(firstBlock + suffix));
  taps.set(tap.name, part < 0 ? {layer: at} : {layer: at, part});
}));

/* Selects a tap. Its name is the fragment of the page's address, so the address is a link to it. */
function open(name) {
  select(taps.get(name));
  history.replaceState(null, "", `#${encodeURIComponent(name)}`);
}
const links = new Map();
for (const link of document.querySelectorAll(".diagram a")) {
  const isLayer = link.classList.contains("layer"), layerIndex = Number(link.dataset.layer);
  links.set(link, isLayer ? () => state.layer === layerIndex : () => parts[state.part].tap === decodeURIComponent(link.getAttribute("href").slice(1)));
  link.addEventListener("click", event => {
    event.preventDefault();
    open(isLayer ? run.layers[layerIndex].name : tapOf(parts.find(part => part.tap === decodeURIComponent(link.getAttribute("href").slice(1)))));
  });
}
/* One stop of the tab key for the layers and one for the parts; the arrow keys move between them. */
for (const kind of [".layer", ".part"]) {
  const all = [...document.querySelectorAll(`.diagram ${kind}`)];
  all.forEach((link, at) => link.addEventListener("keydown", event => {
    const to = {ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1}[event.key];
    if (!all[to]) return;
    event.preventDefault();
    all[to].dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true}));
    all[to].focus();
  }));
}
follow(["part", "layer"], () => links.forEach((isCurrent, link) => {
  if (isCurrent()) link.setAttribute("aria-current", "true");
  else link.removeAttribute("aria-current");
  link.setAttribute("tabindex", isCurrent() ? 0 : -1);
}));

const partBox = element("div", {"aria-live": "polite"});
follow(["part", "layer"], () => {
  const part = parts[state.part], name = tapOf(part), own = run.layers[state.layer].taps.find(tap => tap.name === name);
  const rename = term => !part.block ? term : term.startsWith(`${firstBlock}.`) ? tapOf({...part, tap: term})
    : state.layer > 0 && run.overview.stream.includes(term) ? run.layers[state.layer - 1].name : term;
  const inputs = part.inputs.map(sum => [...new Set(sum.split(" + ").map(rename))].join(" + "));
  const rows = [
    ["tap", element("code", {}, [name, ...part.aliases.map(alias => tapOf({...part, tap: alias}))].join(", "))],
    ...inputs.length ? [["computed from", element("code", {}, inputs.join(", "))]] : [],
    ["shape", element("code", {}, `(${(own?.shape ?? part.shape).join(", ")})`)],
    ...part.weights.length ? [["weights", element("code", {}, part.weights.join(", "))]] : [],
    ...part.parameters ? [["parameters", `${part.parameters.toLocaleString("en")}, ${percent(part.parameters / run.overview.parameters)} of the model`]] : []];
  partBox.replaceChildren(element("h3", {}, part.title), element("p", {class: "equation"}, part.equation), element("p", {}, part.sentence),
    element("table", {}, element("caption", {class: "hidden"}, part.title), element("tbody", {}, ...rows.map(([key, value]) =>
      element("tr", {}, element("th", {scope: "row"}, key), element("td", {}, value))))),
    element("p", {class: "more"}, element("a", {href: `#stage-${part.stage}`}, `Stage ${part.stage}: ${run.stages[part.stage - 1].title}`), " · ",
      source(part.source, part.source.split("/").pop())));
});
const walkTo = (text, name, way) => {
  const button = element("button", {type: "button", class: "button", "aria-label": name}, text);
  button.addEventListener("click", () => open(tapOf(parts[(state.part + way + parts.length) % parts.length])));
  return button;
};
const place = element("span", {class: "soft"});
follow(["part"], () => { place.textContent = `part ${state.part + 1} of ${parts.length}`; });
const finder = element("input", {type: "search", list: "tap-names", placeholder: tapOf(parts.find(part => part.title === "attention scores")), autocomplete: "off"});
finder.addEventListener("input", () => taps.has(finder.value.trim()) && open(finder.value.trim()));
const finderBox = labelled("Find a tap", finder);
finderBox.classList.add("grow");
document.getElementById("part").append(partBox, element("div", {class: "controls"}, walkTo("◀", "Previous part", -1), walkTo("▶", "Next part", 1), place),
  element("div", {class: "controls"}, finderBox), element("datalist", {id: "tap-names"}, ...[...taps.keys()].map(name => element("option", {value: name}))));

/* The address may name a tap when the page is opened, or later. */
function followAddress() {
  const name = decodeURIComponent(location.hash.slice(1));
  if (!taps.has(name)) return;
  select(taps.get(name));
  document.getElementById("overview").scrollIntoView();
}
addEventListener("hashchange", followAddress);
followAddress();

/* Downloads. */
const {sources, ...numbers} = run;
document.getElementById("top").append(element("p", {class: "controls downloads"},
  saveButton("Download the numbers (JSON)", `${fileName(run.model)}-run.json`, () => JSON.stringify(numbers, null, 1)),
  saveButton("Download the taps (CSV)", `${fileName(run.model)}-taps.csv`, () => csv([["tap", "shape", "milliseconds", "source"],
    ...run.layers.flatMap(one => one.taps.map(tap => [tap.name, tap.shape.join(" x "), tap.milliseconds, tap.source]))]))));
