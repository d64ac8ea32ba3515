#!/usr/bin/env python3
"""Does a report keep docs/report.schema.json, and do its numbers agree with each other?

    check_report.py REPORT SCHEMA

Knows the words of JSON Schema that the schema uses, and fails on any other, so that none is passed over.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import json
import re
import sys

TYPES = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None)}
KNOWN = {"$schema", "$defs", "$ref", "title", "description", "type", "properties", "required", "additionalProperties", "items",
         "enum", "const", "pattern", "minimum"}
problems = []


def expect(condition, where, message):
    if not condition:
        problems.append(f"{where}: {message}")


def has_type(value, name):
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, TYPES[name])


def validate(value, schema, root, where):
    if "$ref" in schema:
        return validate(value, root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root, where)
    expect(set(schema) <= KNOWN, where, f"the schema uses {sorted(set(schema) - KNOWN)}")
    types = schema.get("type", [])
    types = types if isinstance(types, list) else [types]
    if types and not any(has_type(value, name) for name in types):
        return expect(False, where, f"expected {types}, found {value!r}")
    if "const" in schema:
        expect(value == schema["const"], where, f"expected {schema['const']!r}, found {value!r}")
    if "enum" in schema:
        expect(value in schema["enum"], where, f"expected one of {schema['enum']}, found {value!r}")
    if "pattern" in schema:
        expect(re.search(schema["pattern"], value), where, f"{value!r} does not match {schema['pattern']}")
    if "minimum" in schema and value is not None:
        expect(value >= schema["minimum"], where, f"{value} is below {schema['minimum']}")
    if isinstance(value, dict):
        validate_object(value, schema, root, where)
    if isinstance(value, list):
        for i, item in enumerate(value):
            validate(item, schema["items"], root, f"{where}[{i}]")


def validate_object(value, schema, root, where):
    properties, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    for key in schema.get("required", []):
        expect(key in value, where, f"has no '{key}'")
    for key, item in value.items():
        if key in properties:
            validate(item, properties[key], root, f"{where}.{key}")
        elif isinstance(others, dict):
            validate(item, others, root, f"{where}.{key}")
        else:
            expect(others, where, f"has '{key}', which the schema does not know")


def check_graph(step, where):
    ops, kernels = step["ops"], step["kernels"]
    for number, op in enumerate(ops):
        expect(op["id"] == number, where, f"op {number} has id {op['id']}")
        expect(all(o < number for o in op["operands"]), where, f"op {number} reads a later one")
        for kernel in op["kernels"]:
            expect(number in kernels[kernel]["ops"], where, f"kernel {kernel} does not know op {number}")
    for number, kernel in enumerate(kernels):
        expect(all(b < number for b in kernel["before"]), where, f"kernel {number} reads a later one")
        expect(len(set(kernel["ops"])) == len(kernel["ops"]), where, f"kernel {number} names an op twice")
        for op in kernel["ops"]:
            expect(number in ops[op]["kernels"], where, f"op {op} does not know kernel {number}")
        outputs = [o["buffer"] for o in kernel["operands"] if o["role"] == "output"]
        for buffer in outputs:
            expect(number in step["memory"]["buffers"][buffer]["writes"], where, f"buffer {buffer} does not know its writer {number}")
    expect(any(op["kernels"] for op in ops) or not kernels, where, "no op is linked to a kernel")


def check_kernel(kernel, where):
    predicted = kernel["predicted"]
    expect(predicted["microseconds"] == max(predicted["arithmetic"], predicted["memory"]), where, "predicted time is not the larger part")
    expect(abs(kernel["intensity"] * kernel["bytes"] - kernel["flops"]) <= 1e-4 * kernel["flops"] + 1e-4, where, "intensity is not flops / bytes")
    expect((kernel["strategy"] == "contraction") == bool(kernel["alternatives"]), where, "only contractions have forms")
    taken = [a for a in kernel["alternatives"] if a["form"] == kernel["schedule"]["form"]]
    expect(not kernel["alternatives"] or taken, where, "its form is not among the alternatives")
    for entry in kernel["alternatives"]:
        expect((entry["cycles"] is None) == (entry["reason"] is not None), where, "a form has cycles or a reason")


def check_memory(step, scratch_block, where):
    memory = step["memory"]
    scratch = [b for b in memory["buffers"] if b["space"] == "scratch"]
    ends = [-(-(b["offset"] + b["bytes"]) // 64) * 64 for b in scratch]
    expect(memory["peakBytes"] == max(ends, default=0), where, "the peak is not the end of the last buffer")
    expect(memory["lowerBoundBytes"] <= memory["peakBytes"] <= scratch_block, where, "bound, peak and block are out of order")
    expect(memory["sumOfBytes"] == sum(b["bytes"] for b in scratch), where, "the sum is none")
    for i, a in enumerate(scratch):
        for b in scratch[:i]:
            at_once = a["first"] <= b["last"] and b["first"] <= a["last"]
            same_bytes = a["offset"] < b["offset"] + b["bytes"] and b["offset"] < a["offset"] + a["bytes"]
            expect(not (at_once and same_bytes), where, f"{a['name']} and {b['name']} are live at once in the same bytes")
    for number in range(len(step["kernels"])):
        live = sum(-(-b["bytes"] // 64) * 64 for b in scratch if b["first"] <= number <= b["last"])
        expect(live <= memory["peakBytes"], where, f"more is live at kernel {number} than fits")
    for buffer in memory["buffers"]:
        touched = buffer["reads"] + buffer["writes"]
        expect(all(buffer["first"] <= k <= buffer["last"] for k in touched), where, f"{buffer['name']} is used when it is dead")


def main():
    report, schema = (json.load(open(path)) for path in sys.argv[1:3])
    validate(report, schema, schema, "report")
    kernels = set()
    for step in report["functions"] if not problems else []:
        where = step["name"]
        check_graph(step, where)
        check_memory(step, report["blocks"]["scratch"]["bytes"], where)
        for kernel in step["kernels"]:
            check_kernel(kernel, kernel["id"])
            expect(kernel["id"] not in kernels, where, f"two kernels are called {kernel['id']}")
            kernels.add(kernel["id"])
    for remark in report["remarks"] if not problems else []:
        expect(remark["kernel"] is None or remark["kernel"] in kernels, "remarks", f"{remark['name']} is about no kernel: {remark['kernel']}")
    for problem in problems[:20]:
        print(problem)
    print(f"{len(report['functions'])} functions, {len(kernels)} kernels, {len(report['remarks'])} remarks, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
