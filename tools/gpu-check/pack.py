#!/usr/bin/env python3
"""Packs what a machine with an NVIDIA GPU needs to check and measure our GPU code: no compiler, no Python, no CUDA toolkit.

    tools/gpu-check/pack.py FOLDER [--build build/release] [--golden FOLDER] [--quick]

Compiles the example models, and one model with every optimizer and element type, for sm_80 and sm_90a; copies tests of
instructions; makes random data. Then, on the machine with the GPU: FOLDER/run.sh. With --golden, recordings of the big
model (as ../shared/golden/big_model) are checked too. --quick: few cases, for trying it.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import argparse
import json
import pathlib
import random
import re
import shutil
import struct
import subprocess
import sys

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ROWS = 200  # three batches of 64 and a smaller one
BATCHES = (16, 64, 256, 1024)
SMALL_BATCHES = (16, 64)

# By how much losses may differ from those of the CPU, relatively: sums have another order, and what is rounded to few
# digits may be rounded to the other side.
TOLERANCE = {"f32": 1e-4, "f64": 1e-9, "bf16": 2e-2, "f16": 5e-3, "tf32": 5e-3}
OPTIMIZERS = {
    "sgd": "sgd {learning_rate = 0.05, momentum = 0.9, nesterov = true, weight_decay = 0.01}",
    "adam": "adam {learning_rate = 0.002, amsgrad = true}",
    "rmsprop": "rmsprop {learning_rate = 0.001, momentum = 0.5, centered = true}",
    "adagrad": "adagrad {learning_rate = 0.01, clip_global_norm = 1.0}",
}


def cases(quick):
    """(name, text of the model, further options, element type)"""
    models = ROOT / "test" / "models"
    texts = {path.stem: path.read_text() for path in sorted(models.glob("*.mlir"))}
    yield "digits", texts["digits"], [], "f32"
    yield "digits-apart", texts["digits"], ["--no-fuse=phases"], "f32"
    yield "digits_bf16", texts["digits_bf16"], [], "bf16"
    if quick:
        return
    for name, text in texts.items():
        if name not in ("digits", "digits_bf16"):
            yield name, text, [], "f32"
    for name, rule in OPTIMIZERS.items():
        yield f"digits_{name}", re.sub(r"sinter\.optimizer .*", f"sinter.optimizer {rule}", texts["digits"]), [], "f32"
    yield "digits_f64", texts["digits"].replace("f32", "f64"), [], "f64"
    yield "digits_f16", texts["digits_bf16"].replace("bf16", "f16"), [], "f16"
    yield "mnist_tf32", texts["mnist"], ["--gpu-f32=tf32"], "tf32"


def write_npy(path, dtype, shape, values):
    descr, code = {"F32": ("<f4", "f"), "F64": ("<f8", "d"), "I32": ("<i4", "i"), "I64": ("<i8", "q")}[dtype]
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({', '.join(map(str, shape))},), }}"
    header += " " * (-(10 + len(header) + 1) % 64) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()
                     + struct.pack(f"<{len(values)}{code}", *values))


def make_data(folder, info, numbers):
    classes = info["outputs"][0]["shape"][-1]
    for stem, tensor in (("inputs", info["inputs"][0]), ("targets", info["targets"][0])):
        shape = [ROWS if extent in (-1, "?", None) else extent for extent in tensor["shape"]]
        count = 1
        for extent in shape:
            count *= extent
        if tensor["dtype"].startswith("I"):
            values = [numbers.randrange(classes) for _ in range(count)]
        elif stem == "targets":
            values = [float(numbers.randrange(2)) for _ in range(count)]
        else:
            values = [numbers.uniform(-1, 1) for _ in range(count)]
        write_npy(folder / f"{stem}.npy", tensor["dtype"], shape, values)


def pack_programs(out, sinterc, quick):
    lines = []
    for name, text, options, element in cases(quick):
        folder = out / "cases" / name
        folder.mkdir(parents=True)
        program = folder / "program"
        subprocess.run([sinterc, "-", "-o", program, "--batch=64", "--target=nvptx", "--gpu=sm_80,sm_90a",
                        "--target-cpu=x86-64-v3", "--quiet", *options], input=text, text=True, check=True)
        info = subprocess.run([program, "info", "--json"], capture_output=True, text=True, check=True)
        make_data(folder, json.loads(info.stdout), random.Random(1))  # the same for models of the same shapes
        lines.append(f"{name} {TOLERANCE[element]}\n")
        print(f"packed {name}", flush=True)
    (out / "cases.txt").write_text("".join(lines))


def benchmarks(quick):
    """(model, rows, further options, what the name says of them): small models also launch by launch."""
    for model in () if quick else ("big_model", "mnist"):
        for batch in BATCHES:
            yield model, batch, [], ""
    for model in ("digits",) if quick else ("digits", "digits_bf16", "iris", "breast_cancer"):
        for batch in SMALL_BATCHES[:1] if quick else SMALL_BATCHES:
            yield model, batch, [], ""
            yield model, batch, ["--no-fuse=phases"], "-apart"


def pack_benchmarks(out, sinterc, quick):
    (out / "benchmarks").mkdir()
    for model, batch, options, suffix in benchmarks(quick):
        subprocess.run([sinterc, ROOT / "test" / "models" / f"{model}.mlir", f"--batch={batch}", "--target=nvptx",
                        "--gpu=sm_80,sm_90a", "--target-cpu=x86-64-v3", "--quiet", *options, "-o",
                        out / "benchmarks" / f"{model}{suffix}_{batch}"], check=True)
    for script in ("pytorch_step.py", "gpu_kernels.py", "triton_kernels.py"):
        shutil.copy(ROOT / "benchmarks" / script, out / "benchmarks")
    subprocess.run([sys.executable, ROOT / "benchmarks" / "gpu_kernels.py", "compile", out / "kernels", "--build",
                    sinterc.parent.parent, *(["--quick"] if quick else [])], check=True)


def pack_golden(out, sinterc, golden):
    folder = out / "golden"
    folder.mkdir()
    script = ROOT / "test" / "integration" / "Inputs" / "golden.py"
    subprocess.run([sys.executable, script, "prepare", golden, folder], check=True)
    manifest = json.loads((pathlib.Path(golden) / "manifest.json").read_text())
    (folder / "losses.csv").write_text("loss\n" + "".join(f"{loss!r}\n" for loss in manifest["loss_float64"]))
    subprocess.run([sinterc, ROOT / "test" / "models" / "big_model.mlir", "--batch=64", "--target=nvptx",
                    "--gpu=sm_80,sm_90a", "--target-cpu=x86-64-v3", "--quiet", "-o", folder / "program"], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release")
    parser.add_argument("--golden", help="recordings of the big model")
    parser.add_argument("--quick", action="store_true", help="few cases")
    arguments = parser.parse_args()
    out, build = arguments.folder, arguments.build
    sinterc, conformance = build / "bin" / "sinterc", build / "test" / "emulator" / "PtxConformance"
    for needed in (sinterc, conformance):
        if not needed.exists():
            sys.exit(f"error: {needed} is not there: build the preset release first")
    if out.exists():
        sys.exit(f"error: '{out}' exists: expected a folder that can be made anew")
    out.mkdir(parents=True)
    shutil.copy(conformance, out)
    shutil.copytree(ROOT / "test" / "emulator" / "Inputs", out / "inputs", ignore=shutil.ignore_patterns("*.py"))
    shutil.copy(ROOT / "tools" / "gpu-check" / "run.sh", out)
    revision = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    (out / "revision.txt").write_text(revision.stdout or "unknown\n")
    pack_programs(out, sinterc, arguments.quick)
    pack_benchmarks(out, sinterc, arguments.quick)
    if arguments.golden:
        pack_golden(out, sinterc, arguments.golden)
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(f"packed {size / 2**20:.1f} MiB to '{out}': carry it to the machine with the GPU and run {out.name}/run.sh there")


if __name__ == "__main__":
    main()
