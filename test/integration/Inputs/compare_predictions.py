"""Do two tables of predictions agree, in classes and in numbers?    compare_predictions.py TABLE TABLE LIMIT"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import csv
import sys


def predictions(path):
    with open(path, newline="") as file:
        return [(line.pop("class"), [float(value) for value in line.values()]) for line in csv.DictReader(file)]


found, expected, limit = predictions(sys.argv[1]), predictions(sys.argv[2]), float(sys.argv[3])
if len(found) != len(expected) or not found:
    sys.exit(f"expected {len(expected)} predictions, found {len(found)}")
classes = sum(f[0] != e[0] for f, e in zip(found, expected))
worst = max(abs(a - b) for f, e in zip(found, expected) for a, b in zip(f[1], e[1], strict=True))
print(f"{len(found)} predictions, {classes} classes differ, numbers by {worst:.2e} at most")
if classes or not worst <= limit:
    sys.exit(f"expected at most {limit:g}")
