"""Products and row kernels, ours beside those of OpenBLAS and oneDNN; and what layouts cost each of them.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import re
import statistics

from . import svg_plot
from .measuring import StudyError, thread_count
from .pages import Page, Table, figure_of, percent, threads_text

PROGRAM = "rival-benchmark"
TITLES = {"sinter": "Sinter", "openblas": "OpenBLAS", "onednn": "oneDNN", "onednn_sgemm": "oneDNN sgemm",
          "onednn_packed": "oneDNN, weight packed before", "onednn_rounded": "oneDNN, rounded before",
          "panels": "packed panels"}
# Packing or rounding is outside of the timed call, and weights change in every training step: shown, and not the rival
# to beat. Nor are multiply-adds that compute no product.
PANELS = "panels"
UNFAIR = {"onednn_packed", "onednn_rounded", PANELS}


def measure_kernels(sitting, pattern, threads=r"[0-9]+"):
    """{(kernel, threads): {whose: Timing}}; the sides of a kernel are measured in one process, at random in between
    each other, and kernels one after another."""
    kernels = dict.fromkeys(name.rsplit("/", 2)[0] for name in sitting.cases(PROGRAM, pattern))
    if not kernels:
        raise StudyError(f"{PROGRAM} has no case that matches {pattern}")
    found = {}
    for kernel in kernels:
        timings = sitting.measure(PROGRAM, f"^{re.escape(kernel)}/[a-z_]+/threads:{threads}/",
                                  shown="^KERNEL/ for each KERNEL of the table")
        for name, timing in timings.items():
            whose = name.rsplit("/", 2)[1]
            found.setdefault((kernel, thread_count(name)), {})[whose] = timing
    return found


def fair_rivals(sides):
    return {whose: timing for whose, timing in sides.items() if whose != "sinter" and whose not in UNFAIR}


def best_rival(sides):
    """The name and timing of the fastest other side, by medians."""
    return min(fair_rivals(sides).items(), key=lambda item: item[1].median, default=(None, None))


def finding_of(threads, ratios):
    """`ratios` is {kernel: (the best rival's time by ours, its name)}."""
    values = [ratio for ratio, _ in ratios.values()]
    behind = sorted((ratio, kernel, whose) for kernel, (ratio, whose) in ratios.items() if ratio < 0.97)
    sentence = (f"{threads_text(threads)}: against the best rival of each of {len(ratios)} kernels the ratio is "
                f"{statistics.geometric_mean(values):.2f} in the geometric mean, {min(values):.2f} to {max(values):.2f}; "
                f"Sinter is behind by more than 3 % in {len(behind)}")
    worst = [f"{kernel} {ratio:.2f} ({TITLES.get(whose, whose)})" for ratio, kernel, whose in behind[:5]]
    return sentence + (", most in " + ", ".join(worst) if worst else "") + "."


def findings_of(found):
    """Who is ahead, in numbers."""
    findings = []
    for threads in sorted({key[1] for key in found}):
        ratios = {}
        for (kernel, count), sides in found.items():
            whose, best = best_rival(sides)
            if count == threads and best:
                ratios[kernel] = (best.median / sides["sinter"].median, whose)
        if ratios:
            findings.append(finding_of(threads, ratios))
    return findings or ["No rival was found when the benchmarks were configured."]


def ratios_to_best(sides):
    """The two last cells of a line."""
    rivals, ours = fair_rivals(sides), sides["sinter"]
    if not rivals:
        return ["", ""]
    return [f"{min(timing.median for timing in rivals.values()) / ours.median:.2f}",
            f"{min(timing.fastest for timing in rivals.values()) / ours.fastest:.2f}"]


def share_of_panels(sides):
    """Our rate by that of packed panels, which are rounded up to whole tiles."""
    return sides["sinter"].gflops / sides[PANELS].gflops


def products_of(found, threads, least):
    """The sides of each product whose extents are all `least` and more."""
    return {kernel: sides for (kernel, count), sides in found.items()
            if count == threads and min(map(int, kernel.split("/")[2].split("x"))) >= least}


def share_of_peak(timing, threads, peak):
    """Of what that many cores could do, fastest run by fastest run."""
    return timing.most_gflops / (threads * peak.most_gflops)


def finding_of_peak(found, threads, peak, least=128, near=0.95):
    """How near products come to multiply-adds in registers, and how near the best rival does."""
    shares, of_rivals = {}, []
    for kernel, sides in products_of(found, threads, least).items():
        shares[kernel] = share_of_peak(sides["sinter"], threads, peak)
        of_rivals += [max(share_of_peak(timing, threads, peak) for timing in fair_rivals(sides).values())] \
            if fair_rivals(sides) else []
    if not shares:
        return []
    rivals = f" (the best rival of each: {percent(statistics.geometric_mean(of_rivals))})" if of_rivals else ""
    lowest = sorted(shares, key=shares.get)[:3]
    return [f"{threads_text(threads)}: {len(shares)} products of {least} and more in every extent run at "
            f"{percent(statistics.geometric_mean(shares.values()))} of the peak of multiply-adds in the geometric mean{rivals}, "
            f"{sum(share >= near for share in shares.values())} of them at {percent(near)} or more; least "
            + ", ".join(f"{kernel} {percent(shares[kernel])}" for kernel in lowest) + ". By fastest runs."]


def finding_of_panels(found, threads, least=128):
    """How near products whose extents are all `least` and more come to the rate of packed panels."""
    shares = {kernel: share_of_panels(sides) for kernel, sides in products_of(found, threads, least).items()
              if PANELS in sides}
    if not shares:
        return []
    lowest = sorted(shares, key=shares.get)[:3]
    return [f"{threads_text(threads)}: {len(shares)} products of {least} and more in every extent run at "
            f"{percent(statistics.geometric_mean(shares.values()))} of the rate of packed panels in the geometric mean, least at "
            + ", ".join(f"{kernel} {percent(shares[kernel])}" for kernel in lowest) + "."]


def summary_table(found, rate, peak=None):
    """One line a kernel; with the peak of a core, which share of that it reaches."""
    shown = {whose for sides in found.values() for whose in sides}
    others = [whose for whose in TITLES if whose in shown - {"sinter", PANELS}]
    header = ["kernel", "threads", "Sinter, us", "fastest", "spread", rate]
    header += ["of peak"] if peak else []
    header += ["packed panels, GFLOP/s", "of it"] if PANELS in shown else []
    header += [f"{TITLES[whose]}, us" for whose in others] + (["ratio", "ratio of fastest"] if others else [])
    rows = []
    for (kernel, threads), sides in found.items():
        ours = sides["sinter"]
        cells = [kernel, threads, figure_of(ours.median), figure_of(ours.fastest), percent(ours.spread),
                 figure_of(ours.gflops if rate == "GFLOP/s" else ours.gbytes)]
        if peak:
            cells.append(percent(share_of_peak(ours, threads, peak)))
        if PANELS in shown:
            cells += [figure_of(sides[PANELS].gflops), percent(share_of_panels(sides))] if PANELS in sides else ["", ""]
        cells += [figure_of(sides[whose].median) if whose in sides else "" for whose in others]
        rows.append(cells + (ratios_to_best(sides) if others else []))
    return Table(header, rows, "Medians")


def full_table(found):
    rows = [[kernel, threads, TITLES.get(whose, whose), figure_of(timing.median), figure_of(timing.fastest),
             percent(timing.spread), figure_of(timing.gflops), figure_of(timing.gbytes), f"{timing.cpus:.2f}",
             f"{timing.median / sides['sinter'].median:.2f}"]
            for (kernel, threads), sides in found.items() for whose, timing in sides.items()]
    header = ["kernel", "threads", "whose", "median, us", "fastest, us", "spread", "GFLOP/s", "GB/s", "CPUs", "ratio"]
    return Table(header, rows, "Every side: median, fastest, spread", folded=True)


READING = [
    "Times are medians of one call, spread is the distance of the quartiles as a share of the median. A ratio is the "
    "rival's time by Sinter's: above 1 Sinter is faster. That at the end of a line is of the rival with the best median; "
    "\"ratio of fastest\" compares the fastest runs of both sides, which a busy machine disturbs less.",
    "All sides read the same operands and were checked to compute the same result with the number of threads asked for. "
    "\"CPUs\" is processor time by wall time: less than the threads asked for is a library's choice for a small call, or "
    "a machine that was busy.",
    "Operations are counted by Sinter's kernel table for all sides."]
PRODUCTS = (
    "`product/LAYOUT/MxNxK`: an [M, N] result; NT is a forward pass (x W^T), NN an input gradient, TN a weight gradient, "
    "TT none of training's; `static` where the compiler knows all extents.")
PEAK = (
    "\"Of peak\" is the fastest run's rate by the fastest of multiply-adds in registers (`kernel-benchmark "
    "--benchmark_filter=^peak/`), times the threads.")
PACKED_PANELS = (
    "\"Packed panels\" are the multiply-adds alone: register tiles (6 rows of 4 vectors with AVX-512), written in C++, on "
    "operands that are packed already, in between the others' calls: no packing, no remainder, no epilogue. It is the rate "
    "of one program, no proof that none is faster; products may exceed it, with another tile.")
ONEDNN_PRODUCTS = (
    "\"oneDNN\" is its matmul primitive on plain matrices, \"oneDNN sgemm\" its BLAS-like function. \"Weight packed "
    "before\" multiplies by a weight that was brought into the library's own format outside of the timed call: weights "
    "change in every training step, so it is not counted as a rival to beat.")
BYTES = (
    "Bytes are those that must move if nothing stays in a cache between kernels: each operand of a kernel once.")
ONEDNN_ROWS = (
    "oneDNN's layer_norm_backward is given mean and variance by a forward pass that is not timed, Sinter's computes them "
    "anew: that favours oneDNN. bias_gelu is its addition with the exact GELU as post-operation. It has neither Adam nor "
    "cross-entropy.")


def plot(found, title, rate, unit):
    cases = list(dict.fromkeys(kernel.replace("/static", "") for kernel, _ in found))
    panels = []
    for threads in sorted({key[1] for key in found}):
        series = {}
        for (kernel, count), sides in found.items():
            if count == threads:
                for whose, timing in sides.items():
                    series.setdefault(TITLES.get(whose, whose), {})[kernel.replace("/static", "")] = rate(timing)
        panels.append(svg_plot.DotPanel(threads_text(threads), unit, cases, series))
    return svg_plot.figure(title, panels, list(TITLES.values()))


def products(sitting):
    found = measure_kernels(sitting, "product/../64x64x64/" if sitting.quick else "product/(NN|NT|TN)/")
    question = "How fast are products of f32 matrices, and how fast are other libraries?"
    picture = plot(found, "Products: GFLOP/s, more is better", lambda timing: timing.gflops, "GFLOP/s")
    limits = [line for threads in sorted({key[1] for key in found})
              for line in finding_of_peak(found, threads, sitting.peak) + finding_of_panels(found, threads)]
    return Page("Products beside OpenBLAS and oneDNN", question, findings_of(found) + limits,
                [summary_table(found, "GFLOP/s", sitting.peak), full_table(found)], picture,
                [PRODUCTS, *READING, PEAK, PACKED_PANELS, ONEDNN_PRODUCTS])


ROUNDED = (
    "`product_bf16/...`: the same of operands that are rounded to bf16 first, both from f32; sums and results are f32. "
    "Sinter rounds where it packs or in kernels of their own, oneDNN by its reorder primitive, all within the timed call. "
    "\"Rounded before\" is its matmul alone, of operands that are bf16 already.")


def gains_of(found):
    """Times of f32 by those of bf16, of the kernels that were measured with both."""
    lines, findings = [], []
    for threads in sorted({key[1] for key in found}):
        gains = {}
        for (kernel, count), sides in found.items():
            other = found.get((kernel.replace("product/", "product_bf16/"), count))
            if count == threads and other and other is not sides:
                ours, best = sides["sinter"].median / other["sinter"].median, best_rival(other)[1]
                theirs = f"{best_rival(sides)[1].median / best.median:.2f}" if best else ""
                gains[kernel] = ours
                lines.append([kernel, threads, figure_of(sides["sinter"].median), figure_of(other["sinter"].median),
                              f"{ours:.2f}", theirs])
        if gains:
            least = min(gains, key=gains.get)
            findings.append(f"{threads_text(threads)}: bf16 is {statistics.geometric_mean(gains.values()):.2f} times as "
                            f"fast as f32 in the geometric mean of {len(gains)} kernels, {min(gains.values()):.2f} "
                            f"({least}) to {max(gains.values()):.2f}.")
    header = ["kernel", "threads", "f32, us", "bf16, us", "gain", "gain of the best rivals"]
    return findings, Table(header, lines, "What bf16 gains: the time of f32 by that of bf16")


def steps_of_both(sitting):
    """A finding for each number of threads, and a table: whole training steps of the perceptron with either product."""
    batches = "64" if sitting.quick else "[0-9]+"
    timings = sitting.measure("step-benchmark", f"^step/big_model(_bf16)?/batch:({batches})/")
    lines, gains = [], {}
    for name, timing in timings.items():
        other = timings.get(name.replace("big_model/", "big_model_bf16/"))
        if other and other is not timing:
            batch = int(name.split("batch:")[1].split("/")[0])
            gain = timing.median / other.median
            gains.setdefault(thread_count(name), {})[batch] = gain
            lines.append([batch, thread_count(name), figure_of(timing.median), figure_of(other.median), f"{gain:.2f}"])
    findings = [f"{threads_text(threads)}: a training step of big_model takes f32 " + ", ".join(
        f"{gain:.2f} times as long as bf16 at batch {batch}" for batch, gain in sorted(by_batch.items())) + "."
        for threads, by_batch in sorted(gains.items())]
    header = ["batch", "threads", "f32, us", "bf16, us", "gain"]
    return findings, Table(header, lines, "Training steps of the perceptron 1000-500-100-10 with Adam")


def bf16(sitting):
    shapes = r"NN/64x64x64/" if sitting.quick else (
        r"(NN|NT|TN)/((64|256|512|1024|2048)x[0-9]+x[0-9]+/static|[0-9]+x(500|1000)x[0-9]+)/")
    found = measure_kernels(sitting, f"product(_bf16)?/{shapes}")
    gains, table = gains_of(found)
    steps, steps_table = steps_of_both(sitting)
    rounded = {key: sides for key, sides in found.items() if key[0].startswith("product_bf16/")}
    question = "How fast are products of operands that are rounded to bf16, beside those of f32 and beside oneDNN?"
    picture = plot(rounded, "Products of bf16: GFLOP/s, more is better", lambda timing: timing.gflops, "GFLOP/s")
    return Page("Products of bf16", question, gains + steps + findings_of(rounded),
                [table, steps_table, summary_table(rounded, "GFLOP/s"), full_table(found)], picture, [PRODUCTS, ROUNDED, *READING])


def rows(sitting):
    kinds = "softmax|layer_norm|layer_norm_backward|bias_gelu|cross_entropy|adam"
    found = measure_kernels(sitting, "^softmax/1024x768/" if sitting.quick else f"^({kinds})/")
    question = "How fast is what works on rows, and on parameters, and how fast is oneDNN?"
    picture = plot(found, "Row kernels: GB/s, more is better", lambda timing: timing.gbytes, "GB/s")
    return Page("Row kernels beside oneDNN", question, findings_of(found),
                [summary_table(found, "GB/s"), full_table(found)], picture, [*READING, BYTES, ONEDNN_ROWS])


def layout_rates(found):
    """{whose: {size: {layout: GFLOP/s}}} of square products."""
    rates = {}
    for (kernel, _), sides in found.items():
        _, layout, extents, _ = kernel.split("/")
        for whose, timing in sides.items():
            if whose not in UNFAIR:
                rates.setdefault(whose, {}).setdefault(int(extents.split("x")[0]), {})[layout] = timing.gflops
    return rates


def layouts(sitting):
    sizes = "64|128" if sitting.quick else "64|128|256|512|1024|2048"
    found = measure_kernels(sitting, f"product/../({sizes})x[0-9]+x[0-9]+/static/", threads="1")
    rates, names = layout_rates(found), ["NN", "NT", "TN", "TT"]
    highest = max(rate for sizes in rates.values() for by_layout in sizes.values() for rate in by_layout.values())
    panels, findings, lines = [], [], []
    for whose, sizes in rates.items():
        curves = {layout: [(size, by_layout[layout]) for size, by_layout in sizes.items()] for layout in names}
        panels.append(svg_plot.LinePanel(TITLES[whose], "rows = columns", "GFLOP/s", curves, logarithmic=True,
                                         highest=highest))
        costs = []
        for size, by_layout in sorted(sizes.items()):
            slowest = min(by_layout, key=by_layout.get)
            costs.append((by_layout[slowest] / max(by_layout.values()), size, slowest))
            lines.append([TITLES[whose], size, *[figure_of(by_layout[layout]) for layout in names],
                          f"{slowest} {costs[-1][0]:.2f}"])
        share, size, layout = min(costs)
        findings.append(f"{TITLES[whose]}: the layout costs most at {size} x {size}, where {layout} reaches {share:.2f} "
                        "of the best layout's rate.")
    table = Table(["whose", "size", *names, "slowest by best"], lines, "GFLOP/s by medians, 1 thread")
    return Page("Layouts", "What does it cost when an operand of a product lies transposed in memory?", findings,
                [table, full_table(found)], svg_plot.figure("Square products, 1 thread: GFLOP/s by layout", panels),
                [PRODUCTS, *READING])
