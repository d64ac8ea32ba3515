#!/usr/bin/env python3
"""How many units in the last place are the expansions of `sinter-expand-math` wrong by, at most?

Every function goes as vectors through three kinds of arguments: special values (zeros, subnormals, infinities, NaNs,
where results overflow and underflow), bit patterns from the whole range of the type, and evenly spaced numbers where
the function does something. f32 is compared with libm in double precision, f64 with libm in extended precision. A NaN
for a number, a number for NaN and a zero of the wrong sign count as infinitely wrong. Fails beyond the bounds that
ExpandMath.h documents.

    math_accuracy.py --sinter-opt build/release/bin/sinter-opt --step 1     # every f32: minutes

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import argparse
import concurrent.futures
import os
import shlex
import subprocess
import sys

# Largest errors in ulp, as in include/sinter/Transforms/ExpandMath/ExpandMath.h. 1 + erf: in ulp of 1.
BOUNDS = {
    "f32": {"exp": 1.25, "expm1": 2, "log": 1.25, "log1p": 2, "tanh": 3, "erf": 1.5, "sigmoid": 2.5, "one_plus_erf": 3.5,
            "sin": 1.75, "cos": 1.75, "pow": 0.51, "pow_any": 0.51, "by_root": 0.501},
    "f64": {"exp": 1.25, "expm1": 2, "log": 1.25, "log1p": 2, "tanh": 3, "erf": 2, "sigmoid": 2.5,
            "sin": 1.75, "cos": 1.75},
}
# Without libm: f32 in double precision.
WITHOUT_LIBM = {"acos": 2, "acosh": 2.25, "asin": 2.5, "asinh": 2.25, "atan": 1, "atanh": 2.25, "cbrt": 1, "cosh": 3,
                "erfc": 4, "exp2": 1.25, "fpowi": 0.51, "fpowi_any": 2, "log2": 1.75, "log10": 2, "sinh": 3, "tan": 3}
BOUNDS["f32"] |= {op: 0.51 for op in WITHOUT_LIBM}
BOUNDS["f64"] |= WITHOUT_LIBM
# Where evenly spaced arguments are taken from.
RANGES = {
    "exp": [(-110, 90), (-750, 710), (-2, 2)], "expm1": [(-20, 90), (-2, 2), (-40, 710)], "log": [(0, 4), (0, 1e6)],
    "log1p": [(-1, 4), (-0.01, 0.01), (0, 1e6)], "tanh": [(-10, 10), (-1, 1), (-22, 22)], "erf": [(-7, 7), (-1, 1)],
    "sigmoid": [(-110, 40), (-4, 4), (-750, 40)], "one_plus_erf": [(-14, 7), (-1, 1)],
    "sin": [(-4, 4), (-1000, 1000), (130000, 133000), (-0.01, 0.01)], "cos": [(-4, 4), (-1000, 1000), (130000, 133000)],
    "pow": [(0, 4), (-8, 8), (0.999, 1.001)], "pow_any": [(-4, 4)], "by_root": [(-1, 4), (0, 1e-6)],
    "acos": [(-1, 1), (0.99, 1)], "acosh": [(1, 4), (1, 1e9)], "asin": [(-1, 1), (-0.01, 0.01)],
    "asinh": [(-4, 4), (-1e9, 1e9)], "atan": [(-4, 4), (-100, 100)], "atanh": [(-1, 1), (-0.01, 0.01)],
    "cbrt": [(-4, 4), (-1e9, 1e9)], "cosh": [(-4, 4), (-90, 90), (-711, 711)], "exp2": [(-4, 4), (-150, 130), (-1080, 1030)],
    "log2": [(0, 4), (0, 1e6)], "log10": [(0, 4), (0, 1e6)], "sinh": [(-4, 4), (-90, 90), (-711, 711)],
    "tan": [(-4, 4), (-1000, 1000)], "erfc": [(-7, 28), (-1, 1), (0.4, 11), (9, 14)],
    "fpowi": [(-4, 4), (-1e9, 1e9)], "fpowi_any": [(-4, 4), (0.9999, 1.0001), (-1.0000001, -0.9999999)],
}
SPECIAL = {
    "f32": [0, 1 << 31, 0x3F800000, 0xBF800000, 0x7F800000, 0xFF800000, 0x7FC00000, 0xFFFFFFFF, 1, 0x80000001,
            0x007FFFFF, 0x00800000, 0x7F7FFFFF, 0xFF7FFFFF, 0x42B17218, 0xC2CFF1B5],
    "f64": [0, 1 << 63, 0x3FF << 52, 0xBFF << 52, 0x7FF << 52, 0xFFF << 52, 0x7FF8 << 48, (1 << 64) - 1, 1, (1 << 63) + 1,
            (1 << 52) - 1, 1 << 52, (0x7FF << 52) - 1, (0xFFF << 52) - 1, 0x40862E42FEFA39EF, 0xC0874910D52D3052],
}
# What is measured, on a vector %v, where it is not the op of that name.
FORMULAS = {
    "sigmoid": """%one = arith.constant dense<1.0> : {v}
      %minus = arith.negf %v : {v}
      %exp = math.exp %minus : {v}
      %sum = arith.addf %exp, %one : {v}
      %e = arith.divf %one, %sum : {v}""",
    "one_plus_erf": """%one = arith.constant dense<1.0> : {v}
      %erf = math.erf %v : {v}
      %e = arith.addf %one, %erf : {v}""",
}
# The second operand follows from the bits of the first: multiples of 1/1024 up to 32, or any number.
EXPONENTS = {
    "pow": """%bits = arith.bitcast %base : {n} to {m}
    %factor = arith.constant {factor}
    %hash = arith.muli %bits, %factor : {m}
    %sixteen = arith.constant {sixteen}
    %high = arith.shrsi %hash, %sixteen : {m}
    %whole = arith.sitofp %high : {m} to {n}
    %small = arith.constant {small}
    %exponent = arith.mulf %whole, %small : {n}""",
    "pow_any": """%bits = arith.bitcast %base : {n} to {m}
    %factor = arith.constant {factor}
    %hash = arith.muli %bits, %factor : {m}
    %exponent = arith.bitcast %hash : {m} to {n}""",
}
INTEGER = ("fpowi", "fpowi_any")
FACTOR, SIXTEEN, SMALL = -1640531535, 16, "9.765625e-4"


def exponents(op, vector):
    def constant(value, element):
        return f"dense<{value}> : vector<{LANES['f32']}x{element}>" if vector else f"{value} : {element}"
    shape = (lambda element: f"vector<{LANES['f32']}x{element}>") if vector else (lambda element: element)
    return EXPONENTS[op].format(n=shape("f32"), m=shape("i32"), factor=constant(FACTOR, "i32"),
                                sixteen=constant(SIXTEEN, "i32"), small=constant(SMALL, "f32"))


# A dividend by what an optimizer divides by; it follows from the bits under the root, and is NaN, 0, or from 2^-102 up to 2^100.
BY_ROOT = """%bits = arith.bitcast %v : {n} to {m}
    %factor = arith.constant {factor}
    %hash = arith.muli %bits, %factor : {m}
    %any = arith.bitcast %hash : {m} to {n}
    %size = math.absf %any : {n}
    %least = arith.constant {least}
    %small = arith.cmpf olt, %size, %least : {n}
    %most = arith.constant {most}
    %large = arith.cmpf oge, %size, %most : {n}
    %outside = arith.ori %small, %large : {c}
    %none = arith.constant {zero}
    %dividend = arith.select %outside, %none, %any : {c}, {n}
    %root = math.sqrt %v : {n}
    %correction = arith.constant {correction}
    %corrected = arith.mulf %root, %correction : {n}
    %epsilon = arith.constant {epsilon}
    %divisor = arith.addf %corrected, %epsilon : {n}"""


def by_root(vector):
    def constant(value, element):
        return f"dense<{value}> : vector<{LANES['f32']}x{element}>" if vector else f"{value} : {element}"
    shape = (lambda element: f"vector<{LANES['f32']}x{element}>") if vector else (lambda element: element)
    return BY_ROOT.format(n=shape("f32"), m=shape("i32"), c=shape("i1"), factor=constant(FACTOR, "i32"),
                          least=constant("0x0C800000", "f32"), most=constant("0x71800000", "f32"), zero=constant("0.0", "f32"),
                          correction=constant("1.0625", "f32"), epsilon=constant("1.0e-8", "f32"))


LANES = {"f32": 16, "f64": 8}  # 512 bits
FORMULAS["by_root"] = by_root(True) + "\n      %e = arith.divf %dividend, %divisor : {v}"


# An exponent of any 32 bits, or of the highest six of those.
def integers(op, t, vector):
    bits = 32 if t == "f32" else 64
    shape = (lambda element: f"vector<{LANES[t]}x{element}>") if vector else (lambda element: element)

    def constant(value, element):
        return f"arith.constant {f'dense<{value}>' if vector else value} : {shape(element)}"
    lines = [f"%bits = arith.bitcast %base : {shape(t)} to {shape(f'i{bits}')}",
             f"%factor = {constant(FACTOR if bits == 32 else 0x9E3779B97F4A7C15 - 2**64, f'i{bits}')}",
             f"%hash = arith.muli %bits, %factor : {shape(f'i{bits}')}"]
    if bits == 64:
        lines += [f"%half = {constant(32, 'i64')}", f"%upper = arith.shrsi %hash, %half : {shape('i64')}",
                  f"%any = arith.trunci %upper : {shape('i64')} to {shape('i32')}"]
    name = "%hash" if bits == 32 else "%any"
    lines += [f"%less = {constant(0 if op == 'fpowi_any' else 26, 'i32')}", f"%whole = arith.shrsi {name}, %less : {shape('i32')}"]
    return "\n    ".join(lines)


def integer_power(op, t):
    return integers(op, t, True).replace("%base", "%v") + f"\n      %e = math.fpowi %v, %whole : {{v}}, vector<{LANES[t]}xi32>"


def integer_reference(op, t):
    return ("%base = arith.truncf %x : {r} to {t}\n    " + integers(op, t, False) + """
    %wide = arith.sitofp %whole : i32 to {r}
    %y = func.call @pow{l}(%x, %wide) : ({r}, {r}) -> {r}""")


for power in EXPONENTS:
    FORMULAS[power] = exponents(power, True).replace("%base", "%v") + "\n      %e = math.powf %v, %exponent : {v}"
REFERENCES = {
    "sigmoid": """%minus = arith.negf %x : {r}
    %exp = func.call @exp{l}(%minus) : ({r}) -> {r}
    %one = arith.constant 1.0 : {r}
    %sum = arith.addf %one, %exp : {r}
    %y = arith.divf %one, %sum : {r}""",
    "one_plus_erf": """%erf = func.call @erf{l}(%x) : ({r}) -> {r}
    %one = arith.constant 1.0 : {r}
    %y = arith.addf %one, %erf : {r}""",
}
REFERENCES["by_root"] = "%v = arith.truncf %x : {r} to f32\n    " + by_root(False) + """
    %over = arith.extf %dividend : f32 to {r}
    %under = arith.extf %divisor : f32 to {r}
    %y = arith.divf %over, %under : {r}"""
for power in EXPONENTS:
    REFERENCES[power] = ("%base = arith.truncf %x : {r} to f32\n    " + exponents(power, False) + """
    %wide = arith.extf %exponent : f32 to {r}
    %y = func.call @pow{l}(%x, %wide) : ({r}, {r}) -> {r}""")
LOWERING = ("--sinter-expand-math --canonicalize --cse --convert-scf-to-cf --convert-vector-to-llvm --convert-math-to-llvm "
            "--finalize-memref-to-llvm --convert-func-to-llvm --convert-arith-to-llvm --convert-cf-to-llvm "
            "--convert-index-to-llvm --reconcile-unrealized-casts")

MODULE = """module {{
  func.func private @printF64(f64)
  func.func private @printNewline()
  {declarations}
  func.func @reference(%x: {r}) -> {r} {{
    {reference}
    return %y : {r}
  }}
  // Error of y against the exact r, in ulp. The exponent of r and that of the least ulp are biased as in f64.
  func.func @error(%y: {t}, %r: {r}) -> f64 {{
    %rounded = arith.truncf %r : {r} to {t}
    %ybits = arith.bitcast %y : {t} to {i}
    %rbits = arith.bitcast %rounded : {t} to {i}
    %same = arith.cmpi eq, %ybits, %rbits : {i}
    %ynan = arith.cmpf uno, %y, %y : {t}
    %rnan = arith.cmpf uno, %r, %r : {r}
    %nans = arith.andi %ynan, %rnan : i1
    %fine = arith.ori %same, %nans : i1
    %zero = arith.constant 0.0 : f64
    %zerot = arith.constant 0.0 : {t}
    %infinity = arith.constant 0x7FF0000000000000 : f64
    %yzero = arith.cmpf oeq, %y, %zerot : {t}
    %rzero = arith.cmpf oeq, %rounded, %zerot : {t}
    %zeros = arith.andi %yzero, %rzero : i1
    // Of both in f64, two to the power of 52 times as large, so that no ulp is subnormal.
    %wide = {widen} : {t} to {r}
    %difference = arith.subf %wide, %r : {r}
    %scale = arith.constant 4503599627370496.0 : {r}
    %scaled = arith.mulf %difference, %scale : {r}
    %d = {narrow}
    %r64 = {narrowr}
    %bits = arith.bitcast %r64 : f64 to i64
    %c52 = arith.constant 52 : i64
    %shifted = arith.shrui %bits, %c52 : i64
    %m = arith.constant 2047 : i64
    %biased = arith.andi %shifted, %m : i64
    %least = arith.constant {least} : i64
    %e = arith.maxsi %biased, %least : i64
    %more = arith.constant {more} : i64
    %largest = arith.constant 2046 : i64
    %sum = arith.addi %e, %more : i64
    %ue = arith.minsi %sum, %largest : i64
    %ub = arith.shli %ue, %c52 : i64
    %u = arith.bitcast %ub : i64 to f64
    %a = math.absf %d : f64
    %q = arith.divf %a, %u : f64
    %qnan = arith.cmpf uno, %q, %q : f64
    %wrong = arith.ori %qnan, %zeros : i1
    %ulps = arith.select %wrong, %infinity, %q : f64
    %s = arith.select %fine, %zero, %ulps : f64
    return %s : f64
  }}
{checks}
  func.func @main() {{
{calls}
    return
  }}
}}
"""

CHECK = """
  func.func @check{number}() -> f64 {{
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %lanes = arith.constant {lanes} : index
    %n = arith.constant {count} : index
    %x = memref.alloca() : memref<{lanes}x{t}>
    %y = memref.alloca() : memref<{lanes}x{t}>
    %zero = arith.constant 0.0 : f64
    %worst = scf.for %base = %c0 to %n step %lanes iter_args(%w = %zero) -> f64 {{
      {arguments}
      %v = vector.load %x[%c0] : memref<{lanes}x{t}>, {v}
      {function}
      vector.store %e, %y[%c0] : memref<{lanes}x{t}>, {v}
      %worse = scf.for %l = %c0 to %lanes step %c1 iter_args(%o = %w) -> f64 {{
        %xs = memref.load %x[%l] : memref<{lanes}x{t}>
        %ys = memref.load %y[%l] : memref<{lanes}x{t}>
        %xr = arith.extf %xs : {t} to {r}
        %r = func.call @reference(%xr) : ({r}) -> {r}
        %u = func.call @error(%ys, %r) : ({t}, {r}) -> f64
        %mx = arith.maximumf %o, %u : f64
        scf.yield %mx : f64
      }}
      scf.yield %worse : f64
    }}
    return %worst : f64
  }}
