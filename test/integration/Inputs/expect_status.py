"""Runs a command and demands its exit status; lit's own `not` takes any failure for another.

    expect_status.py STATUS [--path FOLDERS] COMMAND...    with --path, the command sees this PATH and no other
"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import shutil
import subprocess
import sys


def main():
    wanted, command = int(sys.argv[1]), sys.argv[2:]
    environment = dict(os.environ)
    if command[0] == "--path":
        environment["PATH"] = command[1]
        command = command[2:]
    program = shutil.which(command[0])
    if program is None:
        sys.exit(f"{command[0]}: not found")
    found = subprocess.run([program] + command[1:], env=environment).returncode
    if found != wanted:
        sys.exit(f"expected exit status {wanted}, found {found}: {' '.join(command)}")


main()
