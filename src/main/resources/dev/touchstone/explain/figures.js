/* Colours of heat maps are mixed from those of the page, and again when the colour scheme changes. */
const palette = {};
function mixColors() {
  const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1});
  const pen = canvas.getContext("2d", {willReadFrequently: true}), style = getComputedStyle(document.documentElement);
  for (const name of ["ground", "card", "ours", "theirs", "ink"]) {
    pen.fillStyle = style.getPropertyValue(`--${name}`);
    pen.fillRect(0, 0, 1, 1);
    palette[name] = [...pen.getImageData(0, 0, 1, 1).data];
  }
}
mixColors();
const mix = (from, to, share) => [0, 1, 2].map(i => palette[from][i] + (palette[to][i] - palette[from][i]) * share);
/* Gold for positive numbers, blue for negative ones; the square root makes small ones visible. */
const signed = x => mix("card", x < 0 ? "theirs" : "ours", Math.sqrt(Math.abs(x)));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  mixColors();
  for (const watcher of watchers) watcher.draw();
});

/* Draws one pixel per number; the page scales them. `color` gives the colour of (row, column), or null for none. */
function paint(canvas, rows, columns, color) {
  canvas.width = columns;
  canvas.height = rows;
  const pen = canvas.getContext("2d"), image = pen.createImageData(columns, rows);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at += 4) {
      const rgb = color(row, column);
      if (rgb) image.data.set([rgb[0], rgb[1], rgb[2], 255], at);
    }
  }
  pen.putImageData(image, 0, 0);
}

/* A heat map. Pointing at a cell, or moving to it with the arrow keys, shows what `describe` returns for (row, column). */
class Heatmap {
  constructor(label, describe, pick = () => {}) {
    Object.assign(this, {describe, pick, rows: 1, columns: 1, row: 0, column: 0});
    this.canvas = element("canvas", {tabindex: 0, role: "application", "aria-roledescription": "heat map", "aria-label":
      `${label}; the arrow keys move between cells`});
    this.cursor = element("div", {class: "cursor", hidden: ""});
    this.live = element("output", {class: "live", "aria-live": "polite"},
      element("span", {class: "soft"}, "Point at a cell, or move between cells with the arrow keys."));
    this.node = element("div", {class: "map"}, this.canvas, this.cursor);
    this.canvas.addEventListener("pointermove", event => this.point(event));
    this.canvas.addEventListener("click", event => {
      this.point(event);
      this.pick(this.row, this.column);
    });
    this.canvas.addEventListener("focus", () => this.to(this.row, this.column));
    this.canvas.addEventListener("keydown", event => this.key(event));
  }
  draw(rows, columns, color) {
    Object.assign(this, {rows, columns});
    paint(this.canvas, rows, columns, color);
    if (!this.cursor.hidden) this.to(this.row, this.column);
  }
  point(event) {
    const box = this.canvas.getBoundingClientRect();
    this.to(Math.floor((event.clientY - box.top) / box.height * this.rows),
      Math.floor((event.clientX - box.left) / box.width * this.columns));
  }
  to(row, column) {
    this.row = Math.max(0, Math.min(this.rows - 1, row));
    this.column = Math.max(0, Math.min(this.columns - 1, column));
    this.cursor.hidden = false;
    Object.assign(this.cursor.style, {
      left: `${100 * (this.column + .5) / this.columns}%`, width: `${100 / this.columns}%`,
      top: `${100 * (this.row + .5) / this.rows}%`, height: `${100 / this.rows}%`});
    this.live.replaceChildren(...[this.describe(this.row, this.column)].flat());
  }
  key(event) {
    const step = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
      Home: [0, -this.columns], End: [0, this.columns], PageUp: [-this.rows, 0], PageDown: [this.rows, 0]}[event.key];
    if (step) {
      event.preventDefault();
      this.to(this.row + step[0], this.column + step[1]);
    } else if (event.key === "Enter") {
      this.pick(this.row, this.column);
    }
  }
}

/* A heat map of vectors, one row per token, with the tokens beside it where there is room. */
function vectorMap(vectors, title) {
  const columns = vectors.columns, rows = run.ids.length;
  let data = null;
  const map = new Heatmap(title, (row, column) => [element("b", {}, quoted(run.ids[row])),
    `, channel ${column}: ${data ? show(data[row * columns + column] / 127 * vectors.scale) : ""}`], row => select({token: row}));
  const draw = () => data && map.draw(rows, columns, (row, column) => signed(data[row * columns + column] / 127));
  map.node.style.height = `${Math.max(70, Math.min(22 * rows, 360))}px`;
  unpack(vectors.packed).then(packed => {
    data = new Int8Array(packed.buffer);
    follow([], draw);
  });
  const box = element("div", {class: "titled"});
  if (rows <= 24) box.append(tokenNames("rows"));
  box.append(map.node);
  return element("div", {class: "figure"}, element("h3", {}, title, " ", element("code", {class: "soft"}, vectors.tap),
    " ", element("span", {class: "soft"}, `(${vectors.shape.join(", ")})`)), box, map.live);
}
function tokenNames(style, ids = run.ids) {
  return element("div", {class: style, "aria-hidden": "true"}, ...ids.map(id => element("span", {}, word(id))));
}

/* `chosen` is shown even where it is not among them. */
function probabilityBars(candidates, chosen) {
  const most = Math.max(...candidates.map(one => one.probability));
  const list = !chosen || candidates.some(one => one.id === chosen.id) ? candidates : [...candidates, chosen];
  return bars(list.map(one => ({label: word(one.id), share: one.probability / most, value: percent(one.probability),
    chosen: chosen && one.id === chosen.id})));
}
/* The width of a chart: as much as there is room, so that its text is as large as other text. */
const roomy = () => Math.max(240, Math.min(470, document.documentElement.clientWidth - 56));
let drawnWidth = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === drawnWidth) return;
  drawnWidth = innerWidth;
  for (const watcher of watchers) watcher.draw();
});
function legend(...entries) {
  return element("div", {class: "legend"}, ...entries.map(([color, text]) =>
    element("span", {}, element("i", {style: `background:${color}`}), text)));
}
