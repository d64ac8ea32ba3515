#!/usr/bin/env python3
"""Are graphs of any ops on tensors of any shapes compiled right? Random models against the reference interpreter.

    random_graphs.py FIRST LAST [SINTERC OPTION...]

Runs `sinterc --verify` on the models of the seeds FIRST to LAST - 1 and fails if any is wrong. A model that failed is
left in the current folder as graph-SEED.mlir. Extents are drawn from a short list, so that many are equal: what
belongs together must not be told by extents.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import itertools
import math
import pathlib
import random
import subprocess
import sys

BATCH = 13
EXTENTS = [1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 24, 33]
UNARY = ["tanh", "sigmoid", "relu", "square", "silu", "gelu", "abs", "negate", "sin", "softplus", "elu", "erf"]
BINARY = ["add", "sub", "mul", "max", "min"]


def size(shape):
    return math.prod(BATCH if extent == "?" else extent for extent in shape)


class Graph:
    """A model of `ops` random ops. A value is a pair of its name and its shape."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.element = self.random.choice(["f32", "f64"])
        self.lines, self.values, self.parameters, self.inputs = [], [], [], []
        self.make_sources()
        rules = [self.unary] * 3 + [self.binary] * 3 + [self.dot] * 3 + [self.reduce] * 2 + [
            self.broadcast, self.transpose, self.reshape, self.slice, self.pad, self.concatenate, self.softmax,
            self.linear, self.select, self.layer_norm, self.dropout, self.iota]
        ops = self.random.randint(6, 22)
        for _ in range(300):
            if len(self.lines) >= ops:
                break
            recent = self.values[-8:] if self.random.random() < 0.7 else self.values
            self.random.choice(rules)(*self.random.choice(recent))

    def type(self, shape, element=None):
        return "tensor<" + "".join(f"{extent}x" for extent in shape) + (element or self.element) + ">"

    def emit(self, text, shape, is_value=True):
        name = f"%v{len(self.lines)}"
        self.lines.append(f"{name} = sinter.{text}")
        if is_value:
            self.values.append((name, tuple(shape)))
        return name

    def bounded(self, name, shape):
        """Sums grow: what follows them is kept within [-1, 1]."""
        self.emit(f"tanh {name} : {self.type(shape)}", shape)

    def fits(self, shape):
        return size(shape) <= 6000 and len(shape) <= 4 and list(shape).count("?") <= 1

    def make_sources(self):
        for i in range(self.random.randint(1, 2)):
            shape = ("?", *self.random.choices(EXTENTS, k=self.random.randint(0, 2)))
            self.inputs.append((f"%x{i}", shape))
        for i in range(self.random.randint(1, 3)):
            shape = tuple(self.random.choices(EXTENTS, k=self.random.randint(0, 3)))
            self.parameters.append((f"p{i}", shape if size(shape) <= 500 else shape[:1]))
        for name, shape in self.parameters:
            self.lines.append(f"%{name} = sinter.get @{name} : {self.type(shape)}")
        self.values = self.inputs + [(f"%{name}", shape) for name, shape in self.parameters]

    # Each rule adds an op on the value (x, shape), or nothing if none fits.

    def unary(self, x, shape):
        self.emit(f"{self.random.choice(UNARY)} {x} : {self.type(shape)}", shape)

    def broadcast_to(self, x, shape, larger):
        if shape == larger:
            return x
        places = [dims for dims in itertools.combinations(range(len(larger)), len(shape))
                  if all(larger[dim] == extent for dim, extent in zip(dims, shape))]
        if not places:
            return None
        dims = list(self.random.choice(places))
        return self.emit(f"broadcast {x} dims = {dims} : {self.type(shape)} -> {self.type(larger)}", larger)

    def binary(self, x, shape):
        y, other = self.random.choice(self.values)
        if len(other) > len(shape):
            x, shape, y, other = y, other, x, shape
        y = self.broadcast_to(y, other, shape)
        if y:
            self.emit(f"{self.random.choice(BINARY)} {x}, {y} : {self.type(shape)}", shape)

    def broadcast(self, x, shape):
        larger = list(shape)
        for _ in range(self.random.randint(1, 2)):
            may_be_batch = "?" not in larger and self.random.random() < 0.5
            larger.insert(self.random.randint(0, len(larger)),
                          self.random.choice(EXTENTS + ["?"] if may_be_batch else EXTENTS))
        if self.fits(larger):
            self.broadcast_to(x, shape, tuple(larger))

    def reduce(self, x, shape):
        if not shape:
            return
        dims = sorted(self.random.sample(range(len(shape)), self.random.randint(1, len(shape))))
        result = [extent for dim, extent in enumerate(shape) if dim not in dims]
        kind = self.random.choice(["sum", "max", "mean"])
        y = self.emit(f"reduce {kind} {x} dims = {dims} : {self.type(shape)} -> {self.type(result)}", result)
        if kind == "sum":
            self.bounded(y, result)

    def transpose(self, x, shape):
        order = self.random.sample(range(len(shape)), len(shape))
        if len(shape) >= 2:
            result = [shape[dim] for dim in order]
            self.emit(f"transpose {x} {order} : {self.type(shape)} -> {self.type(result)}", result)

    def reshape(self, x, shape):
        if "?" in shape[1:]:
            return
        batch = shape[:1] if shape[:1] == ("?",) else ()
        count = math.prod(shape[len(batch):])
        divisor = self.random.choice([d for d in range(1, count + 1) if count % d == 0])
        result = batch + self.random.choice([(count,), (divisor, count // divisor), (1, count), (count, 1)])
        self.emit(f"reshape {x} : {self.type(shape)} -> {self.type(result)}", result)

    def slice(self, x, shape):
        ranges, result = [], []
        for extent in shape:
            if extent == "?":
                ranges.append("0:-1:1")
                result.append("?")
                continue
            start = self.random.randint(0, extent - 1)
            limit, stride = self.random.randint(start + 1, extent), self.random.randint(1, 3)
            ranges.append(f"{start}:{limit}:{stride}")
            result.append(-(-(limit - start) // stride))
        if shape:
            self.emit(f"slice {x} [{', '.join(ranges)}] : {self.type(shape)} -> {self.type(result)}", result)

    def pad(self, x, shape):
        low, high, interior, result = [], [], [], []
        for extent in shape:
            a, b, c = (0, 0, 0) if extent == "?" else self.random.choices([0, 0, 1, 2], k=3)
            low.append(a)
            high.append(b)
            interior.append(c)
            result.append("?" if extent == "?" else a + extent + (extent - 1) * c + b)
        if shape and self.fits(result):
            self.emit(f"pad {x} value = 0.5 low = {low} high = {high} interior = {interior} : {self.type(shape)} -> "
                      f"{self.type(result)}", result)

    def concatenate(self, x, shape):
        dim = self.random.randrange(max(len(shape), 1))
        if not shape or shape[dim] == "?":
            return
        fitting = [value for value in self.values if len(value[1]) == len(shape) and value[1][dim] != "?" and
                   all(i == dim or value[1][i] == shape[i] for i in range(len(shape)))]
        inputs = self.random.choices(fitting, k=self.random.randint(1, 3))
        result = list(shape)
        result[dim] = sum(other[dim] for _, other in inputs)
        if self.fits(result):
            self.emit(f"concatenate {', '.join(name for name, _ in inputs)} dim = {dim} : "
                      f"({', '.join(self.type(other) for _, other in inputs)}) -> {self.type(result)}", result)

    def softmax(self, x, shape):
        dim = self.random.randrange(max(len(shape), 1))
        if shape and shape[dim] != "?":
            self.emit(f"{self.random.choice(['softmax', 'log_softmax'])} {x} dim = {dim} : {self.type(shape)}", shape)

    def dot(self, x, shape):
        y, other = self.random.choice(self.values)
        pairs = [(i, j) for i in range(len(shape)) for j in range(len(other)) if shape[i] == other[j]]
        self.random.shuffle(pairs)
        batch, contract, left, right = [], [], set(), set()
        for i, j in pairs:
            if i not in left and j not in right and self.random.random() < 0.7:
                left.add(i)
                right.add(j)
                (batch if self.random.random() < 0.35 else contract).append((i, j))
        result = [shape[i] for i, _ in batch]
        result += [extent for i, extent in enumerate(shape) if i not in left]
        result += [extent for j, extent in enumerate(other) if j not in right]
        if not self.fits(result) or size(result) * size([shape[i] for i, _ in contract]) > 60000:
            return
        dims = [f"{[i for i, _ in group]} x {[j for _, j in group]}" for group in (batch, contract)]
        z = self.emit(f"dot_general {x}, {y} batch = {dims[0]} contract = {dims[1]} : "
                      f"({self.type(shape)}, {self.type(other)}) -> {self.type(result)}", result)
        self.bounded(z, result)

    def linear(self, x, shape):
        weights = [value for value in self.values
                   if len(value[1]) == 2 and value[1][1:] == shape[-1:] and "?" not in value[1]]
        if not weights:
            return
        w, matrix = self.random.choice(weights)
        result = shape[:-1] + matrix[:1]
        if self.fits(result):
            y = self.emit(f"linear {x}, {w} : ({self.type(shape)}, {self.type(matrix)}) -> {self.type(result)}", result)
            self.bounded(y, result)

    def select(self, x, shape):
        same = [name for name, other in self.values if other == shape]
        y, z = self.random.choices(same, k=2)
        p = self.emit(f"compare {self.random.choice(['gt', 'lt', 'ge'])}, {x}, {y} : {self.type(shape)}", shape, False)
        self.emit(f"select {p}, {y}, {z} : {self.type(shape)}", shape)

    def layer_norm(self, x, shape):
        vectors = [name for name, other in self.values if other == shape[-1:] and other != ("?",) and other]
        if vectors:
            scale, shift = self.random.choices(vectors, k=2)
            self.emit(f"layer_norm {x}, {scale}, {shift} epsilon = 0.1 : {self.type(shape)}, {self.type(shape[-1:])}",
                      shape)

    def dropout(self, x, shape):
        self.emit(f"dropout {x} rate = 0.3 : {self.type(shape)}", shape)

    def iota(self, x, shape):
        if shape:
            i = self.emit(f"iota dim = {self.random.randrange(len(shape))} : {self.type(shape)}", shape, False)
            self.bounded(self.emit(f"mul {i}, {x} : {self.type(shape)}", shape), shape)

    # The whole model: the last values are outputs, the loss is the mean of their squares and those of the parameters.

    def outputs(self):
        return [(name, shape) for name, shape in self.values if name.startswith("%v") and "?" not in shape[1:]][-3:]

    def text(self):
        outputs = self.outputs()
        types = [self.type(shape) for _, shape in outputs]
        lines = [f"sinter.parameter @{name} : {self.type(shape)} = ones" for name, shape in self.parameters]
        inputs = ", ".join(f"{name}: {self.type(shape)}" for name, shape in self.inputs)
        lines += [f"sinter.model @forward({inputs}) -> ({', '.join(types)}) {{"] + self.lines
        lines += [f"sinter.return {', '.join(name for name, _ in outputs)} : {', '.join(types)}", "}"]
        arguments = ", ".join(f"%o{i}: {type}" for i, type in enumerate(types))
        lines += [f"sinter.loss @loss({arguments}) -> {self.type(())} {{"]
        terms = [(f"%o{i}", shape) for i, (_, shape) in enumerate(outputs)]
        for name, shape in self.parameters:
            lines.append(f"%{name} = sinter.get @{name} : {self.type(shape)}")
            terms.append((f"%{name}", shape))
        lines += self.sum_of_squares(terms) + ["sinter.optimizer sgd {learning_rate = 0.01, momentum = 0.9}", ""]
        return "\n".join(lines)

    def sum_of_squares(self, terms):
        lines, total, scalar = [], None, self.type(())
        for i, (name, shape) in enumerate(terms):
            lines.append(f"%square{i} = sinter.square {name} : {self.type(shape)}")
            lines.append(f"%mean{i} = sinter.reduce mean %square{i} dims = {list(range(len(shape)))} : "
                         f"{self.type(shape)} -> {scalar}")
            if total:
                lines.append(f"%total{i} = sinter.add {total}, %mean{i} : {scalar}")
            total = f"%total{i}" if total else f"%mean{i}"
        return lines + [f"sinter.return {total} : {scalar}", "}"]


def verify(path, *options):
    return subprocess.run(["sinterc", path, "--verify", f"--batch={BATCH}", "--keep-gradients", *options],
                          capture_output=True, text=True, check=False)


def run(path, text, options):
    """Next to a kink, rounding in f32 may choose the other side: the model has to be right in f64 then."""
    path.write_text(text)
    first = verify(path, *options)
    if first.returncode == 0 or "f32" not in text or verify(path, "--tolerance=0.02", *options).returncode != 0:
        return first
    path.write_text(text.replace("f32", "f64"))
    return verify(path, *options)


def main() -> int:
    first, last, options = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    wrong = 0
    for seed in range(first, last):
        graph = Graph(seed)
        if not graph.outputs():
            continue
        path = pathlib.Path(f"graph-{seed}.mlir")
        result = run(path, graph.text(), options)
        if result.returncode == 0:
            path.unlink()
            continue
        wrong += 1
        faults = [line for line in (result.stdout + result.stderr).splitlines() if "WRONG" in line or "error" in line]
        print(f"{path}: status {result.returncode}")
        print("\n".join(line[:300] for line in faults[:5]), flush=True)
    print(f"seeds {first} to {last - 1}: {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
