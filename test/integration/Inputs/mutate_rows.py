"""Is every barrier of a kernel of rows needed, that begins sums of columns or whose rows belong to clusters, and what comes after it?

    mutate_rows.py PROGRAM TRAIN-OPTION...

Overwrites instructions of the program's PTX by blanks, in a copy, and trains with the options on the emulated GPU. Prints for
each what the run said, or that its losses are others; a program that is not changed must give the CPU's losses.
"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import csv
import pathlib
import re
import subprocess
import sys

program, options = pathlib.Path(sys.argv[1]), sys.argv[2:]
correct = program.read_bytes()
kernels = {m.group(1).decode(): m.span() for m in
           re.finditer(rb"\.visible \.entry (\w+)\((?:(?!\.visible \.entry)[^\0])*", correct)}
losses_of_rows = [name for name in kernels if re.search(r"_loss_\d+(_sm_90a)?$", name)]
rows = next((name for name in losses_of_rows if name.endswith("_sm_90a")), losses_of_rows[0])
sums = next((name for name in kernels if name.startswith("k_adam_") and name + "_combine" in kernels), None)


def losses(device):
    """Of a training run of the copy; or what it says that goes wrong."""
    run = subprocess.run(["./mutated", "train", *options, "--quiet", "--log-steps", "--log", "mutated.csv", *device],
                         capture_output=True, text=True, check=False)
    if run.returncode:
        return " ".join(run.stderr.split())[:400]
    with open("mutated.csv", newline="", encoding="utf-8") as file:
        return [float(line["loss"]) for line in csv.DictReader(file)]


def finding(text, expected):
    """What a copy with this text does that is wrong; empty if nothing is."""
    pathlib.Path("mutated").write_bytes(text)
    pathlib.Path("mutated").chmod(0o755)
    found = losses(["--device=gpu"])
    if isinstance(found, str):
        return found
    same = all(abs(f - e) <= 1e-5 * abs(e) for f, e in zip(found, expected, strict=True))
    return "" if same else "other losses"


def without(kernel, pattern, which=None, text=correct):
    """The program without occurrence number `which` (None: all) in a kernel; None if there is no such one."""
    begin, end = kernels[kernel]
    matches = list(re.finditer(pattern, correct[begin:end]))
    chosen = matches if which is None else matches[which:which + 1]
    text = bytearray(text)
    for match in chosen:
        text[begin + match.start():begin + match.end()] = b" " * len(match.group())
    return bytes(text) if chosen else None


def report(name, text):
    print(f"{name}: {'nowhere' if text is None else finding(text, reference) or 'not noticed'}")


pathlib.Path("mutated").write_bytes(correct)
pathlib.Path("mutated").chmod(0o755)
reference = losses([])
print(f"unchanged: {finding(correct, reference) or 'right'}")
BARRIER, STORE = rb"bar(rier)?\.sync\s+0;", rb"st\.global[^;]*;"
number = 0
while (text := without(rows, BARRIER, number)) is not None:
    report(f"barrier {number} of rows", text)
    number += 1
if rows.endswith("_sm_90a"):
    ARRIVE, WAIT, SEND = rb"barrier\.cluster\.arrive\.aligned;", rb"barrier\.cluster\.wait\.aligned;", rb"st\.shared::cluster[^;]*;"
    number = 0
    while (text := without(rows, ARRIVE, number)) is not None:
        report(f"barrier {number} of the cluster", without(rows, WAIT, number, text))
        number += 1
    report("what blocks send", without(rows, SEND))
else:
    for name, kernel in (("what rows store", rows), ("sums of parts", sums), ("sums of sums", sums + "_combine")):
        report(name, without(kernel, STORE))
