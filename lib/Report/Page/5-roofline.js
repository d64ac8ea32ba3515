// How near is each kernel to what the machine could do? Flops per byte against flops per second, both logarithmic, below
// the ceilings: a slope for each bandwidth, a level for each rate of arithmetic.

const roof = { width: 920, height: 430, left: 64, right: 24, top: 14, bottom: 46 };

/** Powers of ten around the values. */
function decades(values) {
  const low = Math.floor(Math.log10(Math.min(...values))), high = Math.ceil(Math.log10(Math.max(...values)));
  return [low, Math.max(high, low + 1)];
}

function logScale([low, high], from, to) {
  return (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from);
}

/** Those that were measured, where any were; else what the planners assume. Of arithmetic, for the types in use. */
function shownCeilings(kind) {
  const types = currentFunction().kernels.flatMap((k) => k.operands.map((o) => o.type)).join(" ");
  const isUsed = (c) => !["f32", "f64"].some((type) => c.name.includes(type) && !types.includes(type));
  const all = report.ceilings.filter((c) => c.kind === kind), used = all.filter(isUsed);
  const measured = used.filter((c) => c.measured);
  return measured.length ? measured : used.length ? used : all;
}

function power(exponent) {
  return exponent >= 0 && exponent <= 4 ? String(10 ** exponent) : exponent < 0 && exponent > -4 ? String(10 ** exponent) : `1e${exponent}`;
}

function drawAxes(root, xs, ys, x, y) {
  for (let e = xs[0]; e <= xs[1]; e++) {
    root.append(svg("path", { class: "grid", d: `M${x(10 ** e)},${roof.top}V${roof.height - roof.bottom}` }),
      svg("text", { class: "small", x: x(10 ** e), y: roof.height - roof.bottom + 16, "text-anchor": "middle" }, power(e)));
  }
  for (let e = ys[0]; e <= ys[1]; e++) {
    root.append(svg("path", { class: "grid", d: `M${roof.left},${y(10 ** e)}H${roof.width - roof.right}` }),
      svg("text", { class: "small", x: roof.left - 8, y: y(10 ** e) + 4, "text-anchor": "end" }, power(e)));
  }
  root.append(
    svg("path", { class: "axis", d: `M${roof.left},${roof.top}V${roof.height - roof.bottom}H${roof.width - roof.right}` }),
    svg("text", { x: (roof.left + roof.width) / 2, y: roof.height - 8, "text-anchor": "middle" }, "arithmetic intensity, flops per byte"),
    svg("text", { x: 16, y: roof.height / 2, "text-anchor": "middle", transform: `rotate(-90 16 ${roof.height / 2})` }, "GFLOP/s"));
}

function drawCeilings(root, xs, x, y) {
  const rates = shownCeilings("compute"), slopes = shownCeilings("bandwidth");
  const highest = Math.max(...rates.map((c) => c.value)), fastest = Math.max(...slopes.map((c) => c.value));
  const label = (c) => `${c.name}: ${c.value.toPrecision(3)} ${c.unit}`;
  for (const c of rates) {
    const start = Math.max(10 ** xs[0], c.value / fastest);
    const line = svg("path", { class: `ceiling ${c.measured ? "" : "assumed"}`, d: `M${x(start)},${y(c.value)}H${roof.width - roof.right}` });
    root.append(withTip(line, label(c)), svg("text", { class: "small", x: roof.width - roof.right, y: y(c.value) - 5, "text-anchor": "end" }, label(c)));
  }
  for (const c of slopes) {
    const end = Math.min(10 ** xs[1], highest / c.value), start = 10 ** xs[0];
    const line = svg("path", { class: `ceiling ${c.measured ? "" : "assumed"}`, d: `M${x(start)},${y(start * c.value)}L${x(end)},${y(end * c.value)}` });
    const at = start * 1.15, angle = (Math.atan2(y(end * c.value) - y(start * c.value), x(end) - x(start)) * 180) / Math.PI;
    root.append(withTip(line, label(c)), svg("text", {
      class: "small", transform: `translate(${x(at)},${y(at * c.value) - 6}) rotate(${angle.toFixed(2)})`,
    }, label(c)));
  }
}

function drawPoints(root, step, shown, x, y) {
  const total = totalTime(step) || 1;
  const largest = [...shown].sort((a, b) => b.predicted.microseconds - a.predicted.microseconds);
  const taken = []; // boxes of labels: one that would cover another is left out
  const label = (kernel, left, middle) => {
    const box = { left, right: left + textWidth(shortId(kernel), 11), top: middle - 8, bottom: middle + 8 };
    if (box.right > roof.width || taken.some((t) => t.left < box.right && box.left < t.right && t.top < box.bottom && box.top < t.bottom)) return;
    taken.push(box);
    root.append(svg("text", { class: "small", x: left, y: middle + 4 }, shortId(kernel)));
  };
  for (const kernel of largest) {
    const number = step.kernels.indexOf(kernel), share = kernel.predicted.microseconds / total;
    const cx = x(kernel.intensity), cy = y(kernel.predicted.gigaflops), radius = 5 + 16 * Math.sqrt(share);
    const point = svg("circle", { class: "point", cx, cy, r: radius.toFixed(1), style: kindColour(kernel.strategy), "data-kernel": number });
    withTip(point, `${shortId(kernel)}\n${kernel.predicted.gigaflops.toPrecision(3)} GFLOP/s predicted, ${kernel.intensity.toPrecision(3)} flops per byte\n` +
      `${microseconds(kernel.predicted.microseconds)}, ${(100 * share).toFixed(1)} % of the function, bound by ${kernel.predicted.bound}`);
    root.append(asButton(point, () => choose({ kernel: number })));
    if (share > 0.02) label(kernel, cx + radius + 4, cy + 10);
  }
}

function drawRoofline() {
  const step = currentFunction();
  const shown = step.kernels.filter((k) => k.flops > 0 && k.predicted.gigaflops > 0);
  const measured = report.ceilings.some((c) => c.measured);
  const silent = step.kernels.length - shown.length;
  byId("roofline-note").textContent = `Kernels at predicted speed on one core; areas show shares of time. The ceilings ` +
    (measured ? "were measured on the machine that compiled." : "are what the planners assume of the target, not measured.") +
    (silent ? ` Not shown: ${silent} without floating-point operations.` : "");
  const ceilings = shownCeilings("compute").map((c) => c.value);
  const xs = decades([0.1, 100, ...shown.map((k) => k.intensity)]);
  const ys = decades([1, ...ceilings, ...shown.map((k) => k.predicted.gigaflops)]);
  const x = logScale(xs, roof.left, roof.width - roof.right), y = logScale(ys, roof.height - roof.bottom, roof.top);
  const root = svg("svg", { viewBox: `0 0 ${roof.width} ${roof.height}`, role: "group", "aria-label": `Roofline of ${step.name}` });
  drawAxes(root, xs, ys, x, y);
  drawCeilings(root, xs, x, y);
  drawPoints(root, step, shown, x, y);
  byId("roofline-view").replaceChildren(root);
}

function markPoints() {
  for (const point of document.querySelectorAll(".point")) point.classList.toggle("chosen", Number(point.dataset.kernel) === state.kernel);
}
