"""What PyTorch recorded of the big model, for a compiled program.

    golden.py prepare GOLDEN FOLDER      FOLDER gets inputs.npy and targets.npy, the recorded batches one after the other,
                                         and weights/<parameter>.npy under the names of test/models/big_model.mlir
    golden.py compare LOG GOLDEN LIMIT   are the losses of a log of steps those of the recording, within a relative LIMIT?
"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import csv
import json
import os
import shutil
import sys

sys.dont_write_bytecode = True  # the source tree stays as it is

from npy import read_npy, write_npy

BATCHES = 4
NAMES = {"0": "fc1", "2": "fc2", "4": "fc3"}


def concatenate(golden, stem, output):
    descr, shape, data = read_npy(os.path.join(golden, f"{stem}.step1.npy"))
    for step in range(2, BATCHES + 1):
        more_descr, more_shape, more = read_npy(os.path.join(golden, f"{stem}.step{step}.npy"))
        assert (more_descr, more_shape[1:]) == (descr, shape[1:]), f"{stem}.step{step}.npy differs in form"
        shape = (shape[0] + more_shape[0],) + shape[1:]
        data += more
    write_npy(output, descr, shape, data)


def prepare(golden, folder):
    weights = os.path.join(folder, "weights")
    os.makedirs(weights, exist_ok=True)
    concatenate(golden, "input", os.path.join(folder, "inputs.npy"))
    concatenate(golden, "target", os.path.join(folder, "targets.npy"))
    for number, name in NAMES.items():
        for part in ("weight", "bias"):
            shutil.copyfile(
                os.path.join(golden, f"param.{number}.{part}.init.npy"), os.path.join(weights, f"{name}.{part}.npy")
            )


def compare(log, golden, limit):
    with open(log, newline="") as file:
        found = [float(line["loss"]) for line in csv.DictReader(file)]
    with open(os.path.join(golden, "manifest.json")) as file:
        expected = json.load(file)["loss_float64"]
    if len(found) != len(expected):
        sys.exit(f"expected the losses of {len(expected)} steps, found {len(found)}")
    worst = max(abs(f - e) / abs(e) for f, e in zip(found, expected))
    print(f"{len(found)} losses, largest relative difference {worst:.2e}")
    if not worst <= limit:
        sys.exit(f"expected at most {limit:g}")


if sys.argv[1] == "prepare":
    prepare(*sys.argv[2:])
else:
    compare(sys.argv[2], sys.argv[3], float(sys.argv[4]))
