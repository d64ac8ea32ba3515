// The graph before fusion (ops), and after it (kernels, as frames around their ops).

const views = [
  ["ops", "Before fusion: ops"],
  ["frames", "After fusion: kernels and their ops"],
  ["kernels", "After fusion: kernels"],
];
const graph = { view: "frames", scale: 1, x: 0, y: 0, width: 0, height: 0, world: null };

const textWidth = (() => {
  const context = document.createElement("canvas").getContext("2d");
  return (text, size = 12) => {
    context.font = `${size}px system-ui, "DejaVu Sans", sans-serif`;
    return context.measureText(text).width;
  };
})();

/** What each view draws: nodes [{label, note, width, height, ...}] and edges between their numbers. */
function graphOfOps(step) {
  const nodes = [], edges = [], numbers = new Map();
  const wantsConstants = byId("graph-constants").checked;
  const ports = byId("graph-ports").checked ? portsOf(step) : null;
  for (const op of step.ops) {
    if (op.op === "constant" && !wantsConstants) continue;
    numbers.set(op.id, nodes.length);
    nodes.push(opNode(step, op));
  }
  for (const op of step.ops)
    for (const operand of new Set(op.operands))
      if (numbers.has(op.id) && numbers.has(operand)) edges.push([numbers.get(operand), numbers.get(op.id)]);
  if (ports) {
    for (const [name, port] of ports.arguments) {
      const readers = step.ops.filter((op) => op.arguments.includes(name) && numbers.has(op.id));
      if (readers.length) addPort(nodes, edges, port, readers.map((op) => [numbers.get(op.id), true]));
    }
    for (const port of ports.results)
      if (numbers.has(port.op)) addPort(nodes, edges, port, [[numbers.get(port.op), false]]);
  }
  return { nodes, edges };
}

function portsOf(step) {
  const named = step.arguments.map((a) => [a.name ?? a.role, { label: a.name ?? a.role, note: `${a.role} ${a.type}` }]);
  const results = step.results.filter((r) => r.role !== "state");
  return {
    arguments: new Map(named),
    results: results.map((r) => ({ label: r.name ?? r.role, note: `${r.role} ${r.type}`, op: r.op })),
  };
}

/** links: [[node, isReader]]. */
function addPort(nodes, edges, port, links) {
  nodes.push({ ...port, kind: "port", width: textWidth(port.label) + 24, height: 24 });
  const number = nodes.length - 1;
  for (const [node, isReader] of links) edges.push(isReader ? [number, node] : [node, number]);
}

function opNode(step, op) {
  const kernel = op.kernels.length ? step.kernels[op.kernels[0]] : null;
  const inside = op.kernels.map((k) => shortId(step.kernels[k])).join(", ");
  const fate = inside ? `in ${inside}` : op.op === "reshape" ? "a view: no code" : "folded into others";
  return {
    kind: "op", op: op.id, label: op.op, colour: kernel?.strategy, gone: !kernel,
    note: `${op.op} ${op.types.join(", ")}\n${place(op.location)}\n${fate}`,
    width: textWidth(op.op) + 24, height: 26,
  };
}

/** The ops of one kernel, laid out; constants are left out unless asked for. */
function insideOf(step, kernel) {
  const wantsConstants = byId("graph-constants").checked;
  const ids = kernel.ops.filter((id) => wantsConstants || step.ops[id].op !== "constant");
  const numbers = new Map(ids.map((id, i) => [id, i]));
  const nodes = ids.map((id) => opNode(step, step.ops[id]));
  const edges = ids.flatMap((id) => [...new Set(step.ops[id].operands)].filter((o) => numbers.has(o))
    .map((o) => [numbers.get(o), numbers.get(id)]));
  const gap = { ...GAP };
  Object.assign(GAP, { across: 10, down: 20 });
  const layout = layoutGraph(nodes, edges);
  Object.assign(GAP, gap);
  return { nodes, ...layout };
}

