"""Does ptxas take the kernel that gathers rows, as it stands in a program?    assemble_gather.py PTXAS PROGRAM ARCHITECTURE..."""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pathlib
import subprocess
import sys

ptxas, program, architectures = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
# The runtime's text is a string of its own, between zeros.
texts = [text for text in program.read_bytes().split(b"\0") if b".entry sinter_gather(" in text]
if len(texts) != 1:
    sys.exit(f"expected one text with the kernel in {program}, found {len(texts)}")
code = pathlib.Path("gather.ptx")
code.write_bytes(texts[0][texts[0].index(b".version"):])
for architecture in architectures:
    result = subprocess.run([ptxas, "-v", "-arch", architecture, code, "-o", "gather.cubin"],
                            capture_output=True, text=True, check=False)
    text = result.stdout + result.stderr
    if result.returncode or "warning" in text.lower():
        sys.exit(f"{architecture}: {text}")
    print(f"{architecture}: {text.count('Compiling entry function')} kernel")
