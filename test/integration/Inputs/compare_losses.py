"""Do two logs of steps have the same losses?    compare_losses.py LOG LOG LIMIT"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import csv
import sys


def losses(path):
    with open(path, newline="") as file:
        return [float(line["loss"]) for line in csv.DictReader(file)]


found, expected, limit = losses(sys.argv[1]), losses(sys.argv[2]), float(sys.argv[3])
if len(found) != len(expected) or not found:
    sys.exit(f"expected {len(expected)} losses, found {len(found)}")
worst = max(abs(f - e) / abs(e) for f, e in zip(found, expected))
print(f"{len(found)} losses, largest relative difference {worst:.2e}")
if not worst <= limit:
    sys.exit(f"expected at most {limit:g}")
