#!/usr/bin/env python3
"""Do the includes between the rooms of the tree point the way docs/architecture.md says? Run as a test.

    check-layering.py [ROOT]

Interfaces <- Dialect <- Analysis <- Transforms <- Conversion <- Target <- Report <- Pipelines <- tools. Conversions do not
include each other. Reference sees Interfaces and Dialect. The runtime (include/sinter-rt, lib/Runtime) sees no LLVM and none of
the compiler; the compiler sees of the runtime only its public headers, and those only from Target, Pipelines and tools. The
emulator (include/sinter/Emulator, lib/Emulator) sees the standard library alone, and only tests and benchmarks see it.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import pathlib
import re
import sys

ORDER = ["Interfaces", "Dialect", "Analysis", "Transforms", "Conversion", "Target", "Report", "Pipelines", "tools"]
# Side rooms: what they may see beside themselves.
SIDE_ROOMS = {"Reference": {"Interfaces", "Dialect"}, "Frontend": {"Interfaces", "Dialect"}}
# Who may see a side room.
SEES_SIDE_ROOMS = {"Pipelines", "tools"}
SEES_RUNTIME = {"Conversion", "Target", "Pipelines", "tools"}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)


def room_of(path: pathlib.Path, root: pathlib.Path):
    parts = path.relative_to(root).parts
    if parts[:2] == ("lib", "Runtime") or parts[:2] == ("include", "sinter-rt"):
        return "Runtime"
    if parts[0] == "lib":
        return parts[1]
    if parts[:2] == ("include", "sinter"):
        return parts[2]
    if parts[0] == "tools":
        return "Runtime" if parts[1] == "sinter-train" else "tools"
    return None


def allowed(room: str, target: str) -> bool:
    if room == target:
        return True
    if target in SIDE_ROOMS:
        return room in SEES_SIDE_ROOMS
    if room in SIDE_ROOMS:
        return target in SIDE_ROOMS[room]
    return ORDER.index(target) <= ORDER.index(room)


def faults_of(path: pathlib.Path, root: pathlib.Path):
    room = room_of(path, root)
    if room is None:
        return
    for included in INCLUDE.findall(path.read_text()):
        parts = included.split("/")
        if room == "Emulator":
            if parts[0] in ("mlir", "llvm", "sinter-rt") or (parts[0] == "sinter" and parts[1] != "Emulator"):
                yield f"the emulator includes {included}"
            continue
        if parts[:2] == ["sinter", "Emulator"]:
            yield f"{room} includes {included}"
            continue
        if room == "Runtime":
            if parts[0] in ("mlir", "llvm", "sinter"):
                yield f"the runtime includes {included}"
            continue
        if parts[0] == "sinter-rt":
            if room not in SEES_RUNTIME:
                yield f"{room} includes {included}"
        elif parts[0] == "sinter" and len(parts) > 2:
            target = parts[1]
            if target not in ORDER and target not in SIDE_ROOMS:
                yield f"{included} is in no known room"
            elif not allowed(room, target):
                yield f"{room} includes {included}"
            elif room == target == "Conversion" and parts[2] not in path.parts:
                yield f"a conversion includes another one: {included}"


def main() -> int:
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    faults, files = [], 0
    for folder in ("include", "lib", "tools"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".h", ".cpp", ".c", ".td"):
                files += 1
                faults += [f"{path.relative_to(root)}: {fault}" for fault in faults_of(path, root)]
    for fault in faults:
        print(fault)
    print(f"{files} files, {len(faults)} includes against the arrows")
    return 1 if faults or not files else 0


if __name__ == "__main__":
    sys.exit(main())
