// Math functions as arithmetic: which, how exact, and what stays a call of libm?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Largest errors, in units in the last place of the result (test/numeric/math_accuracy.py: every 997th f32, every f32
// with --step 1; f64 on patterns and on evenly spaced numbers, against extended precision):
//
//   |       | exp  | expm1 | log  | log1p | tanh | erf | sigmoid | 1 + erf | sin  | cos  | pow  |
//   | f32   | 1.25 | 2     | 1.25 | 2     | 3    | 1.5 | 2.5     | 3.5     | 1.75 | 1.75 | 0.51 |
//   | f64   | 1.25 | 2     | 1.25 | 2     | 3    | 2   | 2.5     | -       | 1.75 | 1.75 | libm |
//
// `sigmoid` is what is written 1 / (1 + exp(-x)); 1 + erf(x) of f32 has its error in units in the last place of 1,
// since it need not keep the digits of results near 0.
//
// Infinities, NaN, signed zeros, overflow to infinity, underflow to subnormals and to zero, and subnormal arguments
// come out as the C library defines; floating-point exceptions may differ. rsqrt is 1 / sqrt, both rounded correctly.
//
// sin and cos of arguments beyond 2^17 (f32) or 2^27 (f64) are libm's, for all lanes of the vector that has one; so are
// all of targets without multiply-adds. Without libm such lanes are reduced with as many bits of 2/pi as they need.
//
// A quotient of f32 in vectors of 512 bits whose divisor has a square root in it (the step of Adam) is made of
// multiply-adds: 0.501 ulp, 2 where the dividend is below 2^-102, within 2^-23 of the largest number 2^-14 of the
// result; zeros have the sign that they have for positive divisors. All other quotients are the processor's.
//
// What a model writes as a b + c, a b - c or c - a b, of f32 or f64, is rounded once where the target has multiply-adds
// and nothing else uses the product. Formulas below are not changed by that: they depend on each rounding.
//
// isfinite, isinf and isnan are comparisons with infinity.
//
// Left to libm, as scalar ops: pow of f64, tan, the inverse and other hyperbolic functions, cbrt, exp2, log2, log10,
// erfc, fpowi. Left alone, as instructions: absf, ceil, copysign, floor, fma, round, roundeven, sqrt, trunc, and the
// integer ops.
//
// Where there is no libm (on GPUs), pow of f64 becomes exp(y ln x), with an error of about 2 + |y ln x|, and the
// functions of DeviceFunctions.cpp become formulas of others. Those of f32 are computed in f64 (0.51); errors of f64:
//
//   | acos | acosh | asin | asinh | atan | atanh | cbrt | cosh | erfc | exp2 | fpowi | log2 | log10 | sinh | tan |
//   | 2    | 2.25  | 2.5  | 2.25  | 1    | 2.25  | 1    | 3    | 4    | 1.25 | 2     | 1.75 | 2     | 3    | 3   |
//
// fpowi takes any exponent of 32 bits; its error is 0.51 but for results next to subnormal ones, where what products
// round off is itself rounded. erfc keeps its digits down to where it is 0. atan2, which is not measured, is atan of
// the quotient; round is exact.
//
// Conversions between f32 and bf16 become integer arithmetic, those of f16 where the target has no instructions for
// them: with the result of IEEE 754 (nearest, of two the even one; subnormals kept).
//
// Products of pairs of bf16, acc + a1 b1 + a0 b0, are rounded after each addition (of a1 b1 first). The instruction
// takes subnormal numbers for zero, operands and sums alike; without it they are kept.

#ifndef SINTER_TRANSFORMS_EXPANDMATH_EXPANDMATH_H
#define SINTER_TRANSFORMS_EXPANDMATH_EXPANDMATH_H

#include "mlir/IR/PatternMatch.h"

namespace sinter {

/// Instructions of the target that formulas depend on.
struct MathTarget {
  bool fma = true;        ///< multiply-add; without it sin and cos are left to libm
  bool avx512 = false;    ///< AVX-512F: on vectors of 512 bits, x 2^n for any n, and estimates of reciprocals
  bool libm = true;       ///< a library to leave functions to
  bool f16 = true;        ///< conversions between f16 and f32
  bool bf16Pairs = false; ///< products of pairs of bf16 added to f32 (AVX512-BF16)
};

/// Sums with products, rounded once, for targets with multiply-adds. Must come before the patterns below, whose
/// formulas depend on each rounding.
void populateMultiplyAddPatterns(mlir::RewritePatternSet &patterns);

/// Formulas that are better computed as one: 1 + erf(x), 1 / (1 + exp(-x)).
void populateMathFormulaPatterns(mlir::RewritePatternSet &patterns, MathTarget target);

/// Quotients whose divisor has a square root in it, which keeps the divider busy.
void populateQuotientPatterns(mlir::RewritePatternSet &patterns, MathTarget target);

/// Vectors with 0 in place of subnormal numbers.
void populateSubnormalPatterns(mlir::RewritePatternSet &patterns, MathTarget target);

/// Functions that become arithmetic.
void populateMathPolynomialPatterns(mlir::RewritePatternSet &patterns, MathTarget target);

/// Functions that become arithmetic where there is no libm, with multiply-adds.
void populateDeviceFunctionPatterns(mlir::RewritePatternSet &patterns, MathTarget target);

/// Vector ops that libm has to compute become one scalar op per lane.
void populateMathToScalarPatterns(mlir::RewritePatternSet &patterns);

/// Conversions between f32 and bf16; f16 where the target has no instructions for them.
void populateHalfFloatPatterns(mlir::RewritePatternSet &patterns, MathTarget target);

/// Products of pairs of bf16.
void populatePairProductPatterns(mlir::RewritePatternSet &patterns, MathTarget target);

/// Both halves of products of 32-bit integers, on vectors.
void populateWideProductPatterns(mlir::RewritePatternSet &patterns);

/// Multiply-adds become a product and a sum.
void populateSplitFmaPatterns(mlir::RewritePatternSet &patterns);

} // namespace sinter

#endif // SINTER_TRANSFORMS_EXPANDMATH_EXPANDMATH_H
