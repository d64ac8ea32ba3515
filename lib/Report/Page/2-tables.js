// Tables that sort by a click on a column, the kernels, the buffers, the remarks and the schedules.

/**
 * columns: [{title, value(row), text(row)?, number?}]; `value` is what is sorted by, `text` what is shown (text or
 * element). options: caption, chosen(row), onrow(row), sort: {column, descending}.
 */
function table(columns, rows, options = {}) {
  const order = options.sort ?? { column: -1, descending: false };
  const body = element("tbody");
  const heads = columns.map((column, i) =>
    element("th", { scope: "col", class: column.number && "number" },
      element("button", { type: "button", onclick: () => sortBy(i) }, column.title)));

  function sortBy(column) {
    order.descending = order.column === column ? !order.descending : Boolean(columns[column].number);
    order.column = column;
    draw();
  }

  function sorted() {
    if (order.column < 0) return rows;
    const value = columns[order.column].value;
    const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
    const result = rows.map((row, i) => [row, i]);
    result.sort(([a, i], [b, j]) => (order.descending ? -1 : 1) * compare(value(a), value(b)) || i - j);
    return result.map(([row]) => row);
  }

  function line(row) {
    const cells = columns.map((column) =>
      element("td", { class: column.number && "number" }, (column.text ?? column.value)(row)));
    const classes = [options.onrow && "link", options.chosen?.(row) && "chosen"].filter(Boolean).join(" ");
    const node = element("tr", { class: classes || null }, cells);
    if (options.onrow) {
      node.tabIndex = 0;
      node.addEventListener("click", () => options.onrow(row));
      node.addEventListener("keydown", (event) => event.key === "Enter" && options.onrow(row));
    }
    return node;
  }

  function draw() {
    heads.forEach((head, i) => head.setAttribute("aria-sort",
      i !== order.column ? "none" : order.descending ? "descending" : "ascending"));
    body.replaceChildren(...sorted().map(line));
  }

  draw();
  return element("table", {}, element("caption", {}, options.caption ?? ""), element("thead", {}, element("tr", {}, heads)), body);
}

function chip(text, kind) {
  return element("span", { class: "chip", style: kindColour(kind) }, text);
}

const kernelOrder = { column: -1, descending: false };

function drawKernels() {
  const step = currentFunction();
  const total = totalTime(step) || 1;
  const columns = [
    { title: "#", number: true, value: (k) => step.kernels.indexOf(k) },
    { title: "Kernel", value: shortId },
    { title: "Strategy", value: (k) => k.strategy, text: (k) => chip(k.schedule.form ? `${k.strategy}, ${k.schedule.form}` : k.strategy, k.strategy) },
    { title: "From", value: (k) => k.sources[0]?.location?.line ?? 0, text: (k) => sourceText(k) },
    { title: "Flops", number: true, value: (k) => k.flops, text: (k) => short(k.flops) },
    { title: "Bytes", number: true, value: (k) => k.bytes, text: (k) => bytes(k.bytes) },
    { title: "Flops / byte", number: true, value: (k) => k.intensity, text: (k) => k.intensity.toFixed(2) },
    { title: "Predicted", number: true, value: (k) => k.predicted.microseconds, text: (k) => microseconds(k.predicted.microseconds) },
    { title: "Share", number: true, value: (k) => k.predicted.microseconds, text: (k) => `${((100 * k.predicted.microseconds) / total).toFixed(1)} %` },
    { title: "Bound by", value: (k) => k.predicted.bound },
    { title: "Work items", number: true, value: (k) => k.items },
    { title: "Threads", value: (k) => (k.parallel ? "shared" : "one") },
  ];
  byId("kernel-table").replaceChildren(table(columns, step.kernels, {
    caption: `${step.kernels.length} kernels of ${step.name}, in the order in which they run; times are predicted, of one core`,
    sort: kernelOrder,
    chosen: (k) => step.kernels.indexOf(k) === state.kernel,
    onrow: (k) => choose({ kernel: step.kernels.indexOf(k) }),
  }));
}

/** "linear, relu – digits.mlir:12–13": ops and lines, each once. */
function sourceText(kernel) {
  const names = [...new Set(kernel.sources.map((s) => s.op))];
  const lines = kernel.sources.flatMap((s) => (s.location ? [s.location.line] : []));
  const shown = names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
  if (!lines.length) return shown || place(kernel.location);
  const first = Math.min(...lines), last = Math.max(...lines);
  const where = place({ ...kernel.sources.find((s) => s.location).location, line: first });
  return `${shown} – ${where}${last > first ? `–${last}` : ""}`;
}

