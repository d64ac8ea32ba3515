// The page as a whole: summary, details of what is chosen, function, theme. What goes wrong is shown, and marks the page.

function showProblem(message) {
  document.documentElement.dataset.state = "failed";
  byId("problem").hidden = false;
  byId("problem").textContent = `This page has a fault: ${message}`;
}
addEventListener("error", (event) => showProblem(`${event.message} (line ${event.lineno})`));

function card(value, title, note = "") {
  return element("div", { class: "card" }, element("b", {}, value), element("span", {}, title), element("i", {}, note));
}

function drawSummary() {
  const step = currentFunction(), { memory } = step;
  const flops = step.kernels.reduce((sum, k) => sum + k.flops, 0), moved = step.kernels.reduce((sum, k) => sum + k.bytes, 0);
  const time = totalTime(step), shared = step.kernels.filter((k) => k.parallel).length;
  byId("cards").replaceChildren(
    card(String(step.kernels.length), "kernels", `from ${step.ops.length} ops; ${shared} shared among threads`),
    card(microseconds(time), "predicted, one core", time ? `${(flops / time / 1000).toPrecision(3)} GFLOP/s` : ""),
    card(short(flops, "flops"), "arithmetic", `${short(moved ? flops / moved : 0)} flops per byte`),
    card(bytes(moved), "read and written", "each tensor of a kernel once"),
    card(bytes(memory.peakBytes), "scratch, at its peak", `${(100 * memory.fragmentation).toFixed(1)} % above the lower bound`),
    card(bytes(report.blocks.state.bytes), "state", `${report.blocks.state.tensors.length} tensors`),
    card(String(memory.copies.length), "copies", bytes(memory.copies.reduce((sum, c) => sum + c.bytes, 0))));
  legend("graph-legend", [...strategiesOf(step).map((s) => [s, s])]);
  legend("roofline-legend", strategiesOf(step).map((s) => [s, s]));
}

