"""What our own choices are worth: fusion, the numbers of a schedule, threads.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import os
import re
import tempfile

from . import measuring, svg_plot
from .measuring import StudyError, thread_count
from .pages import Page, Table, figure_of, percent

KINDS = ["epilogues", "updates", "rows", "columns", "maps"]


# -- Fusion ------------------------------------------------------------------------------------------------------------

def split_variant(name):
    """"a/no-fuse:rows/b" is (a/b, rows); without a variant the second is empty."""
    found = re.search(r"/(?:no-fuse|schedules):([^/]+)", name)
    return (name.replace(found.group(0), ""), found.group(1)) if found else (name, "")


def variants_of(timings):
    """{case: {variant: Timing}}, the compiler's own choice being the variant ""."""
    cases = {}
    for name, timing in timings.items():
        case, variant = split_variant(name)
        cases.setdefault(case, {})[variant] = timing
    return cases


def measure_fusion(sitting, program, pattern):
    """Cases with the variants that make a difference: another number of kernels, found by running each once."""
    options = [f"--no-fuse={kind}" for kind in KINDS] + [f"--no-fuse={','.join(KINDS)}"]
    first = variants_of(sitting.measure(program, pattern, *options, seconds=1e-9, repetitions=1))
    sitting.commands.pop()  # what only looks for differences is not the measurement
    wanted = {}
    for case, variants in first.items():
        differing = [variant for variant in variants if variant and variants[variant].launches != variants[""].launches]
        if differing:
            wanted[case] = differing
    found = {}
    for case, differing in wanted.items():
        stem, rest = case.split("/threads:")[0], "/threads:" + case.split("/threads:")[1]
        head, batch = (stem.split("/batch:") + [None])[:2]
        tail = (f"/batch:{batch}" if batch else "") + rest
        regex = f"^{re.escape(head)}(/no-fuse:({'|'.join(differing)}))?{re.escape(tail)}/"
        timings = sitting.measure(program, regex, *(f"--no-fuse={variant}" for variant in differing),
                                  shown="^CASE(/no-fuse:KINDS)?/ --no-fuse=KINDS for each line of the table")
        found.update(variants_of(timings))
    return found


def fusion(sitting):
    threads = "1" if sitting.quick else "[12]"
    steps = "step/digits/" if sitting.quick else "step/(digits|mnist|dropout_norm|big_model/.*batch:(64|1024))"
    found = measure_fusion(sitting, "step-benchmark", f"{steps}.*threads:{threads}/")
    if not sitting.quick:
        kernels = ("^(softmax|layer_norm|layer_norm_backward|bias_gelu|cross_entropy)/(1024x(768|1000|1024|3072)|512x4096)"
                   "|^(linear_|adam/1048576)")
        found.update(measure_fusion(sitting, "kernel-benchmark", f"({kernels}).*threads:{threads}/"))
    rows, points, worse = [], {}, []
    for case, variants in found.items():
        fused = variants[""]
        for variant, timing in variants.items():
            name = "all kinds" if variant == ",".join(KINDS) else variant or "nothing"
            ratio = timing.median / fused.median
            rows.append([case.removeprefix("step/"), name, timing.launches, figure_of(timing.median),
                         figure_of(timing.fastest), percent(timing.spread), f"{ratio:.2f}",
                         f"{timing.fastest / fused.fastest:.2f}"])
            if variant:
                points.setdefault(thread_count(case), {}).setdefault(name, {})[re.sub("/threads:.*", "", case)] = ratio
                if ratio < 0.97:
                    worse.append(f"{case} without {name} {ratio:.2f}")
    if not rows:
        raise StudyError("no kind of fusion makes a difference to any case")
    names = [*KINDS, "all kinds"]
    panels = [svg_plot.DotPanel(f"{count} thread{'s' * (count > 1)}", "time by that of the fused program",
                                list(dict.fromkeys(case for values in series.values() for case in values)), series, reference=1)
              for count, series in sorted(points.items())]
    together = [(float(row[6]), row[0]) for row in rows if row[1] == "all kinds"]
    findings = [f"Without any fusion, steps and kernels take {min(together)[0]:.2f} ({min(together)[1]}) to "
                f"{max(together)[0]:.2f} ({max(together)[1]}) times as long."] if together else []
    findings.append("Faster by more than 3 % with a kind left out: " + ("; ".join(worse) if worse else "none") + ".")
    header = ["case", "left out", "kernels", "median, us", "fastest, us", "spread", "ratio", "ratio of fastest"]
    reading = ["`left out` are the kinds of fusion of `--no-fuse`; only those that change the number of kernels of a case are "
               "measured. `kernels` is the number of launches of one call.",
               "A ratio is the time by that of the fused program in the line with \"nothing\": above 1 fusion pays."]
    return Page("Fusion", "What is each kind of fusion worth, to a kernel and to a whole step?", findings,
                [Table(header, rows, "Fused and unfused")],
                svg_plot.figure("Time with kinds of fusion left out, by that of the fused program", panels, names), reading)


