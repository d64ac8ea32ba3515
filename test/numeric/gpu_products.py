#!/usr/bin/env python3
"""Are products right on a GPU, on tensor cores or not, for any extents and layouts? Random products against the reference interpreter.

    gpu_products.py FIRST LAST [--exact] [SINTERC OPTION...]

Runs `sinterc --verify` on the models of the seeds FIRST to LAST - 1 and fails if any is wrong; its model is then left in
the current folder as product-SEED.mlir. A model multiplies an input by a parameter or by another input, in a random order
of their dims, with what may be fused before and behind it; its backward products have the other layouts. Operands are
rounded to bf16 (with --gpu-f32=tf32 not in the model) where they are exact, so that no two ways to compute them round
differently. With --exact they are f32 and multiplied as such, with a k that is long enough to be cut into parts.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import pathlib
import random
import subprocess
import sys

BEFORE = ["", "relu", "abs", "negate"]
BEHIND = ["bias", "bias and relu", "bias and tanh"]


def extent(rng, largest):
    """Half of them multiples of what is copied at once."""
    value = rng.randint(1, largest)
    return max(8, value // 8 * 8) if rng.random() < 0.5 else value


def tensor(dims, element="f32"):
    return "tensor<" + "".join(f"{dim}x" for dim in dims) + element + ">"


class Product:
    """A dim of the product is a letter: b (batch), m, n, k, l (a second summed dim); `?` is one of b, m or k."""

    def __init__(self, seed, element, longest):
        self.element = element
        rng = self.rng = random.Random(seed)
        groups = {"b": rng.randint(1, 4), "m": extent(rng, 70), "n": extent(rng, 70), "k": extent(rng, longest)}
        if rng.random() < 0.3:
            groups["k"], groups["l"] = extent(rng, 90), rng.randint(2, 3)
        if rng.random() < 0.6:
            del groups["b"]
        open_dim = rng.choice("bk" if "b" in groups else "mk")  # in front of the result, or not in it
        groups[open_dim] = "?"
        self.batch = rng.choice([1, 3, 5] if open_dim == "b" else [1, 5, 24, 37])
        self.extents = groups
        self.left = self.order("bmkl", open_dim)
        both = open_dim != "m"  # an input has the open dim first
        self.right = self.order("bnkl", open_dim if both else None)
        self.right_is_input = both

    def order(self, dims, first):
        dims = [dim for dim in dims if dim in self.extents and dim != first]
        self.rng.shuffle(dims)
        return ([first] if first else []) + dims

    def operand(self, name, dims):
        shape = [self.extents[dim] for dim in dims]
        text, value, before = "", f"%{name}", self.rng.choice(BEFORE)
        if before:
            text, value = f"    %{name}p = sinter.{before} {value} : {tensor(shape)}\n", f"%{name}p"
        text += f"    %{name}h = sinter.convert {value} : {tensor(shape)} to {tensor(shape, self.element)}\n"
        return text, tensor(shape, self.element)

    def model(self):
        left, right = self.left, self.right
        (before_left, left_type), (before_right, right_type) = self.operand("x", left), self.operand("w", right)
        where = lambda dims, which: [dims.index(dim) for dim in which if dim in self.extents]
        shape = lambda dims: tensor([self.extents[dim] for dim in dims])
        free = [dim for dim in "bmn" if dim in self.extents]
        y, parameters = shape(free), ""
        inputs, body = f"%x: {shape(left)}", ""
        if self.right_is_input:
            inputs += f", %w: {shape(right)}"
        else:
            parameters += f"  sinter.parameter @w : {shape(right)} = uniform(-1.0, 1.0)\n"
            body += f"    %w = sinter.get @w : {shape(right)}\n"
        body += before_left + before_right
        body += (f"    %y = sinter.dot_general %xh, %wh batch = {where(left, 'b')} x {where(right, 'b')} contract = "
                 f"{where(left, 'kl')} x {where(right, 'kl')} : ({left_type}, {right_type}) -> {y}\n")
        behind, value = self.rng.choice(BEHIND if self.right_is_input else BEHIND + [""]), "%y"
        if behind:
            parameters += f"  sinter.parameter @bias : {shape('n')} = uniform(-1.0, 1.0)\n"
            body += (f"    %bias = sinter.get @bias : {shape('n')}\n"
                     f"    %bs = sinter.broadcast %bias dims = [{len(free) - 1}] : {shape('n')} -> {y}\n"
                     f"    %z = sinter.add %y, %bs : {y}\n")
            value = "%z"
        if behind.startswith("bias and"):
            body += f"    %f = sinter.{behind.split()[-1]} %z : {y}\n"
            value = "%f"
        return f"""module @product {{
{parameters}  sinter.model @forward({inputs}) -> {y} {{
{body}    sinter.return {value} : {y}
  }}
  sinter.loss @loss(%y: {y}, %t: {y}) -> tensor<f32> {{
    %l = sinter.mse_loss %y, %t : ({y}, {y}) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }}
  sinter.optimizer sgd {{learning_rate = 0.1}}
}}
"""


def main():
    first, last, options = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    exact = "--exact" in options
    options = [option for option in options if option != "--exact"]
    element = "f32" if exact or "--gpu-f32=tf32" in options else "bf16"
    wrong = 0
    for seed in range(first, last):
        product, path = Product(seed, element, 900 if exact else 300), pathlib.Path(f"product-{seed}.mlir")
        path.write_text(product.model())
        result = subprocess.run(["sinterc", path, "--verify", f"--batch={product.batch}", *options],
                                capture_output=True, text=True, check=False)
        if result.returncode == 0:
            path.unlink()
            continue
        wrong += 1
        lines = [line for line in result.stdout.splitlines() if "WRONG" in line] + result.stderr.splitlines()
        print(f"seed {seed}: " + (lines[0] if lines else f"exit status {result.returncode}"))
    print(f"{last - first} products, {wrong} wrong")
    sys.exit(wrong > 0)


main()
