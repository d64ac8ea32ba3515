// The expansions, by family; each takes the operand and returns the value of the function.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_EXPANDMATH_EXPANSIONS_H
#define SINTER_LIB_TRANSFORMS_EXPANDMATH_EXPANSIONS_H

#include "MathBuilder.h"

namespace sinter {

mlir::Value expandExp(MathBuilder &b, mlir::Value x);
/// 1 / (1 + e^-x), small results too.
mlir::Value expandSigmoid(MathBuilder &b, mlir::Value x);
mlir::Value expandExpM1(MathBuilder &b, mlir::Value x);
mlir::Value expandTanh(MathBuilder &b, mlir::Value x);

mlir::Value expandLog(MathBuilder &b, mlir::Value x);
mlir::Value expandLog1P(MathBuilder &b, mlir::Value x);
/// f64 only, exact for powers of two.
mlir::Value expandLog2(MathBuilder &b, mlir::Value x);
/// f64 only.
mlir::Value expandLog10(MathBuilder &b, mlir::Value x);

mlir::Value expandErf(MathBuilder &b, mlir::Value x);
/// f64 only, small results too.
mlir::Value expandErfc(MathBuilder &b, mlir::Value x);
/// 1 + erf(x), f32 only: what GELU asks for, at half the price of erf.
mlir::Value expandOnePlusErf(MathBuilder &b, mlir::Value x);

/// With multiply-adds only: what is left of x after the quarter turns must be exact.
mlir::Value expandSin(MathBuilder &b, mlir::Value x);
mlir::Value expandCos(MathBuilder &b, mlir::Value x);

/// Sine of what is left of an angle after `quadrant` quarter turns; only the two lowest bits of those matter.
mlir::Value sineOfReduced(MathBuilder &b, mlir::Value r, mlir::Value quadrant);
/// sin(x + quadrants * pi / 2) of a scalar of f64, also of the largest; not of subnormal numbers.
mlir::Value expandLargeAngle(MathBuilder &b, mlir::Value x, int64_t quadrants);

/// x^y; of f64 with an error of 2 + |y ln x|.
mlir::Value expandPow(MathBuilder &b, mlir::Value x, mlir::Value y);
/// x^n for integers n; f64 only.
mlir::Value expandPowI(MathBuilder &b, mlir::Value x, mlir::Value n);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_EXPANDMATH_EXPANSIONS_H
