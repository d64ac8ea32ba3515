"""Products of random sizes and layouts beside OpenBLAS and oneDNN: nobody can have chosen a schedule for these by hand.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import math
import random
import re
import statistics

from . import svg_plot
from .measuring import thread_count
from .pages import Page, threads_text
from .rivals import (ONEDNN_PRODUCTS, PEAK, PROGRAM, PRODUCTS, READING, best_rival, finding_of_peak, full_table,
                     summary_table)

# Extents of the result's rows, and of its columns and of what is added up; each group has as many products.
GROUPS = {"few rows": ((2, 48), (8, 1000)), "medium": ((16, 512), (16, 700)), "large": ((64, 2048), (64, 2048))}
MOST_FLOP, LEAST_FLOP = 1e9, 1e5
DRAWN = (
    "Layout and extents are drawn at random (Python's generator; the seed is `--seed`, 1 unless given): extents such that "
    "each factor of two is as likely, rows of the result from 2 to 48 in the first group, 16 to 512 in the second, 64 to "
    f"2048 in the third; what takes less than {LEAST_FLOP:.0e} or more than {MOST_FLOP:.0e} operations is drawn again.")


def draw(rng, rows, others):
    """The name of a product, as `rival-benchmark --product` takes it."""
    def extent(low, high):
        return round(math.exp(rng.uniform(math.log(low), math.log(high))))
    while True:
        layout, m, n, k = rng.choice(("NN", "NT", "TN")), extent(*rows), extent(*others), extent(*others)
        if LEAST_FLOP <= 2 * m * n * k <= MOST_FLOP:
            return f"{layout}/{m}x{n}x{k}"


def measure_product(sitting, product):
    """{(kernel, threads): {whose: Timing}} of our side and of the rivals that pack within the timed call."""
    sides = "(sinter|openblas|onednn|onednn_sgemm)"
    threads = "1" if sitting.quick else "[0-9]+"
    timings = sitting.measure(PROGRAM, f"^product/{re.escape(product)}/{sides}/threads:{threads}/", f"--product={product}",
                              seconds=0.01, noted=False)
    found = {}
    for name, timing in timings.items():
        found.setdefault((f"product/{product}", thread_count(name)), {})[name.rsplit("/", 2)[1]] = timing
    return found


def finding_of(threads, group, ratios):
    """`ratios` is {kernel: (the best rival's median by ours, and of the fastest runs)}."""
    medians, fastest = zip(*ratios.values())
    worst = sorted(ratios, key=lambda kernel: ratios[kernel][1])[:3]
    return (f"{threads_text(threads)}, {group}: against the best rival of each of {len(ratios)} products the ratio is "
            f"{statistics.geometric_mean(medians):.2f} by medians and {statistics.geometric_mean(fastest):.2f} by fastest "
            f"runs, in the geometric mean; Sinter is behind in {sum(ratio < 1 for ratio in medians)} and "
            f"{sum(ratio < 1 for ratio in fastest)} of them, by fastest runs most in "
            + ", ".join(f"{kernel.removeprefix('product/')} ({ratios[kernel][1]:.2f})" for kernel in worst) + ".")


def shapes(sitting):
    rng = random.Random(sitting.seed)
    count, found, findings, panels = 1 if sitting.quick else 30, {}, [], []
    sitting.note(f"build/release/bin/{PROGRAM}", "--product=LAYOUT/MxNxK", "--benchmark_filter=^product/LAYOUT/MxNxK/",
                 f"--benchmark_repetitions={sitting.repetitions}", "--benchmark_enable_random_interleaving=true")
    for group, extents in GROUPS.items():
        ratios = {}
        for product in sorted({draw(rng, *extents) for _ in range(count)}):
            for key, sides in measure_product(sitting, product).items():
                found[key] = sides
                best = best_rival(sides)[1]
                if best:
                    fastest = min(timing.fastest for whose, timing in sides.items() if whose != "sinter")
                    ratios.setdefault(key[1], {})[key[0]] = (best.median / sides["sinter"].median,
                                                             fastest / sides["sinter"].fastest)
        for threads, by_kernel in sorted(ratios.items()):
            findings.append(finding_of(threads, group, by_kernel))
            cases = sorted(by_kernel, key=lambda kernel: by_kernel[kernel][1])
            series = {name: {kernel.removeprefix("product/"): by_kernel[kernel][index] for kernel in cases}
                      for index, name in enumerate(("of medians", "of fastest runs"))}
            panels.append(svg_plot.DotPanel(f"{group}, {threads_text(threads)}", "the best rival's time by Sinter's",
                                            list(series["of medians"]), series, reference=1))
    limits = [line for threads in sorted({key[1] for key in found}) for line in finding_of_peak(found, threads, sitting.peak)]
    if not findings:
        findings = ["No rival was found when the benchmarks were configured."]
        rates = {kernel: sides["sinter"].gflops for (kernel, _), sides in found.items()}
        panels = [svg_plot.DotPanel("Sinter", "GFLOP/s", list(rates), {"Sinter": rates})]
    return Page("Products of random sizes", "How fast are products of sizes that nobody has chosen, beside OpenBLAS and oneDNN?",
                findings + limits, [summary_table(found, "GFLOP/s", sitting.peak), full_table(found)],
                svg_plot.figure("Random products: above 1, Sinter is faster", panels),
                [DRAWN, PRODUCTS, *READING, PEAK, ONEDNN_PRODUCTS])
