"""Is every wait, commit and barrier of the tensor-core kernels in a compiled program needed?    mutate_products.py PROGRAM [hopper|phases]

Overwrites one at a time, in all kernels that use tensor cores, by blanks (or a wait by one for a group less), in a copy of
the program's PTX, and runs a step on the emulated GPU. Prints what each run said; a program that is not changed must run.
With `hopper` those of kernels that use wgmma; with `phases` those between and in the phases of clusters.
"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import pathlib
import re
import subprocess
import sys

program = pathlib.Path(sys.argv[1])
kind = sys.argv[2] if len(sys.argv) > 2 else "mma"
correct = program.read_bytes()
kernels = [m.span() for m in re.finditer(rb"\.visible \.entry (?:(?!\.visible \.entry)[^\0])*", correct) 
           if {"mma": b"mma.sync", "hopper": b"wgmma", "phases": b"barrier.cluster"}[kind] in m.group()]


def mutated(pattern, replacement, which):
    """The program with occurrence number `which` in each kernel (None: all of them) replaced; None: no kernel has it."""
    text, found = bytearray(correct), False
    for begin, end in kernels:
        for number, match in enumerate(re.finditer(pattern, correct[begin:end])):
            if which is None or number == which:
                new = match.expand(replacement)
                text[begin + match.start():begin + match.end()] = new + b" " * (len(match.group()) - len(new))
                found = True
    return bytes(text) if found else None


def finding(text):
    """What a step says that goes wrong; empty if nothing does."""
    copy = pathlib.Path("mutated").absolute()
    for seed in "12":
        copy.write_bytes(text)
        copy.chmod(0o755)
        environment = dict(os.environ, SINTER_EMULATOR_SEED=seed)
        run = subprocess.run([copy, "bench", "--steps", "1", "--device=gpu"], env=environment, capture_output=True,
                             text=True, check=False)
        if run.returncode:
            return " ".join(run.stderr.split())[:400]
    return ""


print(f"{len(kernels)} kernels; unchanged: {finding(correct) or 'right'}")
MMA = [("all waits", rb"cp\.async\.wait_group\s+\d+;", rb"", None),
             ("a group less waited for", rb"(cp\.async\.wait_group\s+)2;", rb"\g<1>3;", None),
             ("all commits", rb"cp\.async\.commit_group;", rb"", None)]
MMA += [(f"commit {i}", rb"cp\.async\.commit_group;", rb"", i) for i in range(3)]
MMA += [(f"barrier {i}", rb"bar\.sync\s+0;", rb"", i) for i in range(4)]
# Waits are loops around try_wait: one that asks once is none.
WGMMA = [("commits", rb"wgmma\.commit_group\.sync\.aligned;", rb"", None),
         ("waits for products", rb"wgmma\.wait_group\.sync\.aligned\s+\d;", rb"", None),
         ("the last wait for products", rb"wgmma\.wait_group\.sync\.aligned\s+0;", rb"", None),
         ("waits for stages", rb"bra\.uni\s+LAB_WAIT;", rb"", None),
         ("announcements", rb"mbarrier\.arrive\.expect_tx[^;]*;", rb"", None),
         ("signs of readers", rb"mbarrier\.arrive\.shared[^;]*;", rb"", None),
         ("barrier of all", rb"bar(rier)?\.sync\s+0;", rb"", None),
         ("barriers of warps", rb"bar\.warp\.sync[^;]*;", rb"", None)]
CLUSTER = rb"barrier\.cluster\.arrive\.aligned;\s*barrier\.cluster\.wait\.aligned;"
PHASES = [("all barriers of the cluster", CLUSTER, rb"", None),
          ("releases", rb"barrier\.cluster\.arrive\.aligned;", rb"barrier.cluster.arrive.relaxed;", None),
          ("all waits of the cluster", rb"barrier\.cluster\.wait\.aligned;", rb"", None),
          ("barriers of one block instead", CLUSTER, rb"bar.sync 0;", None),
          ("barriers of teams", rb"bar(rier)?\.sync\s+%r\d+,\s*\d+;", rb"", None)]
if kind == "phases":
    most = max(len(re.findall(CLUSTER, correct[begin:end])) for begin, end in kernels)
    PHASES += [(f"barrier {i} of the cluster", CLUSTER, rb"", i) for i in range(most)]
for name, pattern, replacement, which in {"mma": MMA, "hopper": WGMMA, "phases": PHASES}[kind]:
    text = mutated(pattern, replacement, which)
    print(f"{name}: {'nowhere' if text is None else finding(text) or 'not noticed'}")
