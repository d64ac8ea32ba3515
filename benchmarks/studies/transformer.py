"""Training steps of a transformer beside PyTorch's, by turns.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import json
import pathlib
import shlex
import sys
import tempfile

from . import measuring, svg_plot
from .measuring import StudyError, Timing
from .pages import Page, Table, figure_of, percent, threads_text
from .steps import SETTINGS

FOLDER = pathlib.Path(__file__).resolve().parent.parent
MODES = ("eager", "compiled")


def sizes_of(sitting):
    """Sizes of the model, and numbers of rows."""
    if sitting.quick:
        return {"layers": 1, "length": 8, "width": 16, "heads": 2, "characters": 11}, [2]
    return {"layers": 6, "length": 64, "width": 384, "heads": 6, "characters": 65}, [2, 8]


def words_of(sizes):
    return [word for name, size in sizes.items() for word in (f"--{name}", str(size))]


def compiled_model(sitting, sizes, batch, folder):
    text = measuring.run([sys.executable, "-B", str(FOLDER / "transformer.py"), *words_of(sizes)])
    path = pathlib.Path(folder) / f"transformer{batch}"
    path.with_suffix(".mlir").write_text(text)
    sitting.run("sinterc", str(path.with_suffix(".mlir")), "--batch", str(batch), "-o", str(path), "--quiet")
    return str(path)


def json_of(said, command):
    try:
        return json.loads(said[said.index("{"):])
    except ValueError:
        raise StudyError(f"{command} printed no valid report") from None


def our_step(program, threads, steps, timing):
    report = json_of(measuring.run([program, "bench", "--threads", str(threads), "--steps", str(steps), "--json"]), "bench")
    timing.times.append(report["seconds"]["median"] * 1e6)
    timing.flops, timing.bytes = report["flops"], report["bytes"]


def their_step(sitting, sizes, batch, threads, steps, mode, timing):
    arguments = [*words_of(sizes), "--batch", str(batch), "--threads", str(threads), "--steps", str(steps), "--mode", mode]
    script = FOLDER / "pytorch_transformer.py"
    said = measuring.run([*shlex.split(sitting.pytorch), "-", *arguments], script.read_text(), SETTINGS)
    try:
        report = json.loads(said.strip().splitlines()[-1])
        sitting.context["pytorch"] = f"PyTorch {report['version']}, fused attention and AdamW, eager and torch.compile"
        timing.times.append(float(report["median"]) * 1e3)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise StudyError(f"{script.name} printed no valid report: {error!r}") from None


def measure(sitting):
    """{(batch, threads): {whose: Timing}}; a repetition runs each once."""
    sizes, batches = sizes_of(sitting)
    modes = MODES if sitting.pytorch else ()
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for batch in batches:
            program = compiled_model(sitting, sizes, batch, folder)
            for threads in ([1] if sitting.quick else [1, 2]):
                timings = found[batch, threads] = {whose: Timing([]) for whose in ("Sinter", *modes)}
                steps = 2 if sitting.quick else max(10, 80 // batch)
                for _ in range(sitting.repetitions):
                    our_step(program, threads, steps, timings["Sinter"])
                    for mode in modes:
                        their_step(sitting, sizes, batch, threads, steps, mode, timings[mode])
    sitting.note("python3", "benchmarks/transformer.py", *words_of(sizes), ">", "transformer.mlir")
    sitting.note("sinterc", "transformer.mlir", "--batch", "N", "-o", "transformer")
    sitting.note("./transformer", "bench", "--threads", "N", "--json")
    if modes:
        sitting.note("PYTHON", "-", *words_of(sizes), "--batch", "N", "--threads", "N", "--mode", "MODE", "<", "benchmarks/pytorch_transformer.py")
    return sizes, found


def rows_of(found):
    rows = []
    for (batch, threads), timings in found.items():
        ours = timings["Sinter"]
        cells = [batch, threads, figure_of(ours.median / 1e3), figure_of(ours.fastest / 1e3), percent(ours.spread), figure_of(ours.gflops)]
        for mode in MODES:
            if mode in timings:
                theirs = timings[mode]
                cells += [figure_of(theirs.median / 1e3), percent(theirs.spread), f"{theirs.median / ours.median:.2f}",
                          f"{theirs.fastest / ours.fastest:.2f}"]
        rows.append(cells)
    return rows


def findings_of(found):
    ratios = [timings[mode].median / timings["Sinter"].median for timings in found.values() for mode in MODES if mode in timings]
    if not ratios:
        return ["**PyTorch was not measured**: no `--pytorch-python` was given."]
    return [f"PyTorch takes {min(ratios):.2f} to {max(ratios):.2f} times as long."]


def plot(found):
    panels = {}
    for (batch, threads), timings in found.items():
        for whose, timing in timings.items():
            panels.setdefault(threads, {}).setdefault(whose, []).append((batch, batch / timing.median * 1e6))
    drawn = [svg_plot.LinePanel(threads_text(threads), "rows of a batch", "rows per s", series, logarithmic=True)
             for threads, series in sorted(panels.items())]
    return svg_plot.figure("transformer: rows trained per s, more is better", drawn, ["Sinter", *MODES])


def transformer(sitting):
    sizes, found = measure(sitting)
    header = ["batch", "threads", "Sinter, ms", "fastest", "spread", "GFLOP/s"]
    if sitting.pytorch:
        for mode in MODES:
            header += [f"PyTorch {mode}, ms", "spread", "ratio", "ratio of fastest"]
    reading = [
        f"A transformer of {sizes['layers']} blocks of width {sizes['width']} with {sizes['heads']} heads on rows of {sizes['length']} of "
        f"{sizes['characters']} characters: forward, cross-entropy, backward and AdamW, on one batch of random characters.",
        "Sinter computes attention as it is written: products, a mask and softmax. PyTorch has one kernel for it, and one product for "
        "query, key and value.",
        "A repetition is the median of the steps of a process; ours and PyTorch's take turns. A ratio is PyTorch's time by Sinter's.",
        f"PyTorch runs with {SETTINGS['GLIBC_TUNABLES']}. What else a fair comparison takes: [measuring fairly](README.md)."]
    return Page("A transformer beside PyTorch", "How fast is a training step of a transformer, and how fast is PyTorch's?",
                findings_of(found), [Table(header, rows_of(found), "Medians over runs")], plot(found), reading)
