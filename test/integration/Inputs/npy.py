"""NPY files without numpy: reading, writing, and comparing the outputs of a program.

    npy.py compare A.npy B.csv     is the text of B the numbers of A, bit by bit in f32? (columns named `output...`)
"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import ast
import csv
import struct
import sys

MAGIC = b"\x93NUMPY"


def read_npy(path):
    """Element type ('<f4'), shape, bytes."""
    with open(path, "rb") as file:
        contents = file.read()
    assert contents[:8] == MAGIC + b"\x01\x00", f"{path}: not NPY version 1"
    (length,) = struct.unpack_from("<H", contents, 8)
    header = ast.literal_eval(contents[10 : 10 + length].decode())
    assert not header["fortran_order"], f"{path}: Fortran order"
    return header["descr"], header["shape"], contents[10 + length :]


def write_npy(path, descr, shape, data):
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {tuple(shape)}, }}"
    header += " " * (-(len(MAGIC) + 4 + len(header) + 1) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(MAGIC + b"\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data)


def compare(array, table):
    descr, shape, data = read_npy(array)
    assert descr == "<f4", f"expected <f4, found {descr}"
    expected = struct.unpack(f"<{len(data) // 4}f", data)
    with open(table, newline="") as file:
        rows = list(csv.DictReader(file))
    found = [float(row[name]) for row in rows for name in row if name.startswith("output")]
    rounded = struct.unpack(f"<{len(found)}f", struct.pack(f"<{len(found)}f", *found))
    if rounded != expected:
        sys.exit(f"{table} does not hold the numbers of {array}")
    print(f"{shape[0]} rows of {shape[1]} agree")


if __name__ == "__main__":
    compare(sys.argv[2], sys.argv[3])
