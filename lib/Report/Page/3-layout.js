// Where does each node of a graph go? Layers from top to bottom (Sugiyama): every edge points down; nodes of a layer are
// ordered so that few edges cross, then moved towards their neighbours without overlapping.

const GAP = { across: 22, down: 46 };

/**
 * nodes: [{width, height}], edges: [[from, to]] without cycles. Sets x and y (corners) of each node; returns
 * {width, height, routes}, a route per edge: [[x, y], ...].
 */
function layoutGraph(nodes, edges) {
  if (nodes.length === 0) return { width: 0, height: 0, routes: [] };
  const layer = assignLayers(nodes.length, edges);
  const graph = withDummies(nodes, edges, layer);
  orderLayers(graph);
  placeAcross(graph);
  return finishLayout(nodes, edges, graph);
}

/** The longest path from a source; sources move down to their nearest reader. */
function assignLayers(count, edges) {
  const succs = Array.from({ length: count }, () => []);
  const open = new Array(count).fill(0);
  for (const [from, to] of edges) {
    succs[from].push(to);
    open[to] += 1;
  }
  const layer = new Array(count).fill(0);
  const hasPreds = open.map((n) => n > 0);
  const ready = open.flatMap((n, i) => (n === 0 ? [i] : []));
  while (ready.length) {
    const node = ready.shift();
    for (const succ of succs[node]) {
      layer[succ] = Math.max(layer[succ], layer[node] + 1);
      if (--open[succ] === 0) ready.push(succ);
    }
  }
  for (let i = 0; i < count; i++)
    if (!hasPreds[i] && succs[i].length) layer[i] = Math.min(...succs[i].map((s) => layer[s])) - 1;
  return layer;
}

/** Edges over several layers get a point in each layer between. */
function withDummies(nodes, edges, layer) {
  const items = nodes.map((node, i) => ({ width: node.width, height: node.height, layer: layer[i], up: [], down: [] }));
  const paths = edges.map(([from, to]) => {
    const path = [from];
    for (let at = layer[from] + 1; at < layer[to]; at++) {
      items.push({ width: 6, height: 0, layer: at, up: [], down: [], dummy: true });
      path.push(items.length - 1);
    }
    path.push(to);
    for (let i = 1; i < path.length; i++) {
      items[path[i - 1]].down.push(path[i]);
      items[path[i]].up.push(path[i - 1]);
    }
    return path;
  });
  const layers = Array.from({ length: Math.max(...items.map((i) => i.layer)) + 1 }, () => []);
  items.forEach((item, i) => layers[item.layer].push(i));
  return { items, layers, paths };
}

function orderLayers(graph) {
  let best = graph.layers.map((l) => [...l]);
  let fewest = Infinity;
  for (let sweep = 0; sweep < 16 && fewest > 0; sweep++) {
    const down = sweep % 2 === 0;
    const sequence = down ? graph.layers.keys() : [...graph.layers.keys()].reverse();
    numberPositions(graph);
    for (const at of sequence) sortLayer(graph, at, down ? "up" : "down");
    const crossings = countCrossings(graph);
    if (crossings < fewest) {
      fewest = crossings;
      best = graph.layers.map((l) => [...l]);
    }
  }
  graph.layers = best;
  numberPositions(graph);
}

function numberPositions(graph) {
  for (const layer of graph.layers) layer.forEach((item, i) => (graph.items[item].position = i));
}

/** By the mean position of the neighbours on one side; nodes without any stay where they are. */
function sortLayer(graph, at, side) {
  const mean = (i) => {
    const neighbours = graph.items[i][side];
    if (!neighbours.length) return graph.items[i].position;
    return neighbours.reduce((sum, n) => sum + graph.items[n].position, 0) / neighbours.length;
  };
  const keyed = graph.layers[at].map((item, i) => [mean(item), i, item]);
  keyed.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  graph.layers[at] = keyed.map(([, , item]) => item);
  graph.layers[at].forEach((item, i) => (graph.items[item].position = i));
}

function countCrossings(graph) {
  let crossings = 0;
  for (const layer of graph.layers) {
    const ends = layer.flatMap((i) => graph.items[i].down.map((d) => graph.items[d].position).sort((a, b) => a - b));
    if (ends.length > 600) return countInversions(ends); // an estimate by the widest layer is enough there
    for (let i = 0; i < ends.length; i++) for (let j = 0; j < i; j++) if (ends[j] > ends[i]) crossings += 1;
  }
  return crossings;
}