function graphOfKernels(step, withOps) {
  const nodes = step.kernels.map((kernel, i) => {
    const title = `${i}  ${shortId(kernel)}`;
    const line = `${kernel.strategy} · ${microseconds(kernel.predicted.microseconds)}`;
    const width = Math.max(textWidth(title, 12), textWidth(line, 11)) + 28;
    const inside = withOps ? insideOf(step, kernel) : null;
    const note = `${kernel.id}\n${sourceText(kernel)}\n${short(kernel.flops, "flops")}, ${bytes(kernel.bytes)}`;
    if (!inside?.nodes.length) return { kind: "kernel", kernel: i, label: title, line, colour: kernel.strategy, note, width, height: 46 };
    return {
      kind: "kernel", kernel: i, label: title, line, colour: kernel.strategy, note, inside,
      width: Math.max(width, inside.width + 24), height: inside.height + 58,
    };
  });
  const edges = step.kernels.flatMap((kernel, i) => kernel.before.map((b) => [b, i]));
  if (byId("graph-ports").checked) addKernelPorts(step, nodes, edges);
  return { nodes, edges };
}

function addKernelPorts(step, nodes, edges) {
  const buffers = step.memory.buffers;
  const inputs = buffers.filter((b) => b.space === "argument" || b.space === "state");
  for (const buffer of inputs) {
    const readers = step.kernels.flatMap((k, i) => (k.operands.some((o) => o.buffer === buffer.id) ? [[i, true]] : []));
    if (readers.length) addPort(nodes, edges, { label: buffer.name, note: `${buffer.space} ${buffer.type}`, buffer: buffer.id }, readers.slice(0, 1));
  }
  for (const buffer of buffers.filter((b) => b.space === "result"))
    if (buffer.writes.length)
      addPort(nodes, edges, { label: buffer.name, note: `result ${buffer.type}`, buffer: buffer.id }, [[buffer.writes.at(-1), false]]);
}

function drawNode(node) {
  const rect = svg("rect", { width: node.width, height: node.height, rx: node.kind === "port" ? node.height / 2 : 5 });
  const group = svg("g", {
    class: `node ${node.kind} ${node.inside ? "frame" : ""} ${node.gone ? "gone" : ""}`,
    transform: `translate(${node.x.toFixed(1)},${node.y.toFixed(1)})`, style: node.colour ? kindColour(node.colour) : null,
    "data-kernel": node.kernel, "data-op": node.op, "data-buffer": node.buffer,
  }, rect);
  const middle = node.width / 2;
  if (node.kind === "kernel") {
    group.append(svg("text", { x: middle, y: 19, "text-anchor": "middle", "font-weight": "600" }, node.label));
    group.append(svg("text", { x: middle, y: 36, "text-anchor": "middle", class: "small" }, node.line));
  } else {
    group.append(svg("text", { x: middle, y: node.height / 2 + 4, "text-anchor": "middle" }, node.label));
  }
  withTip(group, node.note);
  if (node.kernel !== undefined) asButton(group, (event) => choose({ kernel: node.kernel }));
  else if (node.op !== undefined) asButton(group, () => choose({ op: node.op }));
  else if (node.buffer !== undefined) asButton(group, () => choose({ buffer: node.buffer }));
  return group;
}

/** The ops inside a frame, beside it in the document so that a click on one is not a click on the other. */
function drawInside(node, world) {
  if (!node.inside) return;
  const left = node.x + (node.width - node.inside.width) / 2, top = node.y + 46;
  const move = svg("g", { transform: `translate(${left.toFixed(1)},${top.toFixed(1)})` });
  for (const route of node.inside.routes) move.append(svg("path", { class: "edge", d: pathOf(route) }));
  for (const op of node.inside.nodes) move.append(drawNode(op));
  world.append(move);
}

function drawGraph() {
  const step = currentFunction();
  const { nodes, edges } = graph.view === "ops" ? graphOfOps(step) : graphOfKernels(step, graph.view === "frames");
  const layout = layoutGraph(nodes, edges);
  const world = svg("g", {});
  layout.routes.forEach((route, i) =>
    world.append(svg("path", { class: "edge", d: pathOf(route), "data-from": edges[i][0], "data-to": edges[i][1], "marker-end": "url(#arrow)" })));
  for (const node of nodes) {
    world.append(drawNode(node));
    drawInside(node, world);
  }
  const arrow = svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" },
    svg("path", { d: "M0,0.5 L8,4 L0,7.5 z", class: "arrow" }));
  byId("graph-view").replaceChildren(svg("svg", { role: "group", "aria-label": `Graph of ${step.name}` }, svg("defs", {}, arrow), world));
  Object.assign(graph, { world, nodes, width: layout.width, height: layout.height });
  fitGraph();
  markGraph();
}

