// Math functions as arithmetic: which, how exact, and what stays a call of libm?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Largest errors, in units in the last place of the result (test/numeric/math_accuracy.py measures them on every 997th
// f32 and on random f64):
//
//   |       | exp | expm1 | log | log1p | tanh | erf  |
//   | f32   | 1.5 | 2     | 1.5 | 2     | 2    | 1.5  |
//   | f64   | 1.5 | 2     | 1.5 | 2.5   | 3    | libm |
//
// Infinities, NaN, overflow to infinity, underflow to subnormals and to zero, and subnormal arguments come out as the
// C library defines; the sign of a zero result and floating-point exceptions may differ. rsqrt is 1 / sqrt.
//
// Left to libm, as scalar ops: erf of f64, pow, sin, cos, tan, the inverse and other hyperbolic functions, cbrt, exp2,
// log2, log10, fpowi. Left alone, as instructions: absf, ceil, copysign, floor, fma, round, roundeven, sqrt, trunc, and
// the integer ops.

#ifndef SINTER_TRANSFORMS_EXPANDMATH_EXPANDMATH_H
#define SINTER_TRANSFORMS_EXPANDMATH_EXPANDMATH_H

#include "mlir/IR/PatternMatch.h"

namespace sinter {

/// Functions that become arithmetic.
void populateMathPolynomialPatterns(mlir::RewritePatternSet &patterns);

/// Vector ops that libm has to compute become one scalar op per lane.
void populateMathToScalarPatterns(mlir::RewritePatternSet &patterns);

/// Multiply-adds become a product and a sum.
void populateSplitFmaPatterns(mlir::RewritePatternSet &patterns);

} // namespace sinter

#endif // SINTER_TRANSFORMS_EXPANDMATH_EXPANDMATH_H
