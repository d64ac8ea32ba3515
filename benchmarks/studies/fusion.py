"""The same step, the same kernel, with kinds of fusion left out.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import re

from . import svg_plot
from .measuring import StudyError, thread_count
from .pages import Page, Table, figure_of, percent, threads_text
from .variants import variants_of

KINDS = ["epilogues", "updates", "rows", "partials", "columns", "maps"]
ALL = ",".join(KINDS)
STEPS = "step/(digits|mnist|dropout_norm|big_model/.*batch:(64|1024))"
KERNELS = ("^(softmax|layer_norm|layer_norm_backward|bias_gelu|cross_entropy)/(1024x(768|1000|1024|3072)|512x4096)"
           "|^(linear_|adam/1048576)")

READING = [
    "\"left out\" are kinds of fusion, as `--no-fuse` names them; only those that change the number of kernels of a case are "
    "measured. \"kernels\" is the number of launches of one call.",
    "A ratio is the time by that of the fused program in the line with \"nothing\": above 1 fusion pays."]


def differing_variants(sitting, program, pattern):
    """{case: variants with another number of kernels}, found by running everything once."""
    options = [f"--no-fuse={kinds}" for kinds in [*KINDS, ALL]]
    timings = sitting.measure(program, pattern, *options, seconds=1e-9, repetitions=1, noted=False)
    differing = {}
    for case, variants in variants_of(timings).items():
        names = [name for name in variants if name and variants[name].launches != variants[""].launches]
        if names:
            differing[case] = names
    return differing


def measure_fusion(sitting, program, pattern):
    """{case: {kinds left out: Timing}}; the variants of a case at random in between each other."""
    found = {}
    for case, kinds in differing_variants(sitting, program, pattern).items():
        model, arguments = re.fullmatch("(.*?)((?:/batch:[0-9]+)?/threads:[0-9]+)", case).groups()
        regex = f"^{re.escape(model)}(/no-fuse:({'|'.join(kinds)}))?{re.escape(arguments)}/"
        options = [f"--no-fuse={kind}" for kind in kinds]
        found.update(variants_of(sitting.measure(program, regex, *options,
                                                 shown="^CASE(/no-fuse:KINDS)?/ --no-fuse=KINDS for each line of the table")))
    return found


def measure_all(sitting):
    if sitting.quick:
        return measure_fusion(sitting, "step-benchmark", "step/digits/.*threads:1/")
    found = measure_fusion(sitting, "step-benchmark", f"({STEPS}).*threads:[12]/")
    found.update(measure_fusion(sitting, "kernel-benchmark", f"({KERNELS}).*threads:[12]/"))
    return {case.removeprefix("step/"): variants for case, variants in found.items()}


def name_of(kinds):
    return "all kinds" if kinds == ALL else kinds or "nothing"


def plot(ratios):
    """`ratios` is {(case, kinds): ratio}."""
    panels = {}
    for (case, kinds), ratio in ratios.items():
        series = panels.setdefault(thread_count(case), {})
        series.setdefault(name_of(kinds), {})[re.sub("/threads:.*", "", case)] = ratio
    drawn = []
    for threads, series in sorted(panels.items()):
        cases = list(dict.fromkeys(case for values in series.values() for case in values))
        drawn.append(svg_plot.DotPanel(threads_text(threads), "time by that of the fused program", cases, series, reference=1))
    return svg_plot.figure("Time with kinds of fusion left out, by that of the fused program", drawn, [*KINDS, "all kinds"])


def findings_of(ratios):
    together = sorted((ratio, case) for (case, kinds), ratio in ratios.items() if kinds == ALL)
    least, most = together[0], together[-1]
    slower = [f"{case} without {name_of(kinds)} {ratio:.2f}" for (case, kinds), ratio in ratios.items() if ratio < 0.97]
    return [f"Without any fusion, what is measured here takes {least[0]:.2f} ({least[1]}) to {most[0]:.2f} ({most[1]}) times "
            "as long.",
            "Faster by more than 3 % with a kind left out: " + ("; ".join(slower) or "none") + "."]


def fusion(sitting):
    found = measure_all(sitting)
    rows, ratios = [], {}
    for case, variants in found.items():
        fused = variants[""]
        for kinds, timing in variants.items():
            ratio = timing.median / fused.median
            rows.append([case, name_of(kinds), timing.launches, figure_of(timing.median), figure_of(timing.fastest),
                         percent(timing.spread), f"{ratio:.2f}", f"{timing.fastest / fused.fastest:.2f}"])
            if kinds:
                ratios[case, kinds] = ratio
    if not ratios:
        raise StudyError("no kind of fusion makes a difference to any case")
    header = ["case", "left out", "kernels", "median, us", "fastest, us", "spread", "ratio", "ratio of fastest"]
    return Page("Fusion", "What is each kind of fusion worth, to a kernel and to a whole step?", findings_of(ratios),
                [Table(header, rows, "Fused and unfused")], plot(ratios), READING)
