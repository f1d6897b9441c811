/* A stage: its number, title and shapes, a paragraph, its figures, the classes that compute it and the tests that check it. */
function stage(index, sentence, ...figures) {
  const {title, shapes, sources, checks} = run.stages[index], id = `stage-${index + 1}`, name = String(index + 1);
  const list = nodes => nodes.flatMap((node, i) => i ? [", ", node] : [node]);
  document.getElementById("main").append(element("section", {id, "aria-labelledby": `${id}-title`},
    element("header", {},
      element("h2", {id: `${id}-title`}, element("span", {class: "number"}, name), " ", title),
      element("code", {class: "shape"}, element("span", {class: "hidden"}, "shapes: "), shapes)),
    element("p", {}, sentence), ...figures,
    element("div", {class: "check"},
      element("div", {}, "Computed in ", ...list(sources.map(path => source(path, path.split("/").slice(5).join("/"))))),
      element("div", {}, "Checked by ", ...list(checks.map(check =>
        element("span", {}, element("code", {}, `${check.test}.java`), ` (${check.of})`)))))));
  document.getElementById("contents").append(element("li", {}, element("a", {href: `#${id}`}, element("span", {}, name), " ", title)));
}
/* The name of a source file; it opens the text, which the page contains. */
function source(path, label) {
  const text = run.sources[path];
  if (!text) return element("code", {title: path}, label);
  const button = element("button", {type: "button", class: "source", "aria-haspopup": "dialog", title: path}, element("code", {}, label));
  button.addEventListener("click", () => {
    document.getElementById("source-path").textContent = path;
    document.getElementById("source-text").textContent = text;
    document.getElementById("source").showModal();
    document.querySelector("#source pre").scrollTop = 0;
  });
  return button;
}
document.getElementById("version").append(`Touchstone ${run.version ?? "(development build)"}. Source files open in this page. `
  + "The tests are below src/test/java/dev/touchstone in the repository of that version.");
