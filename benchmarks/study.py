#!/usr/bin/env python3
"""Answers one question about performance: runs benchmark programs, and writes a page with a table and a plot.

    benchmarks/study.py --list
    benchmarks/study.py products
    benchmarks/study.py steps --pytorch-python python3 --repetitions 9 --out /tmp/pages

Needs the benchmark programs of a build (preset `release`) and nothing but Python. NAME.md and NAME.svg are written when
all is measured, or not at all. docs/performance says how to measure fairly, and holds what was found.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import sys

sys.dont_write_bytecode = True

import argparse
import shlex

from studies import pages
from studies.fusion import fusion
from studies.measuring import Sitting, StudyError
from studies.rivals import bf16, layouts, products, rows
from studies.shapes import shapes
from studies.steps import steps
from studies.threads import threads
from studies.tiles import tiles
from studies.transformer import transformer

STUDIES = {
    "fusion": (fusion, "kernels and steps with kinds of fusion left out"),
    "tiles": (tiles, "a product with other numbers in its schedule"),
    "layouts": (layouts, "square products whose operands lie transposed, ours and rivals'"),
    "threads": (threads, "steps and kernels with more threads"),
    "products": (products, "products beside OpenBLAS and oneDNN"),
    "shapes": (shapes, "products of random sizes beside OpenBLAS and oneDNN (--seed)"),
    "bf16": (bf16, "products of operands rounded to bf16 and steps with them, beside f32 and oneDNN"),
    "rows": (rows, "softmax, layer norm, GELU, cross-entropy and Adam beside oneDNN"),
    "steps": (steps, "training steps beside PyTorch (--pytorch-python)"),
    "transformer": (transformer, "training steps of a transformer beside PyTorch (--pytorch-python)"),
}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study", nargs="?", metavar="NAME", help="the study to run")
    parser.add_argument("--list", action="store_true", help="show the studies")
    parser.add_argument("--build", default=str(pages.ROOT / "build/release"), metavar="FOLDER",
                        help="folder of the build [build/release]")
    parser.add_argument("--out", default=str(pages.ROOT / "docs/performance"), metavar="FOLDER",
                        help="folder for the page and plot [docs/performance]")
    parser.add_argument("--repetitions", type=int, metavar="N", help="of every case [7; 2 with --quick]")
    parser.add_argument("--quick", action="store_true", help="few cases and short runs: to try, not to quote")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of random sizes, for the study shapes [1]")
    parser.add_argument("--pytorch-python", metavar="CMD", help="a Python that has PyTorch, e.g. python3")
    arguments = parser.parse_args()
    if arguments.repetitions is not None and arguments.repetitions < 1:
        parser.error(f"--repetitions needs a number above 0, found {arguments.repetitions}")
    if not arguments.list and not arguments.study:
        parser.error("which study? --list shows them")
    return arguments


def command_line(arguments):
    words = ["benchmarks/study.py", arguments.study]
    words += ["--quick"] if arguments.quick else []
    words += ["--repetitions", str(arguments.repetitions)] if arguments.repetitions else []
    words += ["--seed", str(arguments.seed)] if arguments.study == "shapes" else []
    words += ["--pytorch-python", "PYTHON"] if arguments.pytorch_python and arguments.study in ("steps", "transformer") else []
    return shlex.join(words)


def study(arguments):
    name = arguments.study
    if name not in STUDIES:
        raise StudyError(f"no study '{name}'; there are {', '.join(STUDIES)}")
    pages.prepare_folder(arguments.out)
    sitting = Sitting(arguments.build, arguments.repetitions, arguments.quick, arguments.pytorch_python, arguments.seed)
    sitting.refuse_slow_build()
    page = STUDIES[name][0](sitting)
    text = pages.markdown(name, page, sitting, command_line(arguments))
    pages.write_whole(arguments.out, {f"{name}.md": text, f"{name}.svg": page.plot})
    for finding in page.findings:
        print(finding)
    print(f"wrote {arguments.out}/{name}.md and {name}.svg")


def main():
    arguments = parse_arguments()
    if arguments.list:
        for name, (_, question) in STUDIES.items():
            print(f"{name:12}{question}")
        return 0
    try:
        study(arguments)
    except StudyError as error:
        print(f"study.py: error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("study.py: interrupted, nothing written", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
