"""How are the benchmark programs run, fairly, and what did they say?

A program runs in a scheduling group of its own with the highest priority that it can get, without the variables that
presettings of OpenBLAS and OpenMP are made of, and with huge pages for what it allocates. All of this holds for our
code and for rivals' alike, as both run in one process and by turns at random.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import dataclasses
import functools
import json
import os
import pathlib
import re
import shlex
import statistics
import subprocess
import tempfile

SETTINGS = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
PRESETTINGS = re.compile(r"(OPENBLAS|GOTO|OMP|GOMP|KMP|MKL|DNNL|ONEDNN)_")
GROUP = "/proc/self/autogroup"


class StudyError(Exception):
    """One message for the user: the study is not possible, or went wrong."""


@dataclasses.dataclass
class Timing:
    """Repetitions of a case, in microseconds."""
    times: list
    flops: float = 0   # of one call
    bytes: float = 0   # of one call
    cpus: float = 0    # processor time by wall time, where the program counts that of all threads
    launches: int = 0
    label: str = ""
    error: str = ""    # why there are no times

    @property
    def median(self):
        return statistics.median(self.times)

    @property
    def fastest(self):
        return min(self.times)

    @property
    def spread(self):
        """What lies between the quartiles, as a share of the median."""
        if len(self.times) < 2:
            return 0.0
        low, _, high = statistics.quantiles(self.times, n=4, method="inclusive")
        return (high - low) / self.median

    @property
    def gflops(self):
        return self.flops / self.median / 1e3

    @property
    def most_gflops(self):
        """Of the fastest repetition."""
        return self.flops / self.fastest / 1e3

    @property
    def gbytes(self):
        return self.bytes / self.median / 1e3


def environment():
    kept = {name: value for name, value in os.environ.items() if not PRESETTINGS.match(name)}
    return {**kept, **SETTINGS}


def take_priority():
    """Between fork and exec: the new session's group counts against the groups of others; refused without root."""
    try:
        with open(GROUP, "w") as file:
            file.write("-20")
    except OSError:
        pass


def has_priority():
    """Whether a group's priority can be set here."""
    check = 'echo -20 > %s && grep -q "nice -20" %s' % (GROUP, GROUP)
    return subprocess.run(["sh", "-c", check], start_new_session=True, stderr=subprocess.DEVNULL).returncode == 0


def run(command, text_in=None, settings=None):
    """Standard output of a command; a StudyError if it cannot be run or fails."""
    try:
        done = subprocess.run(command, input=text_in, capture_output=True, text=True, start_new_session=True,
                              preexec_fn=take_priority, env={**environment(), **(settings or {})})
    except OSError as error:
        raise StudyError(f"cannot run {command[0]}: {error.strerror}") from None
    if done.returncode != 0:
        lines = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()
        raise StudyError(f"{shlex.join(map(str, command))} failed with status {done.returncode}: {lines[-1]}")
    return done.stdout


def thread_count(name):
    found = re.search(r"/threads:(\d+)", name)
    return int(found.group(1)) if found else 1


