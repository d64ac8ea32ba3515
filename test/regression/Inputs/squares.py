#!/usr/bin/env python3
"""Writes a model that squares its values COUNT times over in front of a layer, behind it, and behind a norm.

    squares.py COUNT

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import sys

ROWS, COLUMNS = "tensor<?x64xf32>", "tensor<64xf32>"


def squares(value, name, count):
    """Ops that square `value` and its squares, and the name of the last."""
    lines = []
    for i in range(count):
        lines.append(f"%{name}{i} = sinter.mul {value}, {value} : {ROWS}")
        value = f"%{name}{i}"
    return lines, value


def main():
    count = int(sys.argv[1])
    before, x = squares("%x", "before", count)
    behind, y = squares("%y", "behind", count)
    last, z = squares("%n", "last", count)
    print("\n".join([
        "sinter.parameter @w : tensor<64x64xf32> = normal(0.0, 0.1)",
        f"sinter.parameter @scale : {COLUMNS} = ones",
        f"sinter.parameter @shift : {COLUMNS} = zeros",
        f"sinter.model @forward(%x: {ROWS}) -> {ROWS} {{",
        f"%w, %scale, %shift = sinter.get @w, @scale, @shift : tensor<64x64xf32>, {COLUMNS}, {COLUMNS}",
        *before, f"%y = sinter.linear {x}, %w : ({ROWS}, tensor<64x64xf32>) -> {ROWS}",
        *behind, f"%n = sinter.layer_norm {y}, %scale, %shift : {ROWS}, {COLUMNS}",
        *last, f"sinter.return {z} : {ROWS}", "}",
        f"sinter.loss @loss(%y: {ROWS}, %t: {ROWS}) -> tensor<f32> {{",
        f"%l = sinter.mse_loss %y, %t : ({ROWS}, {ROWS}) -> tensor<f32>",
        "sinter.return %l : tensor<f32>", "}", "sinter.optimizer adam"]))


main()
