/*INCLUDE /dev/touchstone/page/download.js*/
/* A table that can be sorted by each column, filtered and grouped. With `sort` null the rows keep their order and there are no controls.
   A column is {title, value, cell, number, width}. Of a row, `value` is sorted by, and `cell` is shown (default: the value).
   At first at most `limit` rows are shown. `id` returns the id of a row. `prefix` distinguishes the controls of several tables on a page. */
class DataTable {
  constructor(label, columns, rows, {sort = 0, down = false, limit = Infinity, id = null, prefix = ""} = {}) {
    Object.assign(this, {columns, rows, column: sort, down, limit, id, keep: () => true, group: null});
    this.heads = columns.map((column, i) => {
      const button = element("button", {type: "button"}, column.title);
      button.addEventListener("click", () => this.sort(i, this.column === i ? !this.down : Boolean(column.number)));
      return element("th", {scope: "col", class: column.number ? "n" : "", style: column.width ? `width:${column.width}` : ""},
        sort === null ? column.title : button);
    });
    this.table = element("table", {class: "cards"}, element("caption", {class: "hidden"}, label),
      element("thead", {}, element("tr", {}, ...this.heads)));
    this.order = element("select", {}, ...columns.flatMap((column, i) => [false, true].map(descending =>
      element("option", {value: `${i} ${descending}`}, `${column.title}, ${descending ? "descending" : "ascending"}`))));
    this.order.addEventListener("change", () => {
      const [i, descending] = this.order.value.split(" ");
      this.sort(Number(i), descending === "true");
    });
    this.found = element("output", {class: "soft", "aria-live": "polite"});
    this.all = element("button", {type: "button", class: "button"});
    this.all.addEventListener("click", () => {
      this.limit = Infinity;
      this.show();
    });
    const order = labelled("Sort by", this.order, prefix);
    order.classList.add("phone");
    this.controls = element("div", {class: "controls"}, order, this.found, saveButton("Download CSV", `${fileName(label)}.csv`, () => this.csv()));
    this.node = element("div", {}, ...sort === null ? [] : [this.controls], this.table, element("p", {class: "more"}, this.all));
    this.show();
  }
  sort(column, down) {
    Object.assign(this, {column, down});
    this.show();
  }
  show() {
    const found = this.rows.filter(this.keep);
    if (this.column !== null) {
      const {value} = this.columns[this.column], direction = this.down ? -1 : 1;
      found.sort((a, b) => direction * compare(value(a), value(b)));
    }
    this.sorted = found;
    const groupOf = row => this.group ? this.group(row) : "", groups = new Map(this.rows.map(row => [groupOf(row), []]));
    for (const row of found) groups.get(groupOf(row)).push(row);
    let left = this.limit;
    const bodies = [...groups].flatMap(([group, rows]) => {
      const some = rows.slice(0, left);
      left -= some.length;
      return some.length ? [this.body(group, rows.length, some)] : [];
    });
    const shown = Math.min(found.length, this.limit);
    this.heads.forEach((head, i) => i === this.column ? head.setAttribute("aria-sort", this.down ? "descending" : "ascending")
      : head.removeAttribute("aria-sort"));
    this.order.value = `${this.column} ${this.down}`;
    this.table.querySelectorAll("tbody").forEach(body => body.remove());
    this.table.append(...bodies);
    this.found.textContent = shown === found.length ? count(found.length, "row") : `${shown} of ${count(found.length, "row")}`;
    this.all.hidden = shown === found.length;
    this.all.textContent = `Show all ${count(found.length, "row")}`;
  }
  /* The rows that are shown or would be with a higher limit, in their order. */
  csv() {
    return csv([this.columns.map(column => column.title), ...this.sorted.map(row => this.columns.map(column => column.value(row)))]);
  }
  body(group, size, rows) {
    const title = group === "" ? [] : [element("tr", {class: "group"},
      element("th", {scope: "rowgroup", colspan: this.columns.length}, `${group} (${size})`))];
    return element("tbody", {}, ...title, ...rows.map(row => this.line(row)));
  }
  line(row) {
    return element("tr", this.id ? {id: this.id(row)} : {}, ...this.columns.map((column, i) => element(i ? "td" : "th", {"data-title": column.title,
      class: column.number ? "n" : "", ...i ? {} : {scope: "row"}}, ...[(column.cell ?? column.value)(row)].flat())));
  }
}
/* Compares numbers, with NaN last, or texts, in which digits compare as numbers. */
function compare(a, b) {
  if (typeof a !== "number" || typeof b !== "number") return String(a).localeCompare(String(b), "en", {numeric: true});
  return (Number.isNaN(a) ? Infinity : a) - (Number.isNaN(b) ? Infinity : b) || 0;
}
/* A labelled menu. */
function choice(label, values, change) {
  const select = element("select", {}, ...values.map(([value, text]) => element("option", {value}, text)));
  select.addEventListener("change", () => change(select.value));
  return labelled(label, select);
}
/* A labelled search field. */
function search(label, hint, change) {
  const input = element("input", {type: "search", placeholder: hint});
  input.addEventListener("input", () => change(input.value.trim().toLowerCase()));
  const box = labelled(label, input);
  box.classList.add("grow");
  return box;
}
function labelled(label, control, prefix = "") {
  control.id = `control-${prefix}${label.toLowerCase().replaceAll(" ", "-")}`;
  return element("div", {class: "control"}, element("label", {for: control.id}, label), control);
}
