#!/usr/bin/env python3
"""How many units in the last place are the expansions of `sinter-expand-math` wrong by, at most?

Every 997th f32 (all signs, exponents, infinities, NaNs, subnormals) goes through each function as vectors and is compared
with libm in double precision; f64 is compared with libm on a sample of bit patterns. Fails beyond the bounds that
ExpandMath.h documents.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import argparse
import subprocess
import sys

# Largest errors in ulp, as in include/sinter/Transforms/ExpandMath/ExpandMath.h; f64 has half a unit of libm's own on top.
BOUNDS = {
    "f32": {"exp": 1.5, "expm1": 2, "log": 1.5, "log1p": 2, "tanh": 2, "erf": 1.5},
    "f64": {"exp": 1.5, "expm1": 2, "log": 1.5, "log1p": 2.5, "tanh": 3},
}
LOWERING = ("--sinter-expand-math --canonicalize --cse --convert-scf-to-cf --convert-vector-to-llvm --convert-math-to-llvm "
            "--finalize-memref-to-llvm --convert-func-to-llvm --convert-arith-to-llvm --convert-cf-to-llvm "
            "--convert-index-to-llvm --reconcile-unrealized-casts")
LANES = 16

# Error of y against the exact r, in ulp of the format with {mantissa} mantissa bits and least exponent {least}.
ULP = """
  func.func @ulp_{t}(%y: f64, %r: f64, %rounded: f64) -> f64 {{
    %zero = arith.constant 0.0 : f64
    %same = arith.cmpf oeq, %y, %rounded : f64
    %ynan = arith.cmpf uno, %y, %y : f64
    %rnan = arith.cmpf uno, %r, %r : f64
    %nans = arith.andi %ynan, %rnan : i1
    %fine = arith.ori %same, %nans : i1
    %bits = arith.bitcast %r : f64 to i64
    %c52 = arith.constant 52 : i64
    %shifted = arith.shrui %bits, %c52 : i64
    %m = arith.constant 2047 : i64
    %biased = arith.andi %shifted, %m : i64
    %least = arith.constant {least} : i64
    %e = arith.maxsi %biased, %least : i64
    %down = arith.constant {mantissa} : i64
    %ue = arith.subi %e, %down : i64
    %ub = arith.shli %ue, %c52 : i64
    %u = arith.bitcast %ub : i64 to f64
    %d = arith.subf %y, %r : f64
    %a = math.absf %d : f64
    %q = arith.divf %a, %u : f64
    %qnan = arith.cmpf uno, %q, %q : f64
    %inf = arith.constant 0x7FF0000000000000 : f64
    %bad = arith.select %qnan, %inf, %q : f64
    %s = arith.select %fine, %zero, %bad : f64
    return %s : f64
  }}
"""

CHECK = """
  func.func @check_{op}_{t}() -> f64 {{
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %lanes = arith.constant {lanes} : index
    %n = arith.constant {count} : index
    %step = arith.constant {step} : {i}
    %x = memref.alloca() : memref<{lanes}x{t}>
    %y = memref.alloca() : memref<{lanes}x{t}>
    %zero = arith.constant 0.0 : f64
    %worst = scf.for %base = %c0 to %n step %lanes iter_args(%w = %zero) -> f64 {{
      scf.for %l = %c0 to %lanes step %c1 {{
        %at = arith.addi %base, %l : index
        %ai = arith.index_cast %at : index to {i}
        %p = arith.muli %ai, %step : {i}
        %f = arith.bitcast %p : {i} to {t}
        memref.store %f, %x[%l] : memref<{lanes}x{t}>
      }}
      %v = vector.load %x[%c0] : memref<{lanes}x{t}>, vector<{lanes}x{t}>
      %e = math.{op} %v : vector<{lanes}x{t}>
      vector.store %e, %y[%c0] : memref<{lanes}x{t}>, vector<{lanes}x{t}>
      %worse = scf.for %l = %c0 to %lanes step %c1 iter_args(%o = %w) -> f64 {{
        %xs = memref.load %x[%l] : memref<{lanes}x{t}>
        %ys = memref.load %y[%l] : memref<{lanes}x{t}>
        {widen}
        %r = func.call @{op}(%xd) : (f64) -> f64
        {rounded}
        %u = func.call @ulp_{t}(%yd, %r, %rr) : (f64, f64, f64) -> f64
        %mx = arith.maximumf %o, %u : f64
        scf.yield %mx : f64
      }}
      scf.yield %worse : f64
    }}
    return %worst : f64
  }}
"""


def module(functions, step):
    text = "module {\n  func.func private @printF64(f64)\n  func.func private @printNewline()\n"
    for name in sorted({op for _, op in functions}):
        text += f"  func.func private @{name}(f64) -> f64\n"
    text += ULP.format(t="f32", mantissa=23, least=1023 - 126) + ULP.format(t="f64", mantissa=52, least=53)
    main = ""
    for t, op in functions:
        narrow = t == "f32"
        text += CHECK.format(
            op=op, t=t, i="i32" if narrow else "i64", lanes=LANES, step=step if narrow else (step * 4300000099 + 2) | 1,
            count=2**32 // step, widen="%xd = arith.extf %xs : f32 to f64\n        %yd = arith.extf %ys : f32 to f64" if narrow
            else "%z = arith.constant -0.0 : f64\n        %xd = arith.addf %xs, %z : f64\n        %yd = arith.addf %ys, %z : f64",
            rounded="%rn = arith.truncf %r : f64 to f32\n        %rr = arith.extf %rn : f32 to f64" if narrow
            else "%rr = arith.addf %r, %z : f64")
        main += (f"    %{op}_{t} = call @check_{op}_{t}() : () -> f64\n    call @printF64(%{op}_{t}) : (f64) -> ()\n"
                 "    call @printNewline() : () -> ()\n")
    return text + f"  func.func @main() {{\n{main}    return\n  }}\n}}\n"


def run(command, text):
    result = subprocess.run(command, input=text, capture_output=True, text=True, timeout=500)
    if result.returncode:
        sys.exit(f"{' '.join(command)}\n{result.stderr[:4000]}")
    return result.stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sinter-opt", required=True)
    parser.add_argument("--runner", default="mlir-runner")
    parser.add_argument("--runner-library", default="/usr/lib/llvm-22/lib/libmlir_c_runner_utils.so")
    parser.add_argument("--step", type=int, default=997, help="distance of the f32 bit patterns")
    args = parser.parse_args()
    functions = [(t, op) for t, ops in BOUNDS.items() for op in ops]
    lowered = run([args.sinter_opt] + LOWERING.split(), module(functions, args.step))
    output = run([args.runner, "-O2", "-e", "main", "--entry-point-result=void", f"--shared-libs={args.runner_library}"],
                 lowered)
    failed = False
    for (t, op), line in zip(functions, output.split(), strict=True):
        bound = BOUNDS[t][op]
        bad = not float(line) <= bound
        failed |= bad
        print(f"{op} {t}: {float(line):.3f} ulp" + (f", expected at most {bound}" if bad else ""))
    sys.exit(failed)


if __name__ == "__main__":
    main()
