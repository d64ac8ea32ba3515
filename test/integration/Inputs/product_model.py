"""Prints a model whose loss is the mean of tanh(a b)^2 for two parameters of ELEMENT [bf16]:    product_model.py A B DOT RESULT [ELEMENT]

e.g. product_model.py 9x72x296 9x72x520 "batch = [0] x [0] contract = [1] x [1]" 9x296x520
"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import sys

a, b, dot, c = sys.argv[1:5]
element = sys.argv[5] if len(sys.argv) > 5 else "bf16"
f32 = {name: f"tensor<{shape}xf32>" for name, shape in zip("abc", (a, b, c))}
operand = {name: f"tensor<{shape}x{element}>" for name, shape in zip("ab", (a, b))}
# Of f32 nothing is converted.
left, right, convert = "%ah", "%bh", f"""    %ah = sinter.convert %a : {f32["a"]} to {operand["a"]}
    %bh = sinter.convert %b : {f32["b"]} to {operand["b"]}
"""
if element == "f32":
    left, right, convert = "%a", "%b", ""
print(f"""module @product {{
  sinter.parameter @a : {f32["a"]} = uniform(-1, 1)
  sinter.parameter @b : {f32["b"]} = uniform(-1, 1)
  sinter.model @forward(%x: tensor<?x1xf32>) -> tensor<?x1xf32> {{
    sinter.return %x : tensor<?x1xf32>
  }}
  sinter.loss @loss(%x: tensor<?x1xf32>) -> tensor<f32> {{
    %a, %b = sinter.get @a, @b : {f32["a"]}, {f32["b"]}
{convert}    %c = sinter.dot_general {left}, {right} {dot} : ({operand["a"]}, {operand["b"]}) -> {f32["c"]}
    %t = sinter.tanh %c : {f32["c"]}
    %s = sinter.mul %t, %t : {f32["c"]}
    %l = sinter.reduce mean %s dims = {list(range(c.count("x") + 1))} : {f32["c"]} -> tensor<f32>
    sinter.return %l : tensor<f32>
  }}
  sinter.optimizer sgd
}}""")
