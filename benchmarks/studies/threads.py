"""Steps and kernels with more threads.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import os
import re

from . import svg_plot
from .measuring import thread_count
from .pages import Page, Table, figure_of, percent, threads_text

KERNELS = "|".join(["product/(NN|NT|TN)/(128|512|1024)x.*static", "product/.*/(16|64|1024)x(500|1000)x",
                    "product/TN/500x1000x", "(softmax|layer_norm|layer_norm_backward|bias_gelu|cross_entropy)/(1024x|512x)",
                    "adam", "column_sum", "linear_"])

READING = [
    "A gain is the time of one thread by that of so many: the number of threads at best. Numbers of threads are 1, 2, 4, ... up "
    "to that of CPUs.",
    "A kernel that is too short to be shared runs in one thread whatever is asked for; a gain of 1 is then what it should be."]


def measure_threads(sitting):
    """{case: {threads: Timing}}"""
    found = dict(sitting.measure("step-benchmark", "^step/digits/" if sitting.quick else "^step/"))
    if not sitting.quick:
        found.update(sitting.measure("kernel-benchmark", f"^({KERNELS})"))
    cases = {}
    for name, timing in found.items():
        case = re.sub("/threads:.*", "", name).removeprefix("step/")
        cases.setdefault(case, {})[thread_count(name)] = timing
    return cases


def findings_of(gains, threads):
    order = sorted((gain, case) for case, gain in gains.items())
    least = ", ".join(f"{case} {gain:.2f}" for gain, case in order[:3])
    most = ", ".join(f"{case} {gain:.2f}" for gain, case in order[::-1][:3])
    slower = "; ".join(f"{case} {gain:.2f}" for gain, case in order if gain < 0.97)
    return [f"{threads} threads gain most in {most}, and least in {least}.",
            f"Slower by more than 3 % with {threads} threads: {slower or 'none'}."]


def threads(sitting):
    cases = measure_threads(sitting)
    counts = sorted({count for timings in cases.values() for count in timings})
    rows, gains = [], {count: {} for count in counts}
    for case, timings in cases.items():
        alone = timings[1]
        for count, timing in sorted(timings.items()):
            gains[count][case] = alone.median / timing.median
            rows.append([case, count, figure_of(timing.median), figure_of(timing.fastest), percent(timing.spread),
                         f"{gains[count][case]:.2f}", f"{alone.fastest / timing.fastest:.2f}"])
    series = {threads_text(count): gains[count] for count in counts[1:]}
    panel = svg_plot.DotPanel(f"on {os.cpu_count()} CPUs", "time of 1 thread by this time", list(cases), series, reference=1)
    header = ["case", "threads", "median, us", "fastest, us", "spread", "gain", "gain by fastest"]
    return Page("Threads", "What do more threads gain?", findings_of(gains[counts[-1]], counts[-1]),
                [Table(header, rows, "Steps and kernels")], svg_plot.figure("Gain from threads", [panel]), READING)
