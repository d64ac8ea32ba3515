"""Is the trace of training on a GPU what the compiled program said it does? Usage: gpu_trace.py PROGRAM TRACE.json

The program was compiled with --no-fuse=launches. Every recorded training step has one copy of its batch, and the rows
of its function in the kernel table, in their order; all of them lie in the step, and neither kernels nor copies overlap.
"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import itertools
import json
import subprocess
import sys


def interval(event):
    start = round(event["ts"] * 1000)
    return start, start + round(event["dur"] * 1000)


def inside(events, outer):
    start, end = interval(outer)
    found = [event for event in events if start <= interval(event)[0] < end]
    assert all(interval(event)[1] <= end for event in found), (outer, found)
    return sorted(found, key=interval)


def check_apart(events):
    for before, after in itertools.pairwise(sorted(map(interval, events))):
        assert before[1] <= after[0], (before, after)


def main(program, path):
    kernels = json.loads(subprocess.run([program, "info", "--json"], capture_output=True, check=True).stdout)["kernels"]
    with open(path, encoding="utf-8") as file:
        events = json.load(file)["traceEvents"]
    tracks = {event["tid"]: event["args"]["name"] for event in events if event["name"] == "thread_name"}
    of = lambda category: [event for event in events if event.get("cat") == category]
    expected = [row for row, kernel in enumerate(kernels) if kernel["step"] == "train_step"]
    steps = [step for step in of("step") if step["name"] == "train_step"]
    for step in steps:
        # Several launches in a row may belong to one row of the table.
        rows = [row for row, _ in itertools.groupby(event["args"]["row"] for event in inside(of("kernel"), step))]
        assert rows == expected, (rows, expected)
        copies = [event["name"] for event in inside(of("copy"), step)]
        assert copies.count("batch to the GPU") == 1, copies
    check_apart(of("kernel"))
    check_apart(of("copy"))
    assert {event["tid"] for event in of("kernel")} == {1} and {event["tid"] for event in of("copy")} == {2}
    print(f"{len(steps)} steps; {'; '.join(tracks[tid] for tid in sorted(tracks))}")


main(*sys.argv[1:])
