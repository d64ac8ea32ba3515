"""Data for test/models/transformer.mlir, and what PyTorch makes of them.

    transformer.py data FOLDER                 inputs.npy, targets.npy: 8 pieces of a text, and the next characters
    transformer.py losses START.safetensors    20 steps from these parameters by PyTorch in f64; writes CSV

The second made transformer_losses.csv (PyTorch 2.14.0), from `train --epochs 0 --seed 1 --save START.safetensors`. The
test needs the first only.
"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import json
import os
import struct
import sys

TEXT = "it was the best of times it was the worst of times it was the age of wisdom it was the age of foolishness "
ROWS, LENGTH, STEPS = 8, 16, 20


def pieces():
    numbers = [0 if letter == " " else ord(letter) - ord("a") + 1 for letter in TEXT]
    starts = [row * 11 for row in range(ROWS)]
    return ([numbers[s : s + LENGTH] for s in starts], [numbers[s + 1 : s + LENGTH + 1] for s in starts])


def write_data(folder):
    sys.dont_write_bytecode = True
    from npy import write_npy

    for name, rows in zip(("inputs", "targets"), pieces()):
        data = b"".join(struct.pack(f"<{LENGTH}i", *row) for row in rows)
        write_npy(os.path.join(folder, f"{name}.npy"), "<i4", (ROWS, LENGTH), data)


def read_parameters(path, torch):
    with open(path, "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header, data = json.loads(file.read(size)), file.read()
    parameters = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            first, end = entry["data_offsets"]
            values = struct.unpack(f"<{(end - first) // 4}f", data[first:end])
            parameters[name] = torch.tensor(values, dtype=torch.float64).reshape(entry["shape"])
    return parameters


def losses(start):
    import torch
    import torch.nn.functional as f

    text, following = (torch.tensor(rows) for rows in pieces())
    p = read_parameters(start, torch)
    names = [n for n in p if not n.endswith(("exp_avg", "exp_avg_sq"))]
    for name in names:
        p[name].requires_grad_(True)
    optimizer = torch.optim.AdamW([p[n] for n in names], lr=0.003, weight_decay=0.01)
    for _ in range(STEPS):
        norm = lambda x, n: f.layer_norm(x, (32,), p[f"norm{n}.scale"], p[f"norm{n}.shift"])
        x = p["embed.character"][text] + p["embed.position"]
        heads = lambda n: torch.einsum("btd,dhe->bhte", norm(x, 1), p[f"{n}.weight"])
        mixed = f.scaled_dot_product_attention(heads("query"), heads("key"), heads("value"), is_causal=True)
        y = x + torch.einsum("bhte,dhe->btd", mixed, p["out.weight"])
        up = f.gelu(f.linear(norm(y, 2), p["up.weight"], p["up.bias"]))
        z = y + f.linear(up, p["down.weight"], p["down.bias"])
        logits = norm(z, 3) @ p["embed.character"].T
        loss = f.cross_entropy(logits.flatten(0, 1), following.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield loss.item()


if sys.argv[1] == "data":
    write_data(sys.argv[2])
else:
    print("step,loss")
    for step, loss in enumerate(losses(sys.argv[2])):
        print(f"{step + 1},{loss!r}")
