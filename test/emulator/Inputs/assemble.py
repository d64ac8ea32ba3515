"""Does NVIDIA's assembler take the PTX of all tests of instructions?    assemble.py PTXCONFORMANCE"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ptxas = shutil.which("ptxas") or shutil.which("ptxas", path="/usr/local/cuda/bin")
if not ptxas:
    print("ptxas is not there")
    sys.exit(77)


def fault(path):
    result = subprocess.run([ptxas, "-arch", "sm_90a", path, "-o", path.with_suffix(".cubin")], capture_output=True,
                            text=True, check=False)
    return f"{path.read_text()}\n{result.stdout}{result.stderr}" if result.returncode else ""


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    subprocess.run(sys.argv[1], env=dict(os.environ, SINTER_PTX_FOLDER=name), stdout=subprocess.DEVNULL, check=True)
    texts = sorted(folder.glob("*.ptx"))
    with concurrent.futures.ThreadPoolExecutor() as pool:
        faults = [text for text in pool.map(fault, texts) if text]
print(f"{len(texts)} texts, {len(faults)} refused")
sys.exit("\n".join(faults[:3]) if faults or not texts else 0)
