const dash = "–", ratio = value => value === null ? NaN : value;
const name = row => row.setting === "default" ? row.engine : `${row.engine}, ${row.setting}`;
const orDash = (value, text) => value === null || value === undefined ? dash : text(value);
const ran = report.rows.filter(row => row.all_taps !== null);
document.getElementById("accuracy").append(new DataTable("Accuracy", [
  {title: "engine", value: name}, {title: "type", width: "5.5em", value: row => row.type},
  {title: "tensors", width: "5em", number: true, value: row => row.taps},
  {title: "error", width: "6em", number: true, value: row => ratio(row.all_taps), cell: row => show(row.all_taps)},
  {title: "error of logits", number: true, value: row => ratio(row.logits), cell: row => show(row.logits)},
  {title: "KL divergence", number: true, value: row => row.last ? row.last.divergence : NaN, cell: row => orDash(row.last, one => show(one.divergence))},
  {title: "same most likely token", number: true, value: row => row.last ? row.last.argmax.same / row.last.argmax.positions : NaN,
    cell: row => orDash(row.last, one => `${one.argmax.same} of ${one.argmax.positions}`)},
  {title: "same text", number: true, value: row => row.last ? row.last.text.same / row.last.text.of : NaN,
    cell: row => orDash(row.last, one => `${one.text.same} of ${one.text.of}`)}], ran, {sort: 3, prefix: "accuracy-"}).node);
const same = difference => difference === null ? dash : difference === 0 ? element("span", {class: "good"}, "yes") : show(+difference.toPrecision(2));
const titles = {repeated: "repeated run", threads: "threads", batch: "batch", padding: "padding", chunks: "chunked prompt", cache: "cache"};
document.getElementById("ways").append(new DataTable("Whether the logits are the same", [{title: "engine", value: name},
  ...Object.entries(titles).map(([way, title]) => ({title, number: true, value: row => row.ways[way] === null ? NaN : row.ways[way], cell: row => same(row.ways[way])}))],
ran, {sort: 0, prefix: "ways-"}).node);
const timed = Object.keys(report.speeds?.lengths ?? {});
const rate = (model, what) => ({title: `${what}, ${model}`, number: true, value: row => row.speeds[model]?.[what] ?? NaN,
  cell: row => orDash(row.speeds[model]?.[what], value => `${show(+value.toPrecision(3))} (${row.speeds[model][`${what}_ratio`].toFixed(2)})`)});
if (timed.length) document.getElementById("speed").append(new DataTable("Speed and memory", [{title: "engine", width: "14em", value: name}, {title: "type", width: "5.5em", value: row => row.type},
  ...timed.flatMap(model => ["prefill", "decode"].map(what => rate(model, what))),
  {title: `memory, ${timed.at(-1)}, MiB`, number: true, value: row => row.speeds[timed.at(-1)]?.memory ?? NaN,
    cell: row => orDash(row.speeds[timed.at(-1)]?.memory, bytes => show(Math.round(bytes / 2 ** 20)))}],
ran.filter(row => timed.some(model => row.speeds[model])), {sort: timed.length * 2 + 1, down: true, prefix: "speed-"}).node);
const each = report.engines.flatMap((engine, i) => Object.entries(engine.models).map(([model, one]) => ({row: report.rows[i], model, one})));
const byModel = new DataTable("Each engine with each model", [
  {title: "engine", width: "12em", value: ({row}) => name(row)}, {title: "model", width: "7em", value: ({model}) => model},
  {title: "tensors", width: "7.5em", number: true, value: ({one}) => one.taps ?? NaN, cell: ({one}) => one.error ? dash : `${one.taps} of ${one.taps + one.absent}`},
  {title: "error", number: true, value: ({one}) => one.geometric_mean ?? NaN, cell: ({one}) => one.error ? dash : show(one.geometric_mean)},
  {title: "worst tensor", value: ({one}) => one.error ? "" : one.worst.tap, cell: ({one}) => one.error ? dash : [element("code", {}, one.worst.tap), ` ${show(one.worst.ratio)}`]},
  {title: "first beyond the limits of float32", value: ({one}) => one.first_wrong ?? "",
    cell: ({one}) => one.error ? one.error : one.first_wrong ? [element("code", {}, one.first_wrong), `: ${one.clues.join("; ")}`] : element("span", {class: "good"}, "none")},
  {title: "KL divergence", number: true, value: ({one}) => one.divergence ?? NaN, cell: ({one}) => one.error ? dash : show(one.divergence)},
  {title: "same text", number: true, value: ({one}) => one.error ? NaN : one.text.same / one.text.of, cell: ({one}) => one.error ? dash : `${one.text.same} of ${one.text.of}`}],
each, {sort: 0, limit: 20});
const wanted = {text: "", model: ""};
byModel.keep = ({row, model}) => (wanted.model === "" || model === wanted.model) && name(row).toLowerCase().includes(wanted.text);
byModel.controls.prepend(search("Search", "engine", value => { wanted.text = value; byModel.show(); }),
  choice("Model", [["", "all"], ...report.models.map(one => [one, one])], value => { wanted.model = value; byModel.show(); }));
byModel.show();
document.getElementById("models").append(byModel.node);
document.getElementById("environment").append(element("table", {}, element("caption", {class: "hidden"}, "Environment"),
  ...[...Object.entries(report.environment), ...new Map(report.rows.map(row => [row.engine, row.version]))].map(([key, value]) => element("tr", {}, element("th", {scope: "row"}, key), element("td", {}, String(value))))));
