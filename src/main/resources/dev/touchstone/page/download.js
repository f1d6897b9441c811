/* Downloads of what a page contains. */
function save(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], {type}));
  element("a", {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
function saveButton(label, name, text) {
  const button = element("button", {type: "button", class: "button"}, label);
  button.addEventListener("click", () => save(name, name.endsWith(".csv") ? "text/csv" : "application/json", text()));
  return button;
}
/* Rows as CSV, RFC 4180. */
function csv(rows) {
  const field = value => /[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
  return rows.map(row => `${row.map(field).join(",")}\r\n`).join("");
}
/* A name for a file. */
const fileName = text => text.toLowerCase().replaceAll(/[^a-z0-9.]+/g, "-").replaceAll(/^-+|-+$/g, "");