function drawBuffers() {
  const step = currentFunction();
  const columns = [
    { title: "Buffer", value: (b) => b.name },
    { title: "Memory", value: (b) => b.space },
    { title: "Type", value: (b) => b.type, text: (b) => element("code", {}, b.type) },
    { title: "Offset", number: true, value: (b) => b.offset ?? -1, text: (b) => (b.offset === null ? "–" : b.offset.toLocaleString("en")) },
    { title: "Bytes", number: true, value: (b) => b.bytes, text: (b) => b.bytes.toLocaleString("en") },
    { title: "Live", number: true, value: (b) => b.first, text: (b) => `${b.first} – ${b.last}` },
    { title: "In place in", value: (b) => b.overwrites.join(", ") || "–" },
    { title: "Takes bytes of", value: (b) => b.reuses.map((other) => step.memory.buffers[other].name).join(", ") || "–" },
  ];
  byId("buffer-table").replaceChildren(table(columns, step.memory.buffers, {
    caption: "Live: numbers of the first and last kernel that need the contents",
    chosen: (b) => b.id === state.buffer,
    onrow: (b) => choose({ buffer: b.id }),
  }));
}

const remarkFilter = { text: "", category: "", kind: "", everywhere: false };

function select(label, key, values) {
  const options = [element("option", { value: "" }, `every ${label}`), ...values.map((v) => element("option", { value: v }, v))];
  return element("select", { "aria-label": label, onchange: (event) => setFilter(key, event.target.value) }, options);
}

function setFilter(key, value) {
  remarkFilter[key] = value;
  drawRemarks();
}

function drawRemarkFilters() {
  const distinct = (key) => [...new Set(report.remarks.map((r) => r[key]))].sort();
  byId("remark-filters").replaceChildren(
    element("input", { type: "search", placeholder: "Search", "aria-label": "Search remarks", oninput: (e) => setFilter("text", e.target.value) }),
    select("category", "category", distinct("category")),
    select("kind", "kind", distinct("kind")),
    element("label", {}, element("input", { type: "checkbox", onchange: (e) => setFilter("everywhere", e.target.checked) }), " of all functions"));
}

function drawRemarks() {
  const words = remarkFilter.text.toLowerCase();
  const text = (r) => [r.name, r.message, r.reason, r.kernel, place(r.location), ...r.facts.map((f) => `${f.key}=${f.value}`)].join(" ").toLowerCase();
  const shown = report.remarks.filter((r) =>
    (remarkFilter.everywhere || r.function === null || r.function === state.functionName) &&
    (!remarkFilter.category || r.category === remarkFilter.category) &&
    (!remarkFilter.kind || r.kind === remarkFilter.kind) && (!words || text(r).includes(words)));
  byId("remark-count").textContent = `${shown.length} of ${report.remarks.length} remarks`;
  const facts = (r) => r.facts.map((f) => `${f.key} ${f.value}`).join(", ");
  const columns = [
    { title: "Kind", value: (r) => r.kind, text: (r) => element("span", { class: `chip ${r.kind}` }, r.kind) },
    { title: "Category", value: (r) => r.category },
    { title: "Remark", value: (r) => r.name },
    { title: "Kernel", value: (r) => r.kernel ?? "", text: (r) => (r.kernel ? r.kernel.slice(r.kernel.indexOf("/") + 1) : "–") },
    { title: "Place", value: (r) => r.location?.line ?? 0, text: (r) => place(r.location) },
    { title: "What", value: (r) => r.message || facts(r), text: (r) => [r.message, r.message && r.facts.length ? element("br") : null, element("span", { class: "quiet" }, facts(r))] },
    { title: "Why", value: (r) => r.reason ?? "", text: (r) => r.reason ?? "" },
  ];
  byId("remark-table").replaceChildren(table(columns, shown, { caption: "What the compiler decided, in its order" }));
}

function drawSchedules() {
  const lines = report.functions.flatMap((f) => f.kernels.map((k) => `${k.id} = ${k.schedule.text}`));
  const text = ["sinter-schedules 1", ...lines, ""].join("\n");
  byId("schedules-text").value = text;
  byId("schedules-copy").addEventListener("click", (event) => copyText(text, event.target));
}