"""
SPECIAL_ARGUMENTS = """%special = arith.constant dense<[{patterns}]> : vector<{lanes}x{i}>
      %numbers = vector.bitcast %special : vector<{lanes}x{i}> to {v}
      vector.store %numbers, %x[%c0] : memref<{lanes}x{t}>, {v}"""
# One after the other, each in all lanes: where lanes choose the way together, none takes another's.
LONELY_ARGUMENTS = """%special = arith.constant dense<[{patterns}]> : vector<{number}x{i}>
      %numbers = vector.bitcast %special : vector<{number}x{i}> to vector<{number}x{t}>
      %which = arith.divui %base, %lanes : index
      %lonely = vector.extract %numbers[%which] : {t} from vector<{number}x{t}>
      %everywhere = vector.broadcast %lonely : {t} to {v}
      vector.store %everywhere, %x[%c0] : memref<{lanes}x{t}>, {v}"""
# {number} gives %f from the lane's place %at.
ARGUMENTS = """scf.for %l = %c0 to %lanes step %c1 {{
        %at = arith.addi %base, %l : index
        {number}
        memref.store %f, %x[%l] : memref<{lanes}x{t}>
      }}"""
PATTERN = """%ai = arith.index_cast %at : index to {i}
        %step = arith.constant {step} : {i}
        %p = arith.muli %ai, %step : {i}
        %f = arith.bitcast %p : {i} to {t}"""
SPACED = """%ai = arith.index_cast %at : index to i64
        %af = arith.sitofp %ai : i64 to {t}
        %width = arith.constant {width:e} : {t}
        %low = arith.constant {low:e} : {t}
        %product = arith.mulf %af, %width : {t}
        %f = arith.addf %product, %low : {t}"""


def arguments_of(op, t, step, count):
    """(number of arguments, code that makes them) by kind."""
    words = {"t": t, "i": "i32" if t == "f32" else "i64", "v": f"vector<{LANES[t]}x{t}>", "lanes": LANES[t]}
    for first in range(0, len(SPECIAL[t]), LANES[t]):
        patterns = ", ".join(map(str, SPECIAL[t][first:first + LANES[t]]))
        yield LANES[t], SPECIAL_ARGUMENTS.format(patterns=patterns, **words)
    patterns, number = ", ".join(map(str, SPECIAL[t])), len(SPECIAL[t])
    yield LANES[t] * number, LONELY_ARGUMENTS.format(patterns=patterns, number=number, **words)
    patterns = step if t == "f32" else 4300000099 * 997 | 1
    number = PATTERN.format(step=patterns, **words)
    yield (2**32 // step if t == "f32" else count), ARGUMENTS.format(number=number, **words)
    for low, high in RANGES[op]:
        number = SPACED.format(width=(high - low) / count, low=low, **words)
        yield count, ARGUMENTS.format(number=number, **words)


def module(t, op, step, count):
    narrow = t == "f32"
    r, l = ("f64", "") if narrow else ("f80", "l")
    words = {"t": t, "r": r, "l": l, "i": "i32" if narrow else "i64", "v": f"vector<{LANES[t]}x{t}>", "lanes": LANES[t]}
    function = integer_power(op, t) if op in INTEGER else FORMULAS.get(op, f"%e = math.{op} %v : {{v}}")
    reference = integer_reference(op, t) if op in INTEGER else REFERENCES.get(op, f"%y = func.call @{op}{l}(%x) : ({{r}}) -> {{r}}")
    function, reference = function.format(**words), reference.format(**words)
    called = {"sigmoid": "exp", "one_plus_erf": "erf", "pow_any": "pow", "fpowi": "pow", "fpowi_any": "pow", "by_root": "sqrt"}.get(op, op) + l
    operands = ", ".join([r] * (2 if op in EXPONENTS or op in INTEGER else 1))
    checks = calls = ""
    for number, (n, arguments) in enumerate(arguments_of(op, t, step, count)):
        checks += CHECK.format(number=number, count=n, arguments=arguments, function=function, **words)
        calls += (f"    %r{number} = call @check{number}() : () -> f64\n    call @printF64(%r{number}) : (f64) -> ()\n"
                  "    call @printNewline() : () -> ()\n")
    least = 1023 if op == "one_plus_erf" else 1023 - 126 if narrow else 1
    return MODULE.format(
        declarations=f"func.func private @{called}({operands}) -> {r}", reference=reference, checks=checks, calls=calls,
        least=least, more=52 - 23 if narrow else 0, widen="arith.extf %y",
        narrow="arith.addf %scaled, %zero : f64" if narrow else "arith.truncf %scaled : f80 to f64",
        narrowr="arith.addf %r, %zero : f64" if narrow else "arith.truncf %r : f80 to f64", **words)


def run(command, text):
    result = subprocess.run(command, input=text, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(command)}\n{result.stderr[:4000]}")
    return result.stdout


def measure(args, t, op, avx512, libm):
    """Largest error over all kinds of arguments."""
    options = f"fma={str(not args.no_fma).lower()} avx512={str(avx512).lower()}"
    options += f" libm={str(libm).lower()}"
    lowering = LOWERING.replace("expand-math", f"expand-math='{options}'")
    lowered = run([args.sinter_opt] + shlex.split(lowering), module(t, op, args.step, args.count))
    command = [args.runner, "-O2", "-e", "main", "--entry-point-result=void", f"--shared-libs={args.runner_library}"]
    return [float(line) for line in run(command, lowered).split()]


def has_avx512():
    try:
        with open("/proc/cpuinfo") as file:
            return " avx512f " in file.read()
    except OSError:
        return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sinter-opt", required=True)
    parser.add_argument("--runner", default="mlir-runner")
    parser.add_argument("--runner-library", default="/usr/lib/llvm-22/lib/libmlir_c_runner_utils.so")
    parser.add_argument("--step", type=int, default=997, help="distance of the f32 bit patterns")
    parser.add_argument("--count", type=int, default=200000, help="f64 bit patterns, evenly spaced arguments")
    parser.add_argument("--only", help="one function")
    parser.add_argument("--no-fma", action="store_true", help="products and sums instead of multiply-adds; no bounds")
    args = parser.parse_args()
    functions = [(t, op, False, op not in WITHOUT_LIBM) for t, ops in BOUNDS.items() for op in ops
                 if args.only in (None, op)]
    functions += [(t, op, False, False) for t, op, *_ in functions if op in ("sin", "cos")]
    if has_avx512():  # exponentials have another last step there, quotients by roots are no divisions
        functions += [(t, op, True, True) for t, op, *_ in functions if op in ("exp", "sigmoid", "by_root")]
    failed = False
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (t, op, avx512, libm), errors in zip(functions, pool.map(lambda f: measure(args, *f), functions)):
            bound = BOUNDS[t][op]
            bad = not max(errors) <= bound
            failed |= bad and not args.no_fma
            print(f"{op} {t}{' with avx512' if avx512 else ''}{'' if libm else ' without libm'}: {max(errors):.3f} ulp" + (f", expected at most {bound}; by kind of argument: {errors}" if bad else ""))
    sys.exit(failed)


if __name__ == "__main__":
    main()
