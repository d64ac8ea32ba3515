// Which bytes are used when? A rectangle per buffer: kernels from left to right, offsets from bottom to top.

const plot = { width: 920, left: 78, right: 16, top: 12, bottom: 34 };

function memoryAxes(root, height, block, kernels, x, y) {
  const ticks = 4;
  for (let i = 0; i <= ticks; i++) {
    const value = (block * i) / ticks;
    root.append(svg("path", { class: "grid", d: `M${plot.left},${y(value)}H${plot.width - plot.right}` }),
      svg("text", { class: "small", x: plot.left - 8, y: y(value) + 4, "text-anchor": "end" }, i ? bytes(value) : "0"));
  }
  const every = Math.ceil(kernels / 24);
  for (let k = 0; k < kernels; k += every)
    root.append(svg("text", { class: "small", x: (x(k) + x(k + 1)) / 2, y: height - plot.bottom + 15, "text-anchor": "middle" }, String(k)));
  root.append(svg("path", { class: "axis", d: `M${plot.left},${plot.top}V${height - plot.bottom}H${plot.width - plot.right}` }),
    svg("text", { class: "small", x: (plot.left + plot.width) / 2, y: height - 4, "text-anchor": "middle" }, "kernel"));
}

function bufferNote(step, buffer) {
  const lines = [buffer.name, `${buffer.type}, ${buffer.bytes.toLocaleString("en")} bytes at ${buffer.offset.toLocaleString("en")}`,
    `needed from kernel ${buffer.first} to ${buffer.last}`];
  if (buffer.overwrites.length) lines.push(`new value in place: kernel ${buffer.overwrites.join(", ")}`);
  if (buffer.reuses.length) lines.push(`takes bytes of ${buffer.reuses.map((b) => step.memory.buffers[b].name).join(", ")}`);
  return lines.join("\n");
}

/** colour(buffer): the name of a colour. */
function drawBlock(id, height, block, buffers, colour) {
  const step = currentFunction(), kernels = Math.max(step.kernels.length, 1);
  const x = (k) => plot.left + (k / kernels) * (plot.width - plot.left - plot.right);
  const y = (offset) => height - plot.bottom - (offset / Math.max(block, 1)) * (height - plot.top - plot.bottom);
  const root = svg("svg", { viewBox: `0 0 ${plot.width} ${height}`, role: "group", "aria-label": `Memory of ${step.name}` });
  memoryAxes(root, height, block, kernels, x, y);
  for (const buffer of buffers) {
    const top = y(buffer.offset + buffer.bytes), tall = Math.max(y(buffer.offset) - top, 1.5);
    const wide = x(buffer.last + 1) - x(buffer.first);
    const rect = svg("rect", { class: "buffer", x: x(buffer.first) + 0.5, y: top, width: wide - 1, height: tall, rx: 1.5, style: kindColour(colour(buffer)), "data-buffer": buffer.id });
    root.append(asButton(withTip(rect, bufferNote(step, buffer)), () => choose({ buffer: buffer.id })));
    if (tall > 14 && wide > textWidth(buffer.name, 11) + 10)
      root.append(svg("text", { class: "small", x: x(buffer.first) + 6, y: top + tall / 2 + 4, style: "fill: var(--ink); pointer-events: none" }, buffer.name));
    for (const write of tall > 5 ? buffer.writes : [])
      root.append(svg("rect", { class: "touch", x: x(write) + 1.5, y: top, width: 2, height: tall }));
  }
  byId(id).replaceChildren(root);
  return { root, x, y };
}

/** Bytes that are live at each kernel, and the limits: what any plan needs, and what this one takes. */
function drawLive(step, height) {
  const { memory } = step, scratch = memory.buffers.filter((b) => b.space === "scratch");
  const kernels = Math.max(step.kernels.length, 1), top = Math.max(memory.peakBytes, 1);
  const x = (k) => plot.left + (k / kernels) * (plot.width - plot.left - plot.right);
  const y = (v) => height - plot.bottom - (v / top) * (height - plot.top - plot.bottom);
  const root = svg("svg", { viewBox: `0 0 ${plot.width} ${height}`, role: "group", "aria-label": "Live bytes" });
  memoryAxes(root, height, top, kernels, x, y);
  for (let k = 0; k < kernels; k++) {
    const live = scratch.filter((b) => b.first <= k && k <= b.last).reduce((sum, b) => sum + Math.ceil(b.bytes / 64) * 64, 0);
    const bar = svg("rect", { class: "live", x: x(k) + 0.5, width: Math.max(x(k + 1) - x(k) - 1, 1), y: y(live), height: y(0) - y(live) });
    root.append(withTip(bar, `kernel ${k}${step.kernels[k] ? ` ${shortId(step.kernels[k])}` : ""}\n${bytes(live)} live`));
  }
  const line = (value, kind, text) => withTip(svg("path", { class: `limit ${kind}`, d: `M${plot.left},${y(value)}H${plot.width - plot.right}` }), `${text}: ${bytes(value)}`);
  root.append(line(memory.lowerBoundBytes, "bound", "lower bound"), line(memory.peakBytes, "", "peak"));
  return root;
}

function drawMemory() {
  const step = currentFunction(), { memory } = step, { state: stateBlock, scratch: scratchBlock } = report.blocks;
  byId("memory-note").textContent =
    `Scratch of ${step.name}: peak ${bytes(memory.peakBytes)}; no plan needs less than ${bytes(memory.lowerBoundBytes)} (dashed); ` +
    `fragmentation ${(100 * memory.fragmentation).toFixed(1)} %; without sharing ${bytes(memory.sumOfBytes)}. ` +
    `Blocks: state ${bytes(stateBlock.bytes)}${stateBlock.hugePages ? ", huge pages" : ""}; ` +
    `scratch ${bytes(scratchBlock.bytes)}${scratchBlock.hugePages ? ", huge pages" : ""}. Dark edges: a kernel writes.`;
  const writer = (b) => step.kernels[b.writes[0]]?.strategy ?? "loops";
  const scratch = memory.buffers.filter((b) => b.space === "scratch");
  drawBlock("scratch-view", 320, memory.peakBytes, scratch, writer);
  byId("scratch-view").append(drawLive(step, 130));
  const roles = new Map(stateBlock.tensors.map((t) => [t.name, t.role]));
  drawBlock("state-view", 260, stateBlock.bytes, memory.buffers.filter((b) => b.space === "state"), (b) => roles.get(b.name) ?? "parameter");
  legend("scratch-legend", strategiesOf(step).map((s) => [s, `first written by a kernel of strategy ${s}`]));
  legend("state-legend", [...new Set(roles.values())].map((role) => [role, role]));
}

function strategiesOf(step) {
  return [...new Set(step.kernels.map((k) => k.strategy))];
}

function markBuffers() {
  for (const rect of document.querySelectorAll(".buffer")) rect.classList.toggle("chosen", Number(rect.dataset.buffer) === state.buffer);
}
