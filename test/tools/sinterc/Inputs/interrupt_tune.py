"""Interrupts a tuning after its first round. Usage: interrupt_tune.py COMMAND...

It must end by itself, with status 130, long before its time is over.
"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import signal
import subprocess
import sys

# A shell's background job ignores SIGINT; the program must not inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
process = subprocess.Popen(sys.argv[1:], stderr=subprocess.PIPE, text=True)
for line in process.stderr:
    if line.startswith("round 1 of "):
        break
process.send_signal(signal.SIGINT)
rest = process.stderr.read()
assert process.wait(timeout=120) == 130, (process.returncode, rest)
assert "wrote " in rest, rest
