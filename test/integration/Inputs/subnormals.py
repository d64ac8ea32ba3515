"""How many subnormal numbers, and zeros, has each tensor of a checkpoint (f32 and f64)? One line per tensor."""

import json
import struct
import sys

FORMS = {"F32": ("I", 0x7FFFFFFF, 0x00800000), "F64": ("Q", 0x7FFFFFFFFFFFFFFF, 0x0010000000000000)}

with open(sys.argv[1], "rb") as file:
    content = file.read()
(size,) = struct.unpack_from("<Q", content)
for name, entry in json.loads(content[8 : 8 + size]).items():
    if name == "__metadata__" or entry["dtype"] not in FORMS:
        continue
    letter, magnitude, smallest = FORMS[entry["dtype"]]
    first, end = entry["data_offsets"]
    values = [bits & magnitude for (bits,) in struct.iter_unpack("<" + letter, content[8 + size + first : 8 + size + end])]
    subnormal = sum(0 < bits < smallest for bits in values)
    print(f"{name}: {subnormal} of {len(values)} subnormal, {values.count(0)} zero")
