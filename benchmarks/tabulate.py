#!/usr/bin/env python3
"""A Markdown table of what a benchmark program measured: the medians, and the fastest run, over repetitions.

    step-benchmark --benchmark_repetitions=9 --benchmark_out=step.json
    benchmarks/tabulate.py step.json

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import json
import statistics
import sys


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def row(name, runs):
    """One line: the clock's suffix is left out of the name; rates are given where they were counted."""
    times = [run["real_time"] for run in runs]
    rates = [[run[rate] / 1e9 for run in runs if rate in run] for rate in ("FLOP", "Bytes")]
    cells = [name.replace("/real_time", "").replace("/manual_time", "")]
    cells += [number(statistics.median(times)), number(min(times))]
    return cells + [number(statistics.median(values)) if values else "" for values in rates]


def main(path):
    with open(path) as file:
        benchmarks = [b for b in json.load(file)["benchmarks"]
                      if b["run_type"] == "iteration" and "error_occurred" not in b]
    runs = {}
    # Repetitions may have been interleaved at random: put cases back into the order of the program.
    for benchmark in sorted(benchmarks, key=lambda b: (b["family_index"], b["per_family_instance_index"])):
        runs.setdefault(benchmark["run_name"], []).append(benchmark)
    unit = benchmarks[0]["time_unit"]
    rows = [row(name, repetitions) for name, repetitions in runs.items()]
    columns = 5 if any(cells[3] for cells in rows) else 3
    header = ["case", f"median, {unit}", f"fastest, {unit}", "GFLOP/s", "GB/s"]
    for cells in [header, ["---"] + ["--:"] * 4] + rows:
        print("| " + " | ".join(cells[:columns]) + " |")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
