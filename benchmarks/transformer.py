#!/usr/bin/env python3
"""Writes a transformer that predicts the next of some characters as a model: pre-norm blocks of causal attention and GELU.

    transformer.py --layers 6 --length 256 --width 384 --heads 6 | sinterc - --batch 8 -o transformer
    ./transformer bench

A smaller one that trains on a text, with comments: test/models/transformer.mlir. The same in PyTorch: pytorch_transformer.py.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import argparse


class Text:
    """The lines of a module under way."""

    def __init__(self, sizes):
        self.sizes, self.parameters, self.ops = sizes, [], []

    def parameter(self, name, extents, initializer):
        kind = f"tensor<{'x'.join(map(str, extents))}xf32>"
        self.parameters.append(f"  sinter.parameter @{name} : {kind} = {initializer}")
        value = "%" + name.replace(".", "_")
        self.ops.append(f"{value} = sinter.get @{name} : {kind}")
        return value, kind

    def op(self, name, text):
        self.ops.append(f"%{name} = sinter.{text}")
        return f"%{name}"

    def rows(self, *extents, element="f32"):
        return f"tensor<?x{'x'.join(map(str, extents))}x{element}>"

    def linear(self, x, name, into, out):
        weight, of_weight = self.parameter(f"{name}.weight", (out, into), "normal(0, 0.02)")
        bias, of_bias = self.parameter(f"{name}.bias", (out,), "zeros")
        before, after = self.rows(self.sizes.length, into), self.rows(self.sizes.length, out)
        value = name.replace(".", "_")
        return self.op(f"{value}_y", f"linear {x}, {weight}, {bias} : ({before}, {of_weight}, {of_bias}) -> {after}")

    def norm(self, x, name):
        width = self.sizes.width
        scale, kind = self.parameter(f"{name}.scale", (width,), "ones")
        shift, _ = self.parameter(f"{name}.shift", (width,), "zeros")
        value = name.replace(".", "_")
        return self.op(f"{value}_y", f"layer_norm {x}, {scale}, {shift} : {self.rows(self.sizes.length, width)}, {kind}")


def one_hot(text, numbers, name, length, characters):
    """Whether each place has each character."""
    kind = text.rows(length, characters, element="i32")
    wide = text.op(f"{name}_places", f"broadcast {numbers} dims = [0, 1] : {text.rows(length, element='i32')} -> {kind}")
    number = text.op(f"{name}_numbers", f"iota dim = 2 : {kind}")
    return text.op(f"{name}_is", f"compare eq, {wide}, {number} : {kind}")


def attention(text, x, layer):
    s = text.sizes
    size = s.width // s.heads
    places, split, scores = text.rows(s.length, s.width), text.rows(s.length, s.heads, size), text.rows(s.heads, s.length, s.length)
    heads = {}
    for part in ("query", "key", "value"):
        y = text.linear(x, f"{layer}.{part}", s.width, s.width)
        heads[part] = text.op(f"{layer}_{part}_heads", f"reshape {y} : {places} -> {split}")
    raw = text.op(f"{layer}_scores", f"dot_general {heads['query']}, {heads['key']} batch = [0, 2] x [0, 2] contract = [3] x [3] "
                                     f": ({split}, {split}) -> {scores}")
    scaled = text.op(f"{layer}_scaled", f"mul {raw}, %rate : {scores}")
    masked = text.op(f"{layer}_masked", f"select %is_before, {scaled}, %never : {scores}")
    shares = text.op(f"{layer}_shares", f"softmax {masked} dim = 3 : {scores}")
    turned = text.rows(s.heads, s.length, size)
    mixed = text.op(f"{layer}_mixed", f"dot_general {shares}, {heads['value']} batch = [0, 1] x [0, 2] contract = [3] x [1] "
                                      f": ({scores}, {split}) -> {turned}")
    back = text.op(f"{layer}_back", f"transpose {mixed} [0, 2, 1, 3] : {turned} -> {split}")
    joined = text.op(f"{layer}_joined", f"reshape {back} : {split} -> {places}")
    return text.linear(joined, f"{layer}.out", s.width, s.width)


def block(text, x, layer):
    s = text.sizes
    places, wide = text.rows(s.length, s.width), text.rows(s.length, 4 * s.width)
    attended = attention(text, text.norm(x, f"{layer}.norm1"), layer)
    x = text.op(f"{layer}_x", f"add {x}, {attended} : {places}")
    up = text.linear(text.norm(x, f"{layer}.norm2"), f"{layer}.up", s.width, 4 * s.width)
    bent = text.op(f"{layer}_gelu", f"gelu {up} : {wide}")
    down = text.linear(bent, f"{layer}.down", 4 * s.width, s.width)
    return text.op(f"{layer}_z", f"add {x}, {down} : {places}")


def model(sizes):
    text, s = Text(sizes), sizes
    places, logits, scores = text.rows(s.length, s.width), text.rows(s.length, s.characters), text.rows(s.heads, s.length, s.length)
    table, of_table = text.parameter("embed.character", (s.characters, s.width), "normal(0, 0.02)")
    position, of_position = text.parameter("embed.position", (s.length, s.width), "normal(0, 0.02)")
    is_character = one_hot(text, "%text", "text", s.length, s.characters)
    hot = text.op("hot", f"convert {is_character} : {text.rows(s.length, s.characters, element='i1')} to {logits}")
    looked_up = text.op("looked_up", f"dot_general {hot}, {table} batch = [] x [] contract = [2] x [0] : ({logits}, {of_table}) -> {places}")
    everywhere = text.op("everywhere", f"broadcast {position} dims = [1, 2] : {of_position} -> {places}")
    x = text.op("x", f"add {looked_up}, {everywhere} : {places}")
    one_row = scores.replace("?", "1")
    text.op("rate", f"constant dense<{(s.width // s.heads) ** -0.5}> : {one_row} -> {scores}")
    text.op("never", f"constant dense<-1.0e9> : {one_row} -> {scores}")
    whole = text.rows(s.heads, s.length, s.length, element="i32")
    text.op("to", f"iota dim = 2 : {whole}")
    text.op("from", f"iota dim = 3 : {whole}")
    text.op("is_before", f"compare le, %from, %to : {whole}")
    for layer in range(s.layers):
        x = block(text, x, f"layer{layer}")
    text.op("logits", f"dot_general {text.norm(x, 'final')}, {table} batch = [] x [] contract = [2] x [1] : ({places}, {of_table}) -> {logits}")
    forward, text.ops = text.ops, []
    is_next = one_hot(text, "%next", "next", s.length, s.characters)
    text.op("all", f"log_softmax %logits dim = 2 : {logits}")
    text.op("zero", f"constant dense<0.0> : {logits.replace('?', '1')} -> {logits}")
    text.op("chosen", f"select {is_next}, %all, %zero : {logits}")
    text.op("sum", f"reduce sum %chosen dims = [2] : {logits} -> {text.rows(s.length)}")
    text.op("mean", f"reduce mean %sum dims = [0, 1] : {text.rows(s.length)} -> tensor<f32>")
    text.op("loss", "negate %mean : tensor<f32>")
    numbers = text.rows(s.length, element="i32")
    lines = ["module @transformer {", *text.parameters, f"  sinter.model @forward(%text: {numbers}) -> {logits} {{",
             *("    " + op for op in forward), f"    sinter.return %logits : {logits}", "  }",
             f"  sinter.loss @loss(%logits: {logits}, %next: {numbers}) -> tensor<f32> {{", *("    " + op for op in text.ops),
             "    sinter.return %loss : tensor<f32>", "  }", "  sinter.optimizer adamw {learning_rate = 0.001, weight_decay = 0.01}", "}"]
    return "\n".join(lines)


def parse_sizes(parser):
    for name, size, meaning in (("layers", 6, "blocks"), ("length", 64, "characters of a row"), ("width", 384, "numbers of a place"),
                                ("heads", 6, "of attention; they divide the width"), ("characters", 65, "there are")):
        parser.add_argument(f"--{name}", type=int, default=size, help=f"{meaning} [{size}]")
    sizes = parser.parse_args()
    for name, size in vars(sizes).items():
        if size < 1:
            parser.error(f"--{name} is at least 1, found {size}")
    if sizes.width % sizes.heads:
        parser.error(f"--heads divides --width, found {sizes.heads} heads for {sizes.width}")
    return sizes


if __name__ == "__main__":
    print(model(parse_sizes(argparse.ArgumentParser(description=__doc__.splitlines()[0]))))
