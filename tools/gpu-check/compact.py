#!/usr/bin/env python3
"""Makes a test of the emulator of what a GPU computed.

    compact.py results/recorded.txt 'NVIDIA H200, driver 580.159.04, 2026-11-27' > test/emulator/Recorded/h200.txt

Operations on the same operands share their rows, and no row occurs twice. test/emulator/Recording.cpp describes both forms.
"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import argparse
import sys


def read(path):
    """{line of the operation: {operands: result}}, in the order of the file."""
    operations = {}
    rows = None
    with open(path, encoding="ascii") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            operands, equals, result = line.partition(" = ")
            if line.startswith("op "):
                rows = operations.setdefault(line, {})
            elif rows is None or not equals or " " in result:
                sys.exit(f"error: {path}:{number}: expected 'op' or 'OPERANDS = RESULT', found '{line}'")
            elif rows.setdefault(operands, result) != result:
                sys.exit(f"error: {path}:{number}: expected {rows[operands]} as before, found '{line}'")
    return operations


def write(operations, title):
    sharing = {}
    for operation, rows in operations.items():
        bits = operation.partition(" : ")[0].split()[2:]
        sharing.setdefault((*bits, *sorted(rows)), []).append(operation)
    print("#", title)
    for group in sharing.values():
        print("\n".join(group))
        for operands in operations[group[0]]:
            print(operands, "=", *(operations[operation][operands] for operation in group))


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("recorded", help="recorded.txt of run.sh")
parser.add_argument("title", help="GPU, driver and date")
arguments = parser.parse_args()
write(read(arguments.recorded), arguments.title)