function facts(list, pairs) {
  list.replaceChildren(...pairs.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
  return list;
}

function drawHead() {
  const { model, options, target } = report;
  document.title = `${model.name} – Sinter report`;
  byId("model-name").textContent = model.name;
  byId("model-line").textContent = `${model.file} · batch ${options.batch} · ${target.cpu}, ${target.triple} · ${report.compiler}`;
  facts(byId("facts"), [
    ["Digest", element("code", {}, model.digest)], ["Optimization", `-O${options.optimization}`],
    ["Gradients kept", options.keepGradients ? "yes" : "no"], ["Schedules", options.schedules ?? "the planner's"],
    ["Vectors", `${target.vectorRegisters} registers of ${target.vectorBytes} bytes, ${target.fmaPorts} multiply-adds a cycle`],
    ["Caches", `${bytes(target.l1Bytes)}, ${bytes(target.l2Bytes)}, ${bytes(target.l3Bytes)}`],
    ["Assumed", `${target.gigahertz} GHz, ${target.gigabytesPerSecond} GB/s of one core`],
    ["Report", `${report.schema}, version ${report.version}`]]);
}

function details(...children) {
  byId("details").replaceChildren(...children.filter(Boolean));
}

function list(title, items) {
  return items.length ? [element("h3", {}, title), element("ul", {}, items.map((item) => element("li", {}, item)))] : [];
}

function link(text, choice) {
  return element("button", { type: "button", onclick: () => choose(choice) }, text);
}

function bufferLink(step, number) {
  return link(step.memory.buffers[number].name, { buffer: number });
}

function kernelDetails(step, kernel) {
  const { predicted, schedule } = kernel;
  const override = `${kernel.id} = ${schedule.text}`;
  const copy = element("button", { type: "button", onclick: (event) => copyText(override, event.target) }, "Copy as override");
  const remarks = report.remarks.filter((r) => r.kernel === kernel.id);
  const alternatives = kernel.alternatives.map((a) =>
    `${a.form}${a.swapped ? ", swapped" : ""}: ${a.reason ?? `${a.rows} × ${a.vectors} vectors, ${short(a.cycles)} cycles`}`);
  details(element("h3", {}, shortId(kernel)),
    facts(element("dl"), [
      ["Strategy", chip(kernel.strategy, kernel.strategy)], ["Function", element("code", {}, kernel.function)],
      ["Predicted", `${microseconds(predicted.microseconds)}, bound by ${predicted.bound}`],
      ["Arithmetic", `${short(kernel.flops, "flops")}, ${microseconds(predicted.arithmetic)}`],
      ["Memory", `${bytes(kernel.bytes)}, ${microseconds(predicted.memory)}`],
      ["Intensity", `${kernel.intensity} flops per byte`],
      ["Work items", `${kernel.items}, ${kernel.parallel ? "shared among threads" : "in one thread"}`],
      ["Vectors", `${schedule.vector} lanes`],
      ...Object.entries(schedule.tile).map(([name, value]) => [name, String(value)])]),
    element("pre", { class: "code" }, override), copy,
    ...list("From", kernel.sources.map((s) => `${s.op} – ${place(s.location)}`)),
    ...list("Tensors", kernel.operands.map((o) => element("span", {}, `${o.role} `, bufferLink(step, o.buffer), " ", element("code", {}, o.type)))),
    ...list("Forms, by predicted cycles", alternatives),
    ...list("Remarks", remarks.map(remarkText)));
}

function remarkText(remark) {
  const message = remark.message || remark.facts.map((f) => `${f.key} ${f.value}`).join(", ");
  const text = [message, remark.reason].filter(Boolean).join(" – ");
  return element("span", {}, element("span", { class: `chip ${remark.kind}` }, remark.kind), ` ${remark.name}: ${text}`);
}

function opDetails(step, op) {
  details(element("h3", {}, op.op),
    facts(element("dl"), [["Place", place(op.location)], ["Result", op.types.join(", ")], ["Arguments", op.arguments.join(", ") || "–"]]),
    ...list("In kernels", op.kernels.map((k) => link(shortId(step.kernels[k]), { kernel: k }))),
    ...list("Reads", op.operands.map((o) => link(`${step.ops[o].op} ${step.ops[o].types.join(", ")}`, { op: o }))),
    op.kernels.length ? null : element("p", { class: "quiet" }, "In no kernel: a view, or folded into other ops."));
}

function bufferDetails(step, buffer) {
  const kernels = (numbers) => numbers.map((k) => link(shortId(step.kernels[k]), { kernel: k }));
  details(element("h3", {}, buffer.name),
    facts(element("dl"), [
      ["Memory", buffer.space], ["Type", buffer.type], ["Bytes", buffer.bytes.toLocaleString("en")],
      ["Offset", buffer.offset === null ? "–" : buffer.offset.toLocaleString("en")], ["Live", `kernels ${buffer.first} to ${buffer.last}`]]),
    ...list("Written by", kernels(buffer.writes)), ...list("Read by", kernels(buffer.reads)),
    ...list("Overwritten in place by", kernels(buffer.overwrites)),
    ...list("Takes bytes of", buffer.reuses.map((b) => bufferLink(step, b))));
}

function drawDetails() {
  const step = currentFunction();
  if (state.kernel !== null) kernelDetails(step, step.kernels[state.kernel]);
  else if (state.op !== null) opDetails(step, step.ops[state.op]);
  else if (state.buffer !== null) bufferDetails(step, step.memory.buffers[state.buffer]);
  else details(element("h3", {}, "Details"), element("p", { class: "quiet" }, "Choose a kernel, an op or a buffer: in the graph, the plots or the tables."));
}

/** Everything of one function; what depends on the choice alone is marked, not drawn again. */
function drawFunction() {
  for (const tab of byId("functions").children) tab.setAttribute("aria-selected", String(tab.dataset.name === state.functionName));
  for (const draw of [drawSummary, drawGraph, drawRoofline, drawMemory, drawRemarks]) draw();
  drawChoice();
}

function drawChoice() {
  for (const draw of [markGraph, markPoints, markBuffers, drawKernels, drawBuffers, drawDetails]) draw();
}

function setUpTheme() {
  byId("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
}

function start() {
  let drawn = null;
  state.listeners.push(() => {
    if (drawn === state.functionName) return drawChoice();
    drawn = state.functionName;
    drawFunction();
  });
  byId("functions").replaceChildren(...report.functions.map((f) =>
    element("button", { type: "button", role: "tab", "data-name": f.name, onclick: () => chooseFunction(f.name) }, f.name)));
  drawHead();
  drawRemarkFilters();
  drawSchedules();
  setUpTheme();
  setUpGraph();
  const first = report.functions.find((f) => f.name === "train_step") ?? report.functions[0];
  if (first) chooseFunction(first.name);
  addEventListener("resize", fitGraph);
  document.documentElement.dataset.state = "ready";
}

try {
  start();
} catch (error) {
  showProblem(error.stack ?? String(error));
}
