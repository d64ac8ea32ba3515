"""Is a trace what the compiled program said it does? Usage: trace.py PROGRAM TRACE.json

Every step launches the rows of its function in the kernel table, in their order; shares lie in kernels, kernels in
steps; events of one track nest.
"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import json
import subprocess
import sys
from collections import Counter


def interval(event):
    start = round(event["ts"] * 1000)
    return start, start + round(event["dur"] * 1000)


def check_nesting(events):
    """Events of one track, by start and the longer ones first: each ends within the one that it began in."""
    ends = []
    for start, end in sorted(map(interval, events), key=lambda i: (i[0], -i[1])):
        while ends and ends[-1] <= start:
            ends.pop()
        assert not ends or end <= ends[-1], (start, end, ends)
        ends.append(end)


def main(program, path):
    kernels = json.loads(subprocess.run([program, "info", "--json"], capture_output=True, check=True).stdout)["kernels"]
    with open(path, encoding="utf-8") as file:
        trace = json.load(file)
    events = [event for event in trace["traceEvents"] if event["ph"] == "X"]
    for track in {event["tid"] for event in events}:
        check_nesting([event for event in events if event["tid"] == track])
    of = lambda category: [event for event in events if event["cat"] == category]
    for step in of("step"):
        start, end = interval(step)
        inside = [event for event in of("kernel") if start <= interval(event)[0] and interval(event)[1] <= end]
        inside.sort(key=interval)
        expected = [row for row, kernel in enumerate(kernels) if kernel["step"] == step["name"]]
        assert [event["args"]["row"] for event in inside] == expected, (step, inside)
        for event, row in zip(inside, expected):
            assert event["name"] == kernels[row]["name"] and event["args"]["schedule"] == kernels[row]["schedule"]
    for share in of("share"):
        start, end = interval(share)
        assert any(interval(k)[0] <= start and end <= interval(k)[1] and k["name"] == share["name"]
                   for k in of("kernel")), share
    print(", ".join(f"{count} {name}" for name, count in sorted(Counter(event["name"] for event in of("step")).items())),
          f"on {len({event['tid'] for event in events})} tracks;",
          ", ".join(sorted({event["name"] for event in of("phase")})))


main(*sys.argv[1:])
