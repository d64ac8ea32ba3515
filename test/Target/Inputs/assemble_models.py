"""Does ptxas take the PTX of all models, without warnings and with few spills or none?    assemble_models.py PTXAS MODELS ARCHITECTURE... [MODEL]..."""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pathlib
import re
import subprocess
import sys

ptxas, models = sys.argv[1], pathlib.Path(sys.argv[2])
architectures = [argument for argument in sys.argv[3:] if argument.startswith("sm_")]
further = [pathlib.Path(argument) for argument in sys.argv[3:] if not argument.startswith("sm_")]
# Bytes that a function may spill. In products whose columns are heads and their parts there are more indices than
# 128 registers of a thread have room for beside its 64 sums.
SPILLS = {"transformer": 200}
faults = []
cases = [(model, architecture, f32) for model in [*sorted(models.glob("*.mlir")), *further] for architecture in architectures
         for f32 in (["exact", "tf32"] if model.stem in ("big_model", "mnist") else ["exact"])]
for model, architecture, f32 in cases:
    name = f"{model.stem} {architecture}" + (" tf32" if f32 == "tf32" else "")
    subprocess.run(["sinterc", model, "--target=nvptx", f"--gpu={architecture}", f"--gpu-f32={f32}", "--emit=ptx",
                    "-o", "code.ptx", "--quiet", "--batch=1024"], check=True)
    result = subprocess.run([ptxas, "-v", "-arch", architecture, "code.ptx", "-o", "code.cubin"],
                            capture_output=True, text=True, check=False)
    text = result.stdout + result.stderr
    spills = [line for line in text.splitlines()
              if any(int(size) > SPILLS.get(model.stem, 0) for size in re.findall("([0-9]+) bytes spill", line))]
    warnings = [line for line in text.splitlines() if re.search("warning|error|C75", line, re.IGNORECASE)]
    faults += [f"{name}: {line}" for line in spills + warnings]
    if result.returncode:
        faults.append(f"{name}: ptxas ended with status {result.returncode}")
    print(f"{name}: {text.count('Used ')} kernels")
if faults:
    sys.exit("\n".join(faults))
