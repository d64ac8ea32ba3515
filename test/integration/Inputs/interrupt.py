"""Runs a training program, sends it a signal once it trains, and demands that it ends with status 130.

    interrupt.py SIGNAL FILE COMMAND...     SIGNAL: SIGINT or SIGTERM; waits for FILE, to which the program writes after
                                            its first epoch
"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import signal
import subprocess
import sys
import time

MORE_THAN_A_HEADER = 200  # bytes


def has_begun(path):
    return os.path.exists(path) and os.path.getsize(path) > MORE_THAN_A_HEADER


def main():
    name, path, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    # A shell's background job ignores SIGINT; the program must not inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(command)
    deadline = time.monotonic() + 60
    while not has_begun(path):
        if process.poll() is not None:
            sys.exit(f"ended with status {process.returncode} before it was interrupted")
        if time.monotonic() > deadline:
            process.kill()
            sys.exit(f"nothing in {path} within a minute")
        time.sleep(0.002)
    process.send_signal(getattr(signal, name))
    status = process.wait(timeout=60)
    if status != 130:
        sys.exit(f"expected status 130, found {status}")


main()