function markGraph() {
  const step = currentFunction();
  const kernels = new Set(state.kernel !== null ? [state.kernel] : state.op !== null ? step.ops[state.op].kernels : []);
  for (const node of graph.world.querySelectorAll(".node")) {
    const isOp = node.dataset.op !== undefined;
    const chosen = (node.dataset.kernel !== undefined && kernels.has(Number(node.dataset.kernel))) ||
      (isOp && state.op === Number(node.dataset.op)) ||
      (isOp && graph.view === "ops" && state.kernel !== null && step.ops[node.dataset.op].kernels.includes(state.kernel)) ||
      (node.dataset.buffer !== undefined && state.buffer === Number(node.dataset.buffer));
    node.classList.toggle("chosen", chosen);
  }
  for (const edge of graph.world.querySelectorAll("path[data-from]")) {
    const ends = [graph.nodes[edge.dataset.from], graph.nodes[edge.dataset.to]];
    const lit = ends.some((n) => (n.kernel !== undefined && kernels.has(n.kernel)) || (n.op !== undefined && n.op === state.op));
    edge.classList.toggle("lit", lit);
  }
}

function moveWorld() {
  graph.world.setAttribute("transform", `translate(${graph.x.toFixed(1)},${graph.y.toFixed(1)}) scale(${graph.scale.toFixed(4)})`);
}

/** The whole graph if its text stays readable; else its width, from the top. */
function fitGraph() {
  const canvas = byId("graph-view"), margin = 16;
  const across = (canvas.clientWidth - 2 * margin) / Math.max(graph.width, 1);
  const down = (canvas.clientHeight - 2 * margin) / Math.max(graph.height, 1);
  graph.scale = Math.min(1.2, Math.max(Math.min(across, down), Math.min(across, 0.55)));
  graph.x = (canvas.clientWidth - graph.width * graph.scale) / 2;
  graph.y = margin;
  moveWorld();
}

function zoomGraph(factor, x, y) {
  const canvas = byId("graph-view");
  x ??= canvas.clientWidth / 2;
  y ??= canvas.clientHeight / 2;
  const scale = Math.min(4, Math.max(0.03, graph.scale * factor));
  graph.x = x - ((x - graph.x) * scale) / graph.scale;
  graph.y = y - ((y - graph.y) * scale) / graph.scale;
  graph.scale = scale;
  moveWorld();
}

function setUpGraph() {
  const canvas = byId("graph-view");
  byId("graph-views").replaceChildren(...views.map(([view, label]) =>
    element("button", { type: "button", role: "radio", "aria-checked": String(view === graph.view), "data-view": view, onclick: () => setView(view) }, label)));
  for (const id of ["graph-ports", "graph-constants"]) byId(id).addEventListener("change", drawGraph);
  byId("graph-in").addEventListener("click", () => zoomGraph(1.3));
  byId("graph-out").addEventListener("click", () => zoomGraph(1 / 1.3));
  byId("graph-fit").addEventListener("click", fitGraph);
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    zoomGraph(Math.exp(-event.deltaY / 500), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
    if (event.key === "+" || event.key === "=") zoomGraph(1.2);
    else if (event.key === "-") zoomGraph(1 / 1.2);
    else if (steps[event.key]) {
      graph.x += steps[event.key][0];
      graph.y += steps[event.key][1];
      moveWorld();
    } else return;
    event.preventDefault();
  });
  dragGraph(canvas);
}

function dragGraph(canvas) {
  let last = null;
  canvas.addEventListener("pointerdown", (event) => (last = [event.clientX, event.clientY]));
  addEventListener("pointerup", () => {
    last = null;
    canvas.classList.remove("moving");
  });
  addEventListener("pointermove", (event) => {
    if (!last) return;
    canvas.classList.add("moving");
    graph.x += event.clientX - last[0];
    graph.y += event.clientY - last[1];
    last = [event.clientX, event.clientY];
    moveWorld();
  });
}

function setView(view) {
  graph.view = view;
  for (const button of byId("graph-views").children) button.setAttribute("aria-checked", String(button.dataset.view === view));
  drawGraph();
}
