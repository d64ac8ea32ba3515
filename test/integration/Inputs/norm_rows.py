"""Inputs of the model norm_rows:    norm_rows.py ROWS COLUMNS INPUTS.npy [TARGETS.npy]"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import array
import sys

sys.dont_write_bytecode = True  # the source tree stays as it is

from npy import write_npy

rows, columns = int(sys.argv[1]), int(sys.argv[2])
inputs = ((i * i * 31 + i * 17) % 1009 / 500 - 1 for i in range(rows * columns))
write_npy(sys.argv[3], "<f4", (rows, columns), array.array("f", inputs).tobytes())
if len(sys.argv) > 4:
    write_npy(sys.argv[4], "<f4", (rows,), array.array("f", (i * 37 % 101 / 50 - 1 for i in range(rows))).tobytes())
