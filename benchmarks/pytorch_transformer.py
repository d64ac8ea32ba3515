#!/usr/bin/env python3
"""The training step of transformer.py's model in PyTorch, to compare with.

    pytorch_transformer.py --batch 8 --threads 1 --steps 20 --mode eager
    pytorch_transformer.py --batch 8 --threads 2 --steps 20 --mode compiled

Query, key and value are one product, attention is PyTorch's fused one, AdamW its fused one; `compiled` is torch.compile of
model and loss. One batch of random characters; prints the median and the fastest step. Needs PyTorch 2.4 or later.
docs/performance says what else a fair comparison takes.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import argparse
import json
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as f


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.parts, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, length, width = x.shape
        parts = self.parts(self.norm1(x)).view(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        mixed = f.scaled_dot_product_attention(*parts, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, length, width))
        return x + self.down(f.gelu(self.up(self.norm2(x))))


class Transformer(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.character = nn.Embedding(sizes.characters, sizes.width)
        self.position = nn.Parameter(torch.randn(sizes.length, sizes.width) * 0.02)
        self.blocks = nn.ModuleList(Block(sizes.width, sizes.heads) for _ in range(sizes.layers))
        self.norm = nn.LayerNorm(sizes.width)

    def forward(self, text):
        x = self.character(text) + self.position
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.character.weight.t()


def measure(sizes):
    """Milliseconds of each step."""
    model = Transformer(sizes)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-6, weight_decay=0.01, fused=True)
    text, following = (torch.randint(0, sizes.characters, (sizes.batch, sizes.length)) for _ in range(2))

    def loss():
        return f.cross_entropy(model(text).flatten(0, 1), following.flatten())

    if sizes.mode == "compiled":
        loss = torch.compile(loss)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss().backward()
        optimizer.step()

    for _ in range(3):
        step()
    milliseconds = []
    for _ in range(sizes.steps):
        start = time.perf_counter()
        step()
        milliseconds.append((time.perf_counter() - start) * 1e3)
    return milliseconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, size in (("batch", 8), ("threads", 1), ("steps", 20), ("layers", 6), ("length", 64), ("width", 384), ("heads", 6),
                       ("characters", 65)):
        parser.add_argument(f"--{name}", type=int, default=size, help=f"[{size}]")
    parser.add_argument("--mode", choices=("eager", "compiled"), default="eager", help="[eager]")
    sizes = parser.parse_args()
    torch.set_num_threads(sizes.threads)
    torch.manual_seed(0)
    milliseconds = measure(sizes)
    print(json.dumps({"version": torch.__version__, "mode": sizes.mode, "median": statistics.median(milliseconds),
                      "fastest": min(milliseconds)}), flush=True)


if __name__ == "__main__":
    main()
