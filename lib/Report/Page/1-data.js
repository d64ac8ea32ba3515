// What does the report hold, and how are numbers and elements written?

const report = JSON.parse(document.getElementById("report").textContent);

/** What is chosen; parts of the page that show it listen. */
const state = { functionName: null, kernel: null, op: null, buffer: null, listeners: [] };

function currentFunction() {
  return report.functions.find((f) => f.name === state.functionName);
}

/** Chooses a kernel, an op or a buffer (numbers in the current function), and tells every part. */
function choose(choice) {
  state.kernel = choice.kernel ?? null;
  state.op = choice.op ?? null;
  state.buffer = choice.buffer ?? null;
  for (const listener of state.listeners) listener();
}

function chooseFunction(name) {
  state.functionName = name;
  choose({});
}

/** An element with attributes, listeners (on...) and children (elements or text). */
function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  for (const child of children.flat()) if (child !== null && child !== undefined) node.append(child);
  return node;
}

function byId(id) {
  return document.getElementById(id);
}

/** Three significant digits and a prefix: 1.23 M. */
function short(value, unit = "", base = 1000) {
  const prefixes = base === 1024 ? ["", "Ki", "Mi", "Gi", "Ti"] : ["", "k", "M", "G", "T"];
  let power = 0;
  while (Math.abs(value) >= base && power < prefixes.length - 1) {
    value /= base;
    power += 1;
  }
  const digits = power === 0 && Number.isInteger(value) ? 0 : value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${prefixes[power]}${unit}`.trim();
}

function bytes(value) {
  return short(value, "B", 1024);
}

function microseconds(value) {
  return value >= 1000 ? `${(value / 1000).toFixed(2)} ms` : `${value.toFixed(value < 10 ? 2 : 1)} µs`;
}

/** "digits.mlir:12"; a dash where there is no place. */
function place(location) {
  return location ? `${location.file.split("/").pop()}:${location.line}` : "–";
}

/** The part of a kernel's id behind the function's name. */
function shortId(kernel) {
  return kernel.id.slice(kernel.id.indexOf("/") + 1);
}

function totalTime(step) {
  return step.kernels.reduce((sum, kernel) => sum + kernel.predicted.microseconds, 0);
}

function kindColour(name) {
  return `--kind: var(--${name})`;
}

function legend(id, entries) {
  byId(id).replaceChildren(...entries.map(([name, text]) => element("span", { style: `--swatch: var(--${name})` }, text)));
}

/** The note beside the pointer; also what assistive technology reads as the node's label. */
function withTip(node, text) {
  const tip = byId("tip");
  node.setAttribute("aria-label", text.replaceAll("\n", ", "));
  node.addEventListener("pointermove", (event) => {
    tip.textContent = text;
    tip.hidden = false;
    const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
    const below = event.clientY + 16 + tip.offsetHeight < innerHeight;
    tip.style.left = `${left}px`;
    tip.style.top = `${below ? event.clientY + 16 : event.clientY - tip.offsetHeight - 10}px`;
  });
  node.addEventListener("pointerleave", () => (tip.hidden = true));
  return node;
}

/** Makes an SVG node do something by pointer and by keyboard. */
function asButton(node, action) {
  node.setAttribute("tabindex", "0");
  node.setAttribute("role", "button");
  node.addEventListener("click", action);
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    action();
  });
  return node;
}

async function copyText(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = element("textarea", {}, text); // pages opened from files have no clipboard in some browsers
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  const before = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = before), 1200);
}
