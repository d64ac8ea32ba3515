"""Cases that kernel-benchmark and step-benchmark run in several variants (--no-fuse, --schedules).

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import re


def split_variant(name):
    """"a/no-fuse:rows/b" is ("a/b", "rows"); of the compiler's own choice the second is empty."""
    found = re.search(r"/(?:no-fuse|schedules):([^/]+)", name)
    return (name.replace(found.group(0), ""), found.group(1)) if found else (name, "")


def variants_of(timings):
    """{case: {variant: Timing}}"""
    cases = {}
    for name, timing in timings.items():
        case, variant = split_variant(name)
        cases.setdefault(case, {})[variant] = timing
    return cases
