"""Whole training steps beside PyTorch's, by turns.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import json
import pathlib
import shlex

from . import measuring, svg_plot
from .measuring import StudyError, Timing
from .pages import Page, Table, figure_of, percent, threads_text

SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "pytorch_step.py"
# Memory that is kept and in huge pages: without, PyTorch takes up to five times as long.
SETTINGS = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=17179869184"}


def pytorch_step(sitting, batch, threads, steps):
    """Median step of one run in microseconds. The script goes in through standard input, so that the interpreter may
    live under another root or on another machine."""
    arguments = ["--batch", str(batch), "--threads", str(threads), "--steps", str(steps), "--json"]
    said = measuring.run([*shlex.split(sitting.pytorch), "-", *arguments], SCRIPT.read_text(), SETTINGS)
    try:
        report = json.loads(said.strip().splitlines()[-1])
        sitting.context["pytorch"] = f"PyTorch {report['version']}, eager, fused Adam"
        return float(report["median"]) * 1e3
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise StudyError(f"{SCRIPT.name} printed no valid report: {error!r}") from None


def our_step(sitting, batch, threads):
    pattern = f"^step/big_model/batch:{batch}/threads:{threads}/"
    timings = sitting.measure("step-benchmark", pattern, repetitions=1, seconds=0.02 if sitting.quick else 0.5,
                              shown="^step/big_model/batch:N/threads:N/")
    return next(iter(timings.values()))


def measure_steps(sitting):
    """{(batch, threads): (ours, PyTorch's or None)}; a repetition runs the one, then the other."""
    found = {}
    batches, counts = ([16], [1]) if sitting.quick else ([16, 64, 256, 1024], [1, 2])
    for batch in batches:
        for threads in counts:
            ours, theirs = Timing([]), Timing([])
            for _ in range(sitting.repetitions):
                run = our_step(sitting, batch, threads)
                ours.times += run.times
                ours.flops, ours.bytes = run.flops, run.bytes
                if sitting.pytorch:
                    count = 10 if sitting.quick else max(30, 6400 // batch)
                    theirs.times.append(pytorch_step(sitting, batch, threads, count))
            found[batch, threads] = (ours, theirs if theirs.times else None)
    if sitting.pytorch:
        sitting.note("PYTHON", "-", "--batch", "N", "--threads", "N", "--json", "<", "benchmarks/pytorch_step.py")
    return found


READING = [
    "A step is forward, mean squared error, backward and Adam of the perceptron 1000-500-100-10, on one batch of random "
    "numbers.",
    "A repetition of Sinter's is the mean of the steps of half a second; one of PyTorch's is the median of its steps in a "
    "process of its own, behind five that are not counted. The two take turns. A ratio is PyTorch's time by Sinter's.",
    "Of peak: the step's flops by what that many cores could do of multiply-adds in registers. Possible: the ratio if "
    "Sinter's step were nothing but these, at that peak; no program gets there, as moments and weights have to come from "
    "memory too.",
    f"PyTorch runs with {SETTINGS['GLIBC_TUNABLES']}. What else a fair comparison takes: [measuring fairly](README.md)."]


def rows_of(found, peak):
    rows = []
    for (batch, threads), (ours, theirs) in found.items():
        cells = [batch, threads, figure_of(ours.median), figure_of(ours.fastest), percent(ours.spread),
                 figure_of(ours.gflops), percent(ours.gflops / (threads * peak.most_gflops))]
        if theirs:
            cells += [figure_of(theirs.median), figure_of(theirs.fastest), percent(theirs.spread),
                      f"{theirs.median / ours.median:.2f}", f"{theirs.fastest / ours.fastest:.2f}",
                      f"{theirs.median / ours.flops * threads * peak.most_gflops * 1e3:.2f}"]
        rows.append(cells)
    return rows


def findings_of(found):
    ratios = {key: theirs.median / ours.median for key, (ours, theirs) in found.items() if theirs}
    if not ratios:
        return ["**PyTorch was not measured**: no `--pytorch-python` was given."]
    behind = [f"batch {batch}, {threads_text(threads)} {ratio:.2f}" for (batch, threads), ratio in ratios.items() if ratio < 1]
    return [f"PyTorch takes {min(ratios.values()):.2f} to {max(ratios.values()):.2f} times as long. Sinter is behind in: "
            + ("; ".join(behind) or "none") + "."]


def plot(found):
    panels = {}
    for (batch, threads), (ours, theirs) in found.items():
        series = panels.setdefault(threads, {})
        series.setdefault("Sinter", []).append((batch, batch / ours.median * 1e3))
        if theirs:
            series.setdefault("PyTorch", []).append((batch, batch / theirs.median * 1e3))
    drawn = [svg_plot.LinePanel(threads_text(threads), "rows of a batch", "rows per ms", series, logarithmic=True)
             for threads, series in sorted(panels.items())]
    return svg_plot.figure("big_model: rows trained per ms, more is better", drawn, ["Sinter", "PyTorch"])


def steps(sitting):
    found = measure_steps(sitting)
    header = ["batch", "threads", "Sinter, us", "fastest", "spread", "GFLOP/s", "of peak"]
    if sitting.pytorch:
        header += ["PyTorch, us", "fastest", "spread", "ratio", "ratio of fastest", "possible"]
    return Page("Steps beside PyTorch", "How fast is a whole training step, and how fast is PyTorch's?", findings_of(found),
                [Table(header, rows_of(found, sitting.peak), "Medians over runs")], plot(found), READING)