class Sitting:
    """One study's use of the programs in a build folder. Remembers what ran, for the page."""

    def __init__(self, build, repetitions, quick, pytorch=None, seed=1):
        self.build, self.quick, self.pytorch, self.seed = pathlib.Path(build), quick, pytorch, seed
        self.repetitions = repetitions or (2 if quick else 7)
        self.seconds = 0.005 if quick else 0.05
        self.commands, self.context = [], {}
        self.load_before = os.getloadavg()

    def build_type(self):
        """What CMake was told ("Release"), or nothing where that is not known."""
        try:
            text = (self.build / "CMakeCache.txt").read_text()
        except OSError:
            return None
        found = re.search(r"^CMAKE_BUILD_TYPE:\w+=(.*)$", text, re.M)
        return found.group(1) if found else None

    def refuse_slow_build(self):
        """Programs that were not optimized run, and say nothing about it."""
        kind = self.build_type()
        if kind not in (None, "Release") and not self.quick:
            raise StudyError(f"{self.build} is a build of type '{kind}', expected Release; --quick takes any")

    def program(self, name):
        path = self.build / "bin" / name
        if not path.is_file():
            raise StudyError(f"{path} is missing: build it, or name another build folder with --build")
        return str(path)

    def run(self, program, *arguments):
        """Standard output of one of our programs."""
        return run([self.program(program), *arguments])

    def cases(self, program, pattern):
        """Names of the cases that match, without the clock's suffix."""
        arguments = ["--benchmark_list_tests=true", f"--benchmark_filter={pattern}"]
        return [without_clock(line) for line in self.run(program, *arguments).splitlines() if "/" in line]

    @functools.cached_property
    def peak(self):
        """One core's multiply-adds in registers, measured once."""
        return self.measure("kernel-benchmark", "^peak/")["peak"]

    def note(self, *command):
        """A command that the page will show; only once."""
        words = " ".join(word if word in ("<", ">", "|") else shlex.quote(word) for word in command)
        if words not in self.commands:
            self.commands.append(words)

    def measure(self, program, pattern, *options, seconds=None, repetitions=None, refusals=False, shown=None, noted=True):
        """{case: Timing} of the cases that match, repetitions at random in between each other. With `refusals` a case
        that fails is a Timing with an error; else it ends the study. The page shows the command if it is `noted`,
        with the filter `shown` if that is given."""
        arguments = [f"--benchmark_repetitions={repetitions or self.repetitions}",
                     "--benchmark_enable_random_interleaving=true", f"--benchmark_min_time={seconds or self.seconds}"]
        if noted:
            self.note(f"build/release/bin/{program}", f"--benchmark_filter={shown or pattern}", *arguments,
                      *(options if shown is None else ()))
        with tempfile.TemporaryDirectory(prefix="sinter-study-") as folder:
            path = os.path.join(folder, "out.json")
            command = [self.program(program), f"--benchmark_filter={pattern}", *arguments, *options,
                       f"--benchmark_out={path}", "--benchmark_out_format=json"]
            try:
                run(command)
            except StudyError:
                if not refusals or not os.path.exists(path):
                    raise_first_failure(path)
                    raise
            return self.read(path, program, refusals)

    def read(self, path, program, refusals):
        try:
            with open(path) as file:
                report = json.load(file)
            context, entries = report["context"], report["benchmarks"]
            timings = timings_of(entries)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StudyError(f"{program} wrote no valid report: {error!r}") from None
        if not refusals:
            for name, timing in timings.items():
                if timing.error:
                    raise StudyError(f"{program}: case {name} failed: {timing.error}")
        self.context.update(context)
        return timings


def raise_first_failure(path):
    """The message of the first case that failed says more than the program's last line."""
    try:
        with open(path) as file:
            failed = next(entry for entry in json.load(file)["benchmarks"] if entry.get("error_occurred"))
    except (OSError, ValueError, KeyError, StopIteration):
        return
    raise StudyError(f"case {without_clock(failed['name'])} failed: {failed.get('error_message')}")


def without_clock(name):
    return re.sub(r"/(process_time|real_time|manual_time|repeats:\d+)", "", name)


def timings_of(entries):
    timings = {}
    ordered = sorted(entries, key=lambda entry: (entry["family_index"], entry["per_family_instance_index"]))
    for entry in ordered:
        name = without_clock(entry["run_name"])
        if entry.get("error_occurred"):
            timings[name] = Timing([], error=entry.get("error_message", ""))
        if entry["run_type"] != "iteration" or entry.get("error_occurred"):
            continue
        scale = {"ns": 1e-3, "us": 1.0, "ms": 1e3, "s": 1e6}[entry["time_unit"]]
        time = entry["real_time"] * scale
        timing = timings.setdefault(name, Timing([]))
        timing.times.append(time)
        timing.flops, timing.bytes = (entry.get(rate, 0) * time / 1e6 for rate in ("FLOP", "Bytes"))
        timing.cpus = entry["cpu_time"] * scale / time if "process_time" in entry["run_name"] else 0
        timing.launches, timing.label = int(entry.get("launches", 0)), entry.get("label", "")
    return timings
