// Passes on math functions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_EXPANDMATH_PASSES_TD
#define SINTER_TRANSFORMS_EXPANDMATH_PASSES_TD

include "mlir/Pass/PassBase.td"

def ExpandMathPass : Pass<"sinter-expand-math"> {
  let summary = "writes math functions as arithmetic, or as calls of scalar functions";
  let description = [{
    exp, expm1, log, log1p, tanh, erf, sin, cos and rsqrt of f32 and f64 and pow of f32, on scalars and on vectors of rank 1,
    become arithmetic (see ExpandMath.h for their accuracy), tests for NaN and infinity comparisons; the formulas 1 + erf(x) and 1 / (1 + exp(-x)) do so as a whole. Every other math op on vectors that no instruction computes
    becomes one scalar op per lane, for libm.

    With `fma = false` multiply-adds become a product and a sum: for CPUs without such an instruction, on which LLVM
    calls libm for each. With `libm = false` further functions are expanded (those of f32 in f64, pow of f64 less exactly): for
    GPUs, which have no libm. With `avx512` exponentials of vectors of 512 bits use the instruction that multiplies by 2^n,
    and quotients by what has a square root in it are multiply-adds behind an estimate.
    Products of pairs of bf16 (`x86vector.avx512.dot`) are an instruction with `bf16-pairs`, else two multiply-adds of f32.

    Example: test/Transforms/ExpandMath/sinter-expand-math.mlir
  }];
  let options = [Option<"fma", "fma", "bool", "true", "the CPU has fused multiply-add">,
                 Option<"libm", "libm", "bool", "true", "what is not expanded may be left to libm">,
                 Option<"avx512", "avx512", "bool", "false", "the CPU has AVX-512F">,
                 Option<"f16", "f16", "bool", "true", "conversions between f16 and f32 are instructions">,
                 Option<"bf16Pairs", "bf16-pairs", "bool", "false", "an instruction multiplies pairs of bf16 (AVX512-BF16)">];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect", "::mlir::math::MathDialect", "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif // SINTER_TRANSFORMS_EXPANDMATH_PASSES_TD
