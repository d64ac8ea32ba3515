"""Compares the printed peak with the private memory of a running program.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import re
import subprocess
import sys
import time

program, summary = sys.argv[1:]
peak = int(re.search(r"peak (\d+) bytes", open(summary).read())[1])
with subprocess.Popen([program, "bench", "--threads", "1", "--steps", "1000000"], stdout=subprocess.DEVNULL) as process:
    try:
        private = 0
        for _ in range(200):  # up to 20 seconds, until the first steps are done
            time.sleep(0.1)
            status = open(f"/proc/{process.pid}/status").read()
            now = int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]) * 1024
            if now == private and now >= peak:
                break
            private = now
    finally:
        process.kill()
assert private >= peak, f"{private} bytes are resident, fewer than the peak of {peak}"
print(f"peak {peak} bytes: state and scratch are resident")
assert private - peak < 1 << 20, f"{private} bytes are resident, for a peak of {peak}"
print("private memory is within 1 MiB of it")
