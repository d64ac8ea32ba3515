"""Inputs and targets of the model byte_rows:    byte_rows.py ROWS COLUMNS u1|f4 INPUTS.npy [TARGETS.npy]"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import array
import sys

sys.dont_write_bytecode = True  # the source tree stays as it is

from npy import write_npy

rows, columns, kind = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
inputs = array.array({"u1": "B", "f4": "f"}[kind], (i * i * 31 % 101 for i in range(rows * columns)))
write_npy(sys.argv[4], {"u1": "|u1", "f4": "<f4"}[kind], (rows, columns), inputs.tobytes())
if len(sys.argv) > 5:
    write_npy(sys.argv[5], "<f4", (rows, 1), array.array("f", (i * 37 % 101 / 50 - 1 for i in range(rows))).tobytes())
