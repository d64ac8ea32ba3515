"""Small arrays for the iris model: six flowers, as NPY and as IDX.

    arrays.py FOLDER     x.npy, t.npy (labels 0 1 2 0 1 2); x.idx, t.idx the same; t5.npy one label less;
                         x5.npy five features; t7.npy with a label 7 in row 4
"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import struct
import sys

sys.dont_write_bytecode = True  # the source tree stays as it is

from npy import write_npy

FEATURES = [(3 * i + i // 4) % 11 for i in range(24)]
LABELS = [0, 1, 2, 0, 1, 2]


def main(folder):
    def path(name):
        return os.path.join(folder, name)

    def integers(values):
        return struct.pack(f"<{len(values)}i", *values)

    def idx(name, shape, values):
        with open(path(name), "wb") as file:
            file.write(bytes([0, 0, 8, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + bytes(values))

    os.makedirs(folder, exist_ok=True)
    write_npy(path("x.npy"), "<f4", (6, 4), struct.pack("<24f", *FEATURES))
    write_npy(path("x5.npy"), "<f4", (6, 5), struct.pack("<30f", *(FEATURES + FEATURES[:6])))
    write_npy(path("t.npy"), "<i4", (6,), integers(LABELS))
    write_npy(path("t5.npy"), "<i4", (5,), integers(LABELS[:5]))
    write_npy(path("t7.npy"), "<i4", (6,), integers(LABELS[:4] + [7, 2]))
    idx("x.idx", (6, 4), FEATURES)
    idx("t.idx", (6,), LABELS)


main(sys.argv[1])
