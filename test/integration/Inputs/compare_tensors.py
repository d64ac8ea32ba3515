"""Do two safetensors files have the same tensors, whatever their metadata?    compare_tensors.py FILE FILE"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import json
import sys


def tensors(path):
    with open(path, "rb") as file:
        data = file.read()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    header.pop("__metadata__", None)
    places = {name: entry["data_offsets"] for name, entry in header.items()}
    return {name: data[8 + size + begin : 8 + size + end] for name, (begin, end) in places.items()}


first, second = tensors(sys.argv[1]), tensors(sys.argv[2])
different = sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
if different or not first:
    sys.exit(f"different: {', '.join(different)}")
print("equal")
