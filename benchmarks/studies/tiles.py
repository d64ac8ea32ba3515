"""A product with other numbers in its schedule than the planner's.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import os
import re
import tempfile

from . import svg_plot
from .measuring import StudyError
from .pages import Page, Table, figure_of, percent
from .variants import variants_of

NUMBERS = ["rows", "vectors", "row tiles", "panels", "points", "block", "form", "swapped", "panels inner", "fetches"]
REGISTERS = 32

READING = [
    f"The numbers of a tile are, in this order: {', '.join(NUMBERS)} ([what they mean](../generated/dialect.md)); form is 0 "
    "(the right operand is read where it lies), 1 (packed) or 2 (dot).",
    "One sweep changes rows and vectors of the register tile, one the block of the contracted extent and the form, one the "
    "size of a work item. All other numbers are the planner's.",
    "A ratio is the time by that of the planner's schedule: below 1 another is faster. Of so many lines the best are partly "
    "the luckiest: the spread says how much."]


def planned_schedule(sitting, case, batch):
    """The planner's line for a file of schedules: what stands before the numbers, the numbers, what stands behind."""
    text = sitting.run("kernel-benchmark", f"--print-model={case}")
    with tempfile.TemporaryDirectory(prefix="sinter-study-") as folder:
        path = os.path.join(folder, "kernel.mlir")
        with open(path, "w") as file:
            file.write(text)
        schedules = sitting.run("sinterc", path, *([f"--batch={batch}"] if batch else []), "--print-schedules")
    found = re.search(r"^(predict/\S+ = #sinter.schedule<contraction, tile = \[)([\d, ]+)(\].*)$", schedules, re.M)
    if not found:
        raise StudyError(f"sinterc planned no product for {case}")
    return found.group(1), tuple(int(value) for value in found.group(2).split(",")), found.group(3)


def sweeps(planned, quick):
    """{name: tiles}: one or two numbers are changed, the others are the planner's."""
    def changed(**values):
        tile = list(planned)
        for name, value in values.items():
            tile[NUMBERS.index(name.replace("_", " "))] = value
        return tuple(tile)
    if quick:
        return {"register tile": [changed(rows=rows, vectors=2) for rows in (2, 4)], "block": []}
    # In registers at once: accumulators, a row of the right operand, and a value of the left one.
    register = [changed(rows=rows, vectors=vectors) for vectors in (1, 2, 3, 4, 6) for rows in range(1, 15)
                if rows * vectors + vectors + 1 <= REGISTERS]
    extent = planned[NUMBERS.index("block")]
    blocks = [size for size in (32, 64, 128, 256, 384, 512, 768) if size < extent] + [extent]
    return {"register tile": register,
            "block": [changed(block=size, form=form) for form in (0, 1) for size in blocks],
            "work item": [changed(row_tiles=tiles, panels=panels) for panels in (1, 2, 4) for tiles in (1, 2, 4, 8, 16)]}


def measure_tiles(sitting, case, batch):
    """The planner's tile, and {tile: Timing} of it and all others; those that are refused have an error."""
    before, planned, behind = planned_schedule(sitting, case, batch)
    tiles = dict.fromkeys(tile for sweep in sweeps(planned, sitting.quick).values() for tile in sweep)
    with tempfile.TemporaryDirectory(prefix="sinter-study-") as folder:
        options = []
        for tile in tiles:
            path = os.path.join(folder, "_".join(map(str, tile)) + ".schedules")
            with open(path, "w") as file:
                file.write(f"sinter-schedules 1\n{before}{', '.join(map(str, tile))}{behind}\n")
            options.append(f"--schedules={path}")
        timings = sitting.measure("kernel-benchmark", f"^{re.escape(case)}(/schedules:.*)?/threads:1/", *options,
                                  refusals=True, shown=f"^{case}/ --schedules=FILE for each line of the table")
    variants = variants_of(timings)[f"{case}/threads:1"]
    if variants[""].error:
        raise StudyError(f"case {case} failed: {variants[''].error}")
    found = {tile: variants["_".join(map(str, tile))] for tile in tiles}
    return planned, {**found, planned: variants[""]}


def finding_of(case, planned, order, found):
    measured = [tile for tile in order if found[tile].times]
    chosen, best, worst = found[planned], found[order[0]], found[measured[-1]]
    refused = len(order) - len(measured)
    return (f"{case}: the planner's {list(planned)} takes {figure_of(chosen.median)} us, number {order.index(planned) + 1} of "
            f"{len(measured)}. The best, {list(order[0])}, takes {figure_of(best.median)} us, {best.median / chosen.median:.2f} "
            f"times as long, the worst {figure_of(worst.median)} us." + (f" {refused} were refused." if refused else ""))


def table_of(case, planned, order, found):
    rows = []
    for tile in order:
        timing, name = found[tile], ", ".join(map(str, tile)) + (" (planned)" if tile == planned else "")
        rows.append([name, figure_of(timing.median), figure_of(timing.fastest), percent(timing.spread), figure_of(timing.gflops),
                     f"{timing.median / found[planned].median:.2f}"] if timing.times else [name, "refused", "", "", "", ""])
    header = ["tile", "median, us", "fastest, us", "spread", "GFLOP/s", "ratio"]
    return Table(header, rows, f"{case}, 1 thread", folded=len(rows) > 30)


def panels_of(case, planned, found):
    """The register tile's sweep, and that of the block."""
    everything, register, blocks = sweeps(planned, False), {}, {}
    for tile in [*everything["register tile"], planned]:
        if tile in found and found[tile].times:
            name = f"{tile[1]} vector{'s' * (tile[1] > 1)}"
            register.setdefault(name, {})[tile[0]] = found[tile].gflops
    for tile in everything["block"]:
        if tile in found and found[tile].times:
            name = "packed" if tile[NUMBERS.index("form")] == 1 else "read where it lies"
            blocks.setdefault(name, {})[tile[NUMBERS.index("block")]] = found[tile].gflops

    def panel(title, unit, curves, **options):
        series = {name: list(curve.items()) for name, curve in sorted(curves.items())}
        return svg_plot.LinePanel(f"{case}: {title}", unit, "GFLOP/s", series, **options)
    return [panel("register tile", "rows", register), panel("block", "elements of the contracted extent", blocks, logarithmic=True)]


def tiles(sitting):
    cases = {"product/NT/1024x500x1000": 1024, "product/NN/512x512x512/static": None}
    if sitting.quick:
        cases = {"product/NT/64x500x1000": 64}
    tables, panels, findings = [], [], []
    for case, batch in cases.items():
        planned, found = measure_tiles(sitting, case, batch)
        order = sorted(found, key=lambda tile: found[tile].median if found[tile].times else float("inf"))
        findings.append(finding_of(case, planned, order, found))
        tables.append(table_of(case, planned, order, found))
        panels += panels_of(case, planned, found)
    question = "How much depends on the numbers of a product's schedule, and does the planner choose well?"
    return Page("Tiles", question, findings, tables,
                svg_plot.figure("Products with other schedules, 1 thread: GFLOP/s", panels), READING)