# -- Tiles -------------------------------------------------------------------------------------------------------------

NUMBERS = ["rows", "vectors", "row tiles", "panels", "points", "block", "form", "swapped", "panels inner", "fetches"]


def planned_schedule(sitting, case, batch):
    """The line of the planner's schedule, its numbers, and what stands before and behind them."""
    text = sitting.run("kernel-benchmark", f"--print-model={case}")
    with tempfile.TemporaryDirectory(prefix="sinter-study-") as folder:
        path = os.path.join(folder, "kernel.mlir")
        with open(path, "w") as file:
            file.write(text)
        schedules = sitting.run("sinterc", path, *([f"--batch={batch}"] if batch else []), "--print-schedules")
    found = re.search(r"^(predict/\S+ = #sinter.schedule<contraction, tile = \[)([\d, ]+)(\].*)$", schedules, re.M)
    if not found:
        raise StudyError(f"sinterc planned no product for {case}")
    return found.group(1), [int(value) for value in found.group(2).split(",")], found.group(3)


def sweeps(planned, quick):
    """{name of the sweep: list of tiles}: one or two numbers are changed, all others are the planner's."""
    def changed(**values):
        tile = list(planned)
        for name, value in values.items():
            tile[NUMBERS.index(name.replace("_", " "))] = value
        return tuple(tile)
    if quick:
        return {"register tile": [changed(rows=rows, vectors=2) for rows in (2, 4)], "block": []}
    extent = max(planned[5], 64)
    # 32 vector registers: accumulators, a row of the right operand, and one broadcast value.
    register = [changed(rows=rows, vectors=vectors) for vectors in (1, 2, 3, 4, 6) for rows in range(1, 15)
                if rows * vectors + vectors + 1 <= 32]
    blocks = sorted({*(size for size in (32, 64, 128, 256, 384, 512, 768) if size < extent), extent})
    return {"register tile": register,
            "block": [changed(block=size, form=form) for form in (0, 1) for size in blocks],
            "work item": [changed(row_tiles=tiles, panels=panels) for panels in (1, 2, 4) for tiles in (1, 2, 4, 8, 16)]}


def measure_tiles(sitting, case, batch):
    """{tile: Timing}, the planner's first; tiles that are refused have an error."""
    before, planned, behind = planned_schedule(sitting, case, batch)
    tiles = list(dict.fromkeys(tile for sweep in sweeps(planned, sitting.quick).values() for tile in sweep))
    with tempfile.TemporaryDirectory(prefix="sinter-study-") as folder:
        options = []
        for tile in tiles:
            stem = "_".join(map(str, tile))
            path = os.path.join(folder, stem + ".schedules")
            with open(path, "w") as file:
                file.write(f"sinter-schedules 1\n{before}{', '.join(map(str, tile))}{behind}\n")
            options.append(f"--schedules={path}")
        timings = sitting.measure("kernel-benchmark", f"^{re.escape(case)}(/schedules:.*)?/threads:1/", *options, refusals=True,
                                  shown=f"^{case}/ --schedules=FILE for each line of the table")
    variants = variants_of(timings)[f"{case}/threads:1"]
    if variants[""].error:
        raise StudyError(f"case {case} failed: {variants[''].error}")
    found = {tuple(planned): variants[""]}
    for tile in tiles:
        found.setdefault(tile, variants["_".join(map(str, tile))])
    return planned, found


def tile_panels(case, planned, found):
    def rate(tile):
        timing = found.get(tuple(tile))
        return timing.gflops if timing and timing.times else None
    everything = sweeps(planned, False)
    register, blocks = {}, {}
    for tile in [*everything["register tile"], tuple(planned)]:
        if rate(tile):
            register.setdefault(f"{tile[1]} vector{'s' * (tile[1] > 1)}", {})[tile[0]] = rate(tile)
    for tile in everything["block"]:
        if rate(tile):
            blocks.setdefault(("read in place", "packed")[tile[6]], {})[tile[5]] = rate(tile)
    panels = [svg_plot.LinePanel(f"{case}: register tile", "rows of the register tile", "GFLOP/s",
                                 {name: list(curve.items()) for name, curve in sorted(register.items())})]
    if blocks:
        panels.append(svg_plot.LinePanel(f"{case}: block of the contracted extent", "elements of a block", "GFLOP/s",
                                         {name: list(curve.items()) for name, curve in blocks.items()}, logarithmic=True))
    return panels


