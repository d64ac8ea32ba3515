"""Does what a program says about itself agree with itself, and with the summary that sinterc printed?

    info.py SUMMARY INFO.json
"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import json
import re
import sys

SUMMARY = re.compile(r"(\S+): batch (\d+); state (\d+) bytes, scratch (\d+) bytes, peak (\d+) bytes; (\d+) kernels")


def main(summary_path, info_path):
    with open(summary_path) as file:
        summary = SUMMARY.search(file.read())
    with open(info_path) as file:
        info = json.load(file)
    name, (batch, state, scratch, peak, kernels) = summary[1], map(int, summary.groups()[1:])
    problems = []

    def equal(what, found, expected):
        if found != expected:
            problems.append(f"{what}: expected {expected}, found {found}")

    equal("model", info["model"], name)
    equal("batch", info["batch"], batch)
    equal("state", info["state_bytes"], state)
    equal("scratch", info["scratch_bytes"], scratch)
    equal("peak", info["peak_bytes"], peak)
    equal("peak of its parts", info["state_bytes"] + info["scratch_bytes"], peak)
    equal("distinct kernels", len({kernel["name"] for kernel in info["kernels"]}), kernels)

    elements, end = 0, 0
    for tensor in sorted(info["tensors"], key=lambda tensor: tensor["offset"]):
        count = 1
        for extent in tensor["shape"]:
            count *= extent
        elements += count if tensor["role"] == "parameter" else 0
        equal(f"bytes of {tensor['name']}", tensor["bytes"], count * {"F32": 4, "F64": 8}[tensor["dtype"]])
        equal(f"alignment of {tensor['name']}", tensor["offset"] % 64, 0)
        if tensor["offset"] < end:
            problems.append(f"{tensor['name']} begins at {tensor['offset']}, before {end}")
        end = tensor["offset"] + tensor["bytes"]
    equal("parameters", info["parameters"], elements)
    if end > state:
        problems.append(f"the tensors end at {end}, the state at {state}")
    if problems:
        sys.exit("\n".join(problems))
    print(f"{name}: {len(info['tensors'])} tensors and {kernels} kernels, peak {peak} bytes")


main(*sys.argv[1:])
