# The lit suite: FileCheck tests that mirror lib/, and end-to-end runs that compile and train (integration/).
#
# Features a test may require:
#   shared     large reference data is at hand ($SINTER_SHARED, or shared/ beside the checkout)
#   ptxas      NVIDIA's assembler is installed
#   emulator   the stand-in for NVIDIA's driver was built
#   chromium   a browser that can run without a screen is installed (Debian package chromium)
#   x86-v4     this processor runs AVX-512 code
#   benchmarks the benchmark programs were built
#   sanitized  the compiler was built with sanitizers (slower; no timing)
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import platform
import shutil

import lit.formats

config.name = "Sinter"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "models", "unit", "runtime"]
config.test_source_root = config.source_root
config.test_exec_root = config.binary_root

path = [config.tools_dir, config.llvm_tools_dir, os.environ.get("PATH", "")]
config.environment["PATH"] = os.pathsep.join(path)
for name in ("HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

repository = os.path.dirname(config.source_root)
shared = os.environ.get("SINTER_SHARED") or os.path.join(os.path.dirname(repository), "shared")
if os.path.isdir(os.path.join(shared, "golden")):
    config.available_features.add("shared")
if shutil.which("ptxas") or os.path.exists("/usr/local/cuda/bin/ptxas"):
    config.available_features.add("ptxas")
emulator = os.path.join(config.library_dir, "emulator")
if os.path.exists(os.path.join(emulator, "libcuda.so.1")):
    config.available_features.add("emulator")
ptxas = shutil.which("ptxas") or "/usr/local/cuda/bin/ptxas"
browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
if browser:
    config.available_features.add("chromium")
if platform.machine() == "x86_64" and "avx512vl" in open("/proc/cpuinfo").read():
    config.available_features.add("x86-v4")
if all(os.path.exists(os.path.join(config.tools_dir, name + "-benchmark")) for name in ("step", "kernel", "rival")):
    config.available_features.add("benchmarks")
if config.sanitized:
    config.available_features.add("sanitized")

config.substitutions += [
    ("%shared", shared),
    ("%emulator", emulator),
    ("%ptxas", ptxas),
    ("%chromium", browser or "chromium"),
    ("%models", os.path.join(config.source_root, "models")),
    ("%data", os.path.join(repository, "data")),
    ("%include", os.path.join(repository, "include")),
    ("%build_dir", os.path.dirname(config.tools_dir)),
    ("%rt_lib_dir", config.library_dir),
    ("%mlir_lib_dir", config.llvm_library_dir),
    ("%src_root", repository),
]