def tiles(sitting):
    cases = {"product/NT/64x500x1000": 64} if sitting.quick else {"product/NT/1024x500x1000": 1024,
                                                                  "product/NN/512x512x512/static": None}
    tables, panels, findings = [], [], []
    for case, batch in cases.items():
        planned, found = measure_tiles(sitting, case, batch)
        chosen, measured = found[tuple(planned)], {tile: timing for tile, timing in found.items() if timing.times}
        best = min(measured, key=lambda tile: measured[tile].median)
        order = sorted(found, key=lambda tile: (tile not in measured, measured[tile].median if tile in measured else 0))
        position = order.index(tuple(planned)) + 1
        findings.append(f"{case}: the planner's schedule {planned} takes {figure_of(chosen.median)} us and is number {position} of "
                        f"{len(measured)}; the best, {list(best)}, takes {figure_of(measured[best].median)} "
                        f"({measured[best].median / chosen.median:.2f} of it), the worst {figure_of(max(t.median for t in measured.values()))}."
                        + (f" {len(found) - len(measured)} were refused." if len(found) > len(measured) else ""))
        rows = [[", ".join(map(str, tile)) + (" (planned)" if tile == tuple(planned) else ""), figure_of(found[tile].median),
                 figure_of(found[tile].fastest), percent(found[tile].spread), figure_of(found[tile].gflops),
                 f"{found[tile].median / chosen.median:.2f}"] if tile in measured else
                [", ".join(map(str, tile)), "refused", "", "", "", ""] for tile in order]
        tables.append(Table(["tile", "median, us", "fastest, us", "spread", "GFLOP/s", "ratio"], rows, f"{case}, 1 thread",
                            folded=len(rows) > 30))
        panels += tile_panels(case, planned, found)
    reading = ["The numbers of a tile are, in this order: " + ", ".join(NUMBERS) + " "
               "([what they mean](../generated/dialect.md)); form is 0 (right operand read in place), 1 (packed) or 2 (dot).",
               "One sweep changes rows and vectors of the register tile, one the block of the contracted extent and the form, one the "
               "size of a work item; all other numbers are the planner's.",
               "A ratio is the time by that of the planner's schedule: below 1 another is faster. With some hundred "
               "lines the best of them are partly the luckiest of them: the spread says how much."]
    return Page("Tiles", "How much depends on the numbers of a product's schedule, and does the planner choose well?", findings, tables,
                svg_plot.figure("Products with other schedules, 1 thread: GFLOP/s", panels), reading)


# -- Threads -----------------------------------------------------------------------------------------------------------

def threads(sitting):
    steps = "step/digits/" if sitting.quick else "step/"
    found = dict(sitting.measure("step-benchmark", f"^{steps}"))
    if not sitting.quick:
        kernels = ("product/(NN|NT|TN)/(128|512|1024)x.*static|product/.*/(16|64|1024)x(500|1000)x|product/TN/500x1000x|"
                   "(softmax|layer_norm|layer_norm_backward|bias_gelu|cross_entropy)/(1024x|512x)|adam|column_sum|linear_")
        found.update(sitting.measure("kernel-benchmark", f"^({kernels})"))
    cases = {}
    for name, timing in found.items():
        cases.setdefault(re.sub("/threads:.*", "", name).removeprefix("step/"), {})[thread_count(name)] = timing
    counts = sorted({count for timings in cases.values() for count in timings})
    rows, series = [], {f"{count} threads": {} for count in counts[1:]}
    for case, timings in cases.items():
        alone = timings[1]
        for count in counts:
            timing = timings[count]
            gain = alone.median / timing.median
            rows.append([case, count, figure_of(timing.median), figure_of(timing.fastest), percent(timing.spread), f"{gain:.2f}",
                         f"{alone.fastest / timing.fastest:.2f}"])
            if count > 1:
                series[f"{count} threads"][case] = gain
    most = counts[-1]
    gains = sorted((gain, case) for case, gain in series[f"{most} threads"].items())
    slower = [f"{case} {gain:.2f}" for gain, case in gains if gain < 0.97]
    findings = [f"{most} threads gain least in " + ", ".join(f"{case} {gain:.2f}" for gain, case in gains[:3]) + ", and most in "
                + ", ".join(f"{case} {gain:.2f}" for gain, case in gains[::-1][:3]) + ".",
                f"Slower by more than 3 % with {most} threads: " + ("; ".join(slower) if slower else "none") + "."]
    reading = ["A gain is the time of one thread by that of so many: the number of threads at best. Numbers of threads are 1, 2, 4 ... "
               "up to that of CPUs.",
               "A kernel that is too short to be shared runs in one thread whatever is asked for; a gain of 1 is then what it "
               "should be."]
    header = ["case", "threads", "median, us", "fastest, us", "spread", "gain", "gain by fastest"]
    plot = svg_plot.figure("Gain from threads", [svg_plot.DotPanel(f"on {os.cpu_count()} CPUs", "time of 1 thread by this time",
                                                                   list(cases), series, reference=1)])
    return Page("Threads", "What do more threads gain?", findings, [Table(header, rows, "Steps and kernels")], plot, reading)
