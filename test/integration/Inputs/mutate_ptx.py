"""Blanks an instruction of the PTX that a program carries:    mutate_ptx.py PROGRAM OUTPUT REGEX

Every match is overwritten with spaces, so that nothing in the program moves. Fails if there is none."""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pathlib
import re
import sys

program, output, pattern = sys.argv[1:]
content, count = re.subn(pattern.encode(), lambda match: b" " * len(match.group()), pathlib.Path(program).read_bytes())
if not count:
    sys.exit(f"{program}: expected {pattern}, found nothing")
pathlib.Path(output).write_bytes(content)
pathlib.Path(output).chmod(0o755)