function countInversions(values) {
  if (values.length < 2) return 0;
  const middle = values.length >> 1;
  const left = values.slice(0, middle), right = values.slice(middle);
  let count = countInversions(left) + countInversions(right);
  for (let i = 0, l = 0, r = 0; i < values.length; i++) {
    if (r >= right.length || (l < left.length && left[l] <= right[r])) values[i] = left[l++];
    else {
      values[i] = right[r++];
      count += left.length - l;
    }
  }
  return count;
}

/** Centres: towards the mean of the neighbours, order and distances kept. */
function placeAcross(graph) {
  for (const layer of graph.layers) {
    let x = 0;
    for (const i of layer) {
      graph.items[i].centre = x + graph.items[i].width / 2;
      x += graph.items[i].width + GAP.across;
    }
  }
  for (let pass = 0; pass < 24; pass++) {
    const down = pass % 2 === 0;
    const sequence = down ? [...graph.layers] : [...graph.layers].reverse();
    for (const layer of sequence) pullLayer(graph, layer, down ? "up" : "down");
  }
}

function pullLayer(graph, layer, side) {
  const wanted = layer.map((i) => {
    const item = graph.items[i];
    const neighbours = item[side].length ? item[side] : item[side === "up" ? "down" : "up"];
    if (!neighbours.length) return item.centre;
    return neighbours.reduce((sum, n) => sum + graph.items[n].centre, 0) / neighbours.length;
  });
  // Distances between centres are at least half of both widths: relative to these offsets the order is "not smaller".
  const offset = [0];
  for (let i = 1; i < layer.length; i++) {
    const before = graph.items[layer[i - 1]], here = graph.items[layer[i]];
    offset.push(offset[i - 1] + (before.width + here.width) / 2 + GAP.across);
  }
  const weight = layer.map((i) => (graph.items[i].dummy ? 2 : 1));
  const fitted = nondecreasing(wanted.map((w, i) => w - offset[i]), weight);
  layer.forEach((item, i) => (graph.items[item].centre = fitted[i] + offset[i]));
}

/** The nearest sequence that does not decrease, by least squares: neighbours that would are pooled. */
function nondecreasing(values, weight) {
  const pools = [];
  values.forEach((value, i) => {
    pools.push({ sum: value * weight[i], weight: weight[i], count: 1 });
    while (pools.length > 1) {
      const last = pools[pools.length - 1], before = pools[pools.length - 2];
      if (before.sum / before.weight <= last.sum / last.weight) break;
      pools.pop();
      before.sum += last.sum;
      before.weight += last.weight;
      before.count += last.count;
    }
  });
  return pools.flatMap((pool) => new Array(pool.count).fill(pool.sum / pool.weight));
}

function finishLayout(nodes, edges, graph) {
  const left = Math.min(...graph.items.map((item) => item.centre - item.width / 2));
  let y = 0;
  for (const layer of graph.layers) {
    const height = Math.max(...layer.map((i) => graph.items[i].height));
    for (const i of layer) {
      const item = graph.items[i];
      item.x = item.centre - item.width / 2 - left;
      item.y = y + (height - item.height) / 2;
      item.top = y;
      item.bottom = y + height;
    }
    y += height + GAP.down;
  }
  nodes.forEach((node, i) => Object.assign(node, { x: graph.items[i].x, y: graph.items[i].y }));
  const middle = (item) => item.x + item.width / 2;
  const routes = graph.paths.map((path) => path.flatMap((i, step) => {
    const item = graph.items[i];
    if (step === 0) return [[middle(item), item.y + item.height], [middle(item), item.bottom]];
    if (step === path.length - 1) return [[middle(item), item.top], [middle(item), item.y]];
    return [[middle(item), item.top], [middle(item), item.bottom]];
  }));
  return { width: Math.max(...graph.items.map((item) => item.x + item.width)), height: y - GAP.down, routes };
}

/** A route as a smooth path that leaves and arrives vertically. */
function pathOf(route) {
  let text = `M${route[0][0].toFixed(1)},${route[0][1].toFixed(1)}`;
  for (let i = 1; i < route.length; i++) {
    const [x0, y0] = route[i - 1], [x1, y1] = route[i], bend = (y0 + y1) / 2;
    text += x0 === x1 ? `L${x1.toFixed(1)},${y1.toFixed(1)}`
                      : `C${x0.toFixed(1)},${bend.toFixed(1)} ${x1.toFixed(1)},${bend.toFixed(1)} ${x1.toFixed(1)},${y1.toFixed(1)}`;
  }
  return text;
}
