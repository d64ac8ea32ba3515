"""What does a study leave behind? A page with the machine, versions, commands and tables, and its plot.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import dataclasses
import datetime
import os
import pathlib
import subprocess
import tempfile

from .measuring import SETTINGS, StudyError, has_priority

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


@dataclasses.dataclass
class Table:
    header: list
    rows: list
    title: str = ""
    folded: bool = False

    def markdown(self):
        lines = [self.header, ["---"] + ["--:"] * (len(self.header) - 1), *self.rows]
        body = "\n".join("| " + " | ".join(str(cell) for cell in cells) + " |" for cells in lines)
        if self.folded:
            return f"<details><summary>{self.title}</summary>\n\n{body}\n\n</details>"
        return f"## {self.title}\n\n{body}" if self.title else body


@dataclasses.dataclass
class Page:
    """What a study found. Sentences of `findings` are made from the numbers, losses included."""
    title: str
    question: str
    findings: list
    tables: list
    plot: str     # text of the SVG file
    reading: list  # how the columns are meant


def figure_of(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def percent(value):
    return f"{100 * value:.0f} %"


def threads_text(count):
    return f"{count} thread{'s' * (count > 1)}"


def processor():
    with open("/proc/cpuinfo") as file:
        facts = dict(line.split(":", 1) for line in file.read().split("\n\n")[0].splitlines() if ":" in line)
    facts = {key.strip(): value.strip() for key, value in facts.items()}
    flags = facts.get("flags", "").split()
    vectors = "AVX-512" if "avx512f" in flags else "AVX2, no AVX-512" if "avx2" in flags else "no AVX2"
    model = facts.get("model name", "unknown processor")
    return f"{model} (family {facts.get('cpu family', '?')}, model {facts.get('model', '?')}: {vectors})"


def caches(context):
    kinds = {}
    for cache in context.get("caches", []):
        if cache["type"] != "Instruction":
            kinds[f"L{cache['level']}"] = f"{cache['size'] // 1024} KiB L{cache['level']}"
    return ", ".join(kinds.values())


def revision():
    def git(*arguments):
        return subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True)
    found = git("rev-parse", "--short", "HEAD")
    if found.returncode != 0:
        return "unknown"
    changed = git("status", "--porcelain", "--untracked-files=no", "--", "lib", "include", "benchmarks", "tools").stdout
    return found.stdout.strip() + (" with changes" if changed.strip() else "")


def peak_text(peak):
    return (f"{peak.gflops:.0f} GFLOP/s (median), {peak.most_gflops:.0f} (fastest) of multiply-adds in "
            "registers")


def facts_of(sitting):
    peak, context = sitting.peak, sitting.context
    before, after = sitting.load_before[0], os.getloadavg()[0]
    priority = "a scheduling group of its own at priority -20" if has_priority() else "ordinary priority"
    rivals = [context[name] for name in ("openblas", "onednn", "pytorch") if name in context]
    facts = [("date", datetime.date.today().isoformat()), ("revision", revision()),
             ("compiler", f"{context.get('compiler', 'unknown')}, build type {sitting.build_type() or 'unknown'}"),
             ("others", "; ".join(rivals) or "none"),
             ("processor", f"{processor()}, {os.cpu_count()} CPUs, {caches(context)}"),
             ("one core's peak", peak_text(peak)),
             ("load average", f"{before:.1f} before, {after:.1f} after; what this study used is in it"),
             ("measured in", f"{priority}, {' '.join(f'{k}={v}' for k, v in SETTINGS.items())}"),
             ("repetitions", f"{sitting.repetitions}, of {sitting.seconds} s at least, at random in between each other")]
    return "\n".join(f"- {name}: {value}" for name, value in facts)


def markdown(name, page, sitting, command):
    facts = facts_of(sitting)  # first: what it measures is a command, too
    commands = "\n".join("    " + line for line in [command, *sitting.commands])
    parts = [f"# {page.title}", page.question, f"![{page.title}]({name}.svg)",
             "\n".join("- " + finding for finding in page.findings), *[table.markdown() for table in page.tables],
             "## How to read it", "\n".join("- " + line for line in page.reading),
             "## Where and how it was measured", facts,
             "The first command makes this page; it runs the others.", commands]
    return "\n\n".join(part for part in parts if part) + "\n"


def prepare_folder(folder):
    """What cannot be written is better known before an hour of measuring than behind it."""
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise StudyError(f"cannot write to {folder}: {error.strerror}") from None
    if not os.access(folder, os.W_OK):
        raise StudyError(f"cannot write to {folder}: permission denied")


def write_whole(folder, files):
    """Writes {name: text}: all of them beside their places first, so that a failure leaves what was there."""
    folder = pathlib.Path(folder)
    staged = []
    try:
        for name, text in files.items():
            with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=folder, prefix="." + name, delete=False) as file:
                staged.append((file.name, folder / name))
                file.write(text)
            os.chmod(file.name, 0o644)
        for temporary, path in staged:
            os.replace(temporary, path)
    except OSError as error:
        raise StudyError(f"cannot write to {folder}: {error.strerror}") from None
    finally:
        for temporary, _ in staged:
            if os.path.exists(temporary):
                os.unlink(temporary)
